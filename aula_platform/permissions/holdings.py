"""From role defaults and grants to what one actor holds.

Rights hang on institution profiles (RGT-1): the same person may hold an action at one institution
and not at another. A role is a bundle (RGT-2): what each of somebody's roles gives is decided by
itself, the more particular level last (default, municipality, institution, group), and the person
holds what any of the roles gives. What is decided for the person overrides all of that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from aula_platform.permissions.catalogue import Catalogue, IsActive, is_on, owner_of
from aula_sdk.people import ActorProfile, Holding
from aula_sdk.permissions import NO_RELATION

PLUGIN_OFF = "plugin off"
"""Where a decision comes from whose plugin is off: what the levels say of it counts for nothing."""
PERSON = ""
"""Who holds what is decided for one person rather than for a role."""


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
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    @property
    def particularity(self) -> int:
        """How particular the level is; of one holder's grants the highest decides."""
        return (self.institution_id is not None) + 2 * (self.group_id is not None)


@dataclass(frozen=True, slots=True)
class Word:
    """What one level says of a right."""

    allowed: bool
    step_up: bool
    source: str
    """``default``, ``municipality``, ``institution``, ``group`` or ``person``."""
    role: str = PERSON
    """The role of which it is said; `PERSON`: of the person alone."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one profile holds an action through a relation, and who decided it last."""

    action: str
    relation: str
    profile: ActorProfile
    allowed: bool
    step_up: bool
    source: str
    """That of the word that decided, or ``plugin off``."""
    group_id: UUID | None = None
    """The only group in which it holds, or does not; None: everywhere else."""
    role: str = PERSON
    words: tuple[Word, ...] = ()
    """Everything that was said of it, the roles' by level and then the person's."""
    asleep: Word | None = None
    """The word that would decide if the plugin were on."""


_Slots = dict[UUID | None, list[Word]]
_Settled = tuple[UUID | None, Word, tuple[Word, ...]]


def decide(
    catalogue: Catalogue,
    profile: ActorProfile,
    roles: Iterable[str],
    grants: Sequence[GrantRow],
    is_active: IsActive,
    groups: frozenset[UUID] = frozenset(),
) -> list[Decision]:
    """Return every decision about one profile, in which nothing is held twice.

    ``groups`` are those in which the profile is or has a child: a grant to a role in a group, of
    an action that is about no object, concerns only them. A profile that has ended holds what
    hangs on relations of former people, and nobody else holds that (decision 0038).
    """
    names = {profile.kind.value, *roles}
    spoken = _gather(catalogue, profile, names, grants, groups)
    found = [
        Decision(*key, profile, word.allowed, word.step_up, word.source, group, word.role, words)
        for key, holders in spoken.items()
        for group, word, words in _settle(holders)
    ]
    on = {
        owner: is_on(owner, is_active, profile.municipality_id, profile.institution_id)
        for owner in {owner_of(decision.action) for decision in found}
    }
    return [one if on[owner_of(one.action)] else _put_to_sleep(one) for one in found]


def _gather(
    catalogue: Catalogue,
    profile: ActorProfile,
    names: set[str],
    grants: Sequence[GrantRow],
    groups: frozenset[UUID],
) -> dict[tuple[str, str], dict[str, _Slots]]:
    spoken: dict[tuple[str, str], dict[str, _Slots]] = {}

    def say(action: str, relation: str, group: UUID | None, word: Word) -> None:
        if catalogue.is_former(action, relation) is not (profile.ended_at is not None):
            return
        holders = spoken.setdefault((action, relation), {})
        holders.setdefault(word.role, {}).setdefault(group, []).append(word)

    for role in sorted(names):
        for default in catalogue.defaults.get(role, ()):
            step_up = default.step_up or catalogue.is_sensitive(default.action)
            word = Word(True, step_up, "default", role)
            say(default.action, default.relation, None, word)
    for grant in sorted(grants, key=lambda row: row.particularity):
        if not _concerns(grant, profile, names) or not catalogue.has(grant.action, grant.relation):
            continue
        group = grant.group_id
        if group is not None and grant.relation == NO_RELATION:
            if not grant.allowed or (grant.profile_id is None and group not in groups):
                continue
            group = None
        elif group is not None and not catalogue.can_narrow(grant.action):
            continue
        source = _source(grant)
        step_up = grant.step_up or catalogue.is_sensitive(grant.action)
        say(
            grant.action,
            grant.relation,
            group,
            Word(grant.allowed, step_up, source, grant.role or PERSON),
        )
    return spoken


