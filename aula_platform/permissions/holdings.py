"""From role defaults and grants to what one actor holds.

Rights hang on institution profiles (RGT-1): the same person may hold an action at one institution
and not at another. Decisions are made in order, the more particular last: role default,
municipality, institution, person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from aula_platform.permissions.catalogue import KERNEL_OWNERS, Catalogue, owner_of
from aula_sdk.people import ActorProfile, Holding


class GrantRow(msgspec.Struct, frozen=True):
    """A row of ``permissions_grant``."""

    municipality_id: UUID
    institution_id: UUID | None
    group_id: UUID | None
    role: str | None
    profile_id: UUID | None
    action: str
    relation: str
    allowed: bool
    step_up: bool

    @property
    def particularity(self) -> int:
        """How particular the grant is; the highest decides."""
        return (self.institution_id is not None) + 2 * (self.profile_id is not None)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one profile holds an action through a relation, and who decided it last."""

    action: str
    relation: str
    profile: ActorProfile
    allowed: bool
    step_up: bool
    source: str
    """``default``, ``municipality``, ``institution``, ``person`` or ``plugin off``."""
    group_id: UUID | None = None


IsActive = Callable[[str, UUID, UUID], bool]
"""Whether a plugin is on in a municipality, at an institution in it (rule 9)."""


def decide(
    catalogue: Catalogue,
    profile: ActorProfile,
    roles: Iterable[str],
    grants: Sequence[GrantRow],
    is_active: IsActive,
) -> list[Decision]:
    """Return every decision about one profile, in which nothing is held twice."""
    held: dict[tuple[str, str, UUID | None], Decision] = {}
    names = {profile.kind.value, *roles}
    for role in sorted(names):
        for default in catalogue.defaults.get(role, ()):
            key = (default.action, default.relation, None)
            # Of two roles the one that asks for less decides.
            step_up = default.step_up and (key not in held or held[key].step_up)
            step_up = step_up or catalogue.actions[default.action].sensitive
            held[key] = Decision(*key[:2], profile, True, step_up, "default")
    for grant in sorted(grants, key=lambda row: row.particularity):
        if _concerns(grant, profile, names) and grant.action in catalogue.actions:
            held[grant.action, grant.relation, grant.group_id] = Decision(
                grant.action,
                grant.relation,
                profile,
                grant.allowed,
                grant.step_up or catalogue.actions[grant.action].sensitive,
                _source(grant),
                grant.group_id,
            )
    return [_unless_off(decision, is_active) for decision in held.values()]


def _concerns(grant: GrantRow, profile: ActorProfile, roles: set[str]) -> bool:
    if grant.municipality_id != profile.municipality_id:
        return False
    if grant.institution_id not in {None, profile.institution_id}:
        return False
    return grant.profile_id == profile.id if grant.profile_id else grant.role in roles


def _source(grant: GrantRow) -> str:
    if grant.profile_id:
        return "person"
    return "institution" if grant.institution_id else "municipality"


def _unless_off(decision: Decision, is_active: IsActive) -> Decision:
    owner, profile = owner_of(decision.action), decision.profile
    if owner in KERNEL_OWNERS or is_active(owner, profile.municipality_id, profile.institution_id):
        return decision
    return Decision(decision.action, decision.relation, profile, False, False, "plugin off")


def holdings_of(decisions: Iterable[Decision]) -> dict[str, tuple[Holding, ...]]:
    """Return what the allowed decisions come to, by action, one `Holding` per relation."""
    gathered: dict[tuple[str, str, bool], list[Decision]] = {}
    for decision in decisions:
        if decision.allowed:
            key = (decision.action, decision.relation, decision.step_up)
            gathered.setdefault(key, []).append(decision)
    holdings: dict[str, tuple[Holding, ...]] = {}
    for (action, relation, step_up), found in gathered.items():
        holding = Holding(
            relation,
            _each(item.profile.id for item in found if item.group_id is None),
            _each(item.profile.institution_id for item in found if item.group_id is None),
            _each(decision.profile.municipality_id for decision in found),
            _each(decision.group_id for decision in found if decision.group_id),
            step_up,
        )
        holdings[action] = (*holdings.get(action, ()), holding)
    return holdings


def without_sensitive(
    holdings: Mapping[str, tuple[Holding, ...]],
) -> dict[str, tuple[Holding, ...]]:
    """Return what is left to somebody for whom there is nothing sensitive, two factors or not."""
    left = {
        action: tuple(one for one in held if not one.step_up) for action, held in holdings.items()
    }
    return {action: held for action, held in left.items() if held}


def _each(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))
