"""Everything that can be allowed, as the kernel and the accepted plugins have described it."""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from aula_sdk.ids import GROUP
from aula_sdk.permissions import (
    NO_RELATION,
    Action,
    GroupRight,
    Relation,
    Resource,
    RoleDefault,
)

KERNEL_OWNERS = frozenset(
    {"shell", "plugins", "health", "stamdata", "permissions", "privacy", "identity", "audit"}
)
"""First parts of action names that belong to the kernel and are active everywhere."""


IsActive = Callable[[str, UUID, UUID | None], bool]
"""Whether a plugin is on in a municipality, at an institution in it (rule 9)."""
Contribution = Action | Resource | RoleDefault | GroupRight


class WrongPermission(Exception):
    """A description of rights that contradicts itself or another; names the owner and the thing."""


def is_on(owner: str, is_active: IsActive, municipality_id: UUID, place: UUID | None) -> bool:
    """Whether what the owner has described counts at an institution, or in the municipality."""
    return owner in KERNEL_OWNERS or is_active(owner, municipality_id, place)


def owner_of(name: str) -> str:
    """Return the plugin to which an action or a resource belongs: the first part of its name."""
    return name.partition(".")[0]


class Catalogue:
    """Actions, resources and role defaults by name."""

    def __init__(self) -> None:
        self.actions: dict[str, Action] = {}
        self.resources: dict[str, Resource] = {}
        self.defaults: dict[str, list[RoleDefault]] = {}
        """Role defaults by role."""
        self.group_rights: dict[str, GroupRight] = {}
        self._former: set[tuple[str, str]] = set()

    def add(self, owner: str, contributions: Iterable[Contribution]) -> None:
        """Take what one owner has described, all or nothing; raise `WrongPermission`."""
        given = list(contributions)
        actions = {item.name: item for item in given if isinstance(item, Action)}
        resources = {item.name: item for item in given if isinstance(item, Resource)}
        defaults = [item for item in given if isinstance(item, RoleDefault)]
        rights = {item.name: item for item in given if isinstance(item, GroupRight)}
        for name in (*actions, *resources, *rights):
            if owner_of(name) != owner:
                raise WrongPermission(f"{owner} describes {name!r}, which is not its own")
            if name in self.actions or name in self.resources or name in self.group_rights:
                raise WrongPermission(f"{owner} describes {name!r} twice")
        for action in actions.values():
            if action.resource and action.resource not in resources:
                raise WrongPermission(f"{action.name!r} is about {action.resource!r}: unknown")
        for default in defaults:
            _check_default(owner, default, actions, resources)
        for right in rights.values():
            _check_group_right(owner, right, actions, resources)
        self.actions.update(actions)
        self.resources.update(resources)
        self.group_rights.update(rights)
        self._former |= {
            (action.name, relation.name)
            for action in actions.values()
            if action.resource
            for relation in resources[action.resource].relations
            if action.name in relation.former
        }
        for default in defaults:
            self.defaults.setdefault(default.role, []).append(default)

    def resource_of(self, action: str) -> Resource:
        """Return the resource an action is about; raise KeyError when it is about none."""
        return self.resources[self.actions[action].resource]

    def rights_of(self, action: str) -> Iterator[tuple[str, str]]:
        """Yield the action with each relation through which it can be held."""
        described = self.actions[action]
        if not described.resource:
            yield action, NO_RELATION
        else:
            for relation in self.resources[described.resource].relations:
                if _gives(relation, action):
                    yield action, relation.name

    def has(self, action: str, relation: str) -> bool:
        """Whether there is such a right; of what a plugin described once, words may be left."""
        return action in self.actions and (action, relation) in self.rights_of(action)

    def is_former(self, action: str, relation: str) -> bool:
        """Whether the right is held by profiles that have ended, and by them alone."""
        return (action, relation) in self._former

    def is_sensitive(self, action: str) -> bool:
        """Whether the action takes two factors of everybody who holds it."""
        return action in self.actions and self.actions[action].sensitive

    def can_narrow(self, action: str) -> bool:
        """Whether the action can be given, or taken away, in single groups: it is about groups."""
        resource = self.actions[action].resource
        return bool(resource) and self.resources[resource].kind == GROUP


def _check_default(
    owner: str,
    default: RoleDefault,
    actions: dict[str, Action],
    resources: dict[str, Resource],
) -> None:
    action = actions.get(default.action)
    if action is None:
        raise WrongPermission(f"{owner} gives {default.action!r} to {default.role!r}: unknown")
    known = _relations(action, resources)
    if default.relation not in known:
        raise WrongPermission(
            f"{owner} gives {default.action!r} by the relation {default.relation!r}: "
            f"known are {', '.join(sorted(known))}"
        )


def _check_group_right(
    owner: str, right: GroupRight, actions: dict[str, Action], resources: dict[str, Resource]
) -> None:
    for kind, parts in right.parts.items():
        for name, relation in parts:
            action = actions.get(name)
            if action is None or relation not in _relations(action, resources):
                raise WrongPermission(
                    f"{owner} lets {right.name!r} give {name!r} by {relation!r} to {kind}: unknown"
                )
            if action.resource and resources[action.resource].kind != GROUP:
                raise WrongPermission(f"{owner} lets {right.name!r} give {name!r}: not of groups")


def _relations(action: Action, resources: dict[str, Resource]) -> set[str]:
    if not action.resource:
        return {NO_RELATION}
    relations = resources[action.resource].relations
    return {relation.name for relation in relations if _gives(relation, action.name)}


def _gives(relation: Relation, action: str) -> bool:
    """Whether the action can be given through the relation at all."""
    return not relation.former or action in relation.former