def _settle(holders: dict[str, _Slots]) -> Iterator[_Settled]:
    """Yield what holds everywhere, then what differs in single groups."""
    own = holders.get(PERSON, {})
    roles = [slots for role, slots in holders.items() if role != PERSON]
    everywhere = _join([slots[None] for slots in roles if None in slots])
    if None in own:
        said = everywhere[1] if everywhere else ()
        everywhere = own[None][-1], (*said, *own[None])
    if everywhere:
        yield None, *everywhere
    for group in sorted({group for slots in (*roles, own) for group in slots if group}):
        if group in own:
            there = [*(slots.get(group) or slots.get(None, []) for slots in roles), own[group]]
            yield group, own[group][-1], tuple(word for words in there for word in words)
        elif None not in own:
            joined = _join([slots.get(group) or slots.get(None, []) for slots in roles])
            if joined:
                yield group, *joined


def _join(by_role: list[list[Word]]) -> tuple[Word, tuple[Word, ...]] | None:
    """Return what somebody with these roles has: what any gives, by the one that asks for less."""
    last = [words[-1] for words in by_role if words]
    if not last:
        return None
    # Of equals the first, so that the same rights are explained in the same way each time.
    word = min(last, key=lambda one: (not one.allowed, one.step_up))
    return word, tuple(word for words in by_role for word in words)


def _concerns(grant: GrantRow, profile: ActorProfile, roles: set[str]) -> bool:
    if grant.municipality_id != profile.municipality_id:
        return False
    if grant.institution_id not in {None, profile.institution_id}:
        return False
    return grant.profile_id == profile.id if grant.profile_id else grant.role in roles


def _source(grant: GrantRow) -> str:
    if grant.profile_id:
        return "person"
    if grant.group_id:
        return "group"
    return "institution" if grant.institution_id else "municipality"


def _put_to_sleep(decision: Decision) -> Decision:
    asleep = Word(decision.allowed, decision.step_up, decision.source, decision.role)
    return replace(decision, allowed=False, step_up=False, source=PLUGIN_OFF, asleep=asleep)


_Shape = tuple[str, str, bool, tuple[UUID, ...], tuple[UUID, ...]]


def holdings_of(decisions: Iterable[Decision]) -> dict[str, tuple[Holding, ...]]:
    """Return what the decisions come to, by action: for each relation what holds everywhere but in
    some groups, and what holds in some groups alone.
    """
    by_right: dict[tuple[str, str, UUID], list[Decision]] = {}
    for decision in decisions:
        key = (decision.action, decision.relation, decision.profile.id)
        by_right.setdefault(key, []).append(decision)
    gathered: dict[_Shape, list[ActorProfile]] = {}
    for found in by_right.values():
        for shape in _shapes(found):
            gathered.setdefault(shape, []).append(found[0].profile)
    holdings: dict[str, tuple[Holding, ...]] = {}
    for (action, relation, step_up, groups, without), profiles in gathered.items():
        holding = Holding(
            relation,
            _each(profile.id for profile in profiles),
            _each(profile.institution_id for profile in profiles),
            _each(profile.municipality_id for profile in profiles),
            groups,
            step_up,
            without,
        )
        holdings[action] = (*holdings.get(action, ()), holding)
    return holdings


def _shapes(found: list[Decision]) -> Iterator[_Shape]:
    """Yield the shapes of one profile's right through one relation."""
    action, relation = found[0].action, found[0].relation
    wide = next((one for one in found if one.group_id is None), None)
    everywhere = (wide.allowed, wide.step_up) if wide else (False, False)
    differ = [
        one
        for one in found
        if one.group_id is not None
        and (one.allowed, one.step_up) != everywhere
        and (one.allowed or everywhere[0])
    ]
    if wide and wide.allowed:
        without = tuple(one.group_id for one in differ if one.group_id)
        yield action, relation, wide.step_up, (), without
    for step_up in (False, True):
        there = [one for one in differ if one.allowed and one.step_up is step_up]
        if there:
            groups = tuple(one.group_id for one in there if one.group_id)
            yield action, relation, step_up, groups, ()


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
