"""Everything that can be allowed, as the kernel and the accepted plugins have described it."""

from collections.abc import Iterable

from aula_sdk.permissions import NO_RELATION, Action, Resource, RoleDefault

KERNEL_OWNERS = frozenset({"shell", "plugins", "health", "stamdata"})
"""First parts of action names that belong to the kernel and are active everywhere."""


class WrongPermission(Exception):
    """A description of rights that contradicts itself or another; names the owner and the thing."""


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

    def add(self, owner: str, contributions: Iterable[Action | Resource | RoleDefault]) -> None:
        """Take what one owner has described, all or nothing; raise `WrongPermission`."""
        given = list(contributions)
        actions = {item.name: item for item in given if isinstance(item, Action)}
        resources = {item.name: item for item in given if isinstance(item, Resource)}
        defaults = [item for item in given if isinstance(item, RoleDefault)]
        for name in (*actions, *resources):
            if owner_of(name) != owner:
                raise WrongPermission(f"{owner} describes {name!r}, which is not its own")
            if name in self.actions or name in self.resources:
                raise WrongPermission(f"{owner} describes {name!r} twice")
        for action in actions.values():
            if action.resource and action.resource not in resources:
                raise WrongPermission(f"{action.name!r} is about {action.resource!r}: unknown")
        for default in defaults:
            _check_default(owner, default, actions, resources)
        self.actions.update(actions)
        self.resources.update(resources)
        for default in defaults:
            self.defaults.setdefault(default.role, []).append(default)

    def resource_of(self, action: str) -> Resource:
        """Return the resource an action is about; raise KeyError when it is about none."""
        return self.resources[self.actions[action].resource]


def _check_default(
    owner: str,
    default: RoleDefault,
    actions: dict[str, Action],
    resources: dict[str, Resource],
) -> None:
    action = actions.get(default.action)
    if action is None:
        raise WrongPermission(f"{owner} gives {default.action!r} to {default.role!r}: unknown")
    known = (
        {relation.name for relation in resources[action.resource].relations}
        if action.resource
        else {NO_RELATION}
    )
    if default.relation not in known:
        raise WrongPermission(
            f"{owner} gives {default.action!r} by the relation {default.relation!r}: "
            f"known are {', '.join(sorted(known))}"
        )
