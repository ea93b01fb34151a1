"""Comparing memberships: which rows a delivery speaks of."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import covering, tables
from aula_platform.stamdata.delivery.intervals import FOREVER, classify, match_intervals
from aula_platform.stamdata.delivery.keeping import is_complete, keep_refused, rests_on_kept
from aula_platform.stamdata.delivery.matching import (
    leave,
    look_up,
    no_longer_delivered,
    refuse,
    refuse_unresolved,
    resolve,
    verify_given,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope
from aula_sdk.people import Kind

STAGE, LIVE = tables.membership, live_tables.membership
KEY = ("group_id", "profile_id", "role")
_AS_MEMBER = {Kind.PUPIL.value: 0, Kind.EMPLOYEE.value: 1, Kind.EXTERNAL.value: 2}
_AS_STAFF = {Kind.EMPLOYEE.value: 0, Kind.EXTERNAL.value: 1, Kind.PUPIL.value: 2}


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """Match the unbroken times during which a profile has a role in a group."""
    group = live_tables.group
    yield refuse(scope, STAGE, STAGE.c.valid_to <= STAGE.c.valid_from, "dates.order", "valid_to")
    yield from resolve(
        scope, "group", STAGE, ("group_source_id", "group_id"), (tables.group, group)
    )
    yield refuse_unresolved(scope, STAGE, "group_id", "group_source_id")
    delivered = tables.group.c.source_id == STAGE.c.group_source_id
    place = sa.func.coalesce(
        look_up(tables.group, delivered, scope.sound, "institution_id"),
        look_up(group, group.c.id == STAGE.c.group_id, scope.holds, "institution_id"),
    )
    yield sa.update(STAGE).where(scope.sound(STAGE)).values(institution_id=place)
    yield from _find_profiles(scope)
    yield refuse(scope, STAGE, _overlaps(scope), "record.repeated", "person_source_id")
    yield refuse(scope, STAGE, _of_another(scope), "record.other-source", "group_source_id")
    keys = ("group_source_id", "person_source_id", "role")
    unlike = STAGE.c.problem != "record.repeated"
    yield keep_refused(scope, "membership", STAGE, keys, unlike)
    yield from match_intervals(scope)
    yield from classify(scope)
    yield leave(scope, "membership", LIVE, _no_longer_delivered(scope))
    yield leave(scope, "membership", LIVE, scope.leaves("group", LIVE.c.group_id))
    yield leave(scope, "membership", LIVE, scope.leaves("profile", LIVE.c.profile_id))


def _find_profiles(scope: Scope) -> Iterator[sa.Executable]:
    """Look up with which profile the person is in the group.

    A plugin names the profile itself, which can be a guardian's or at another institution (GRP-1);
    a source names the person, who is there with a profile at the group's institution.
    """
    if scope.by_ids:
        columns = ("person_source_id", "profile_id")
        yield from verify_given(scope, "profile", STAGE, columns, live_tables.profile)
        return
    people = (tables.person, live_tables.person)
    yield from resolve(scope, "person", STAGE, ("person_source_id", "person_id"), people)
    yield refuse_unresolved(scope, STAGE, "person_id", "person_source_id")
    plain = STAGE.c.role == "member"
    for whom, order in ((plain, _AS_MEMBER), (~plain, _AS_STAFF)):
        there = _profile_there(scope, order)
        yield sa.update(STAGE).where(scope.sound(STAGE), whom).values(profile_id=there)
    nowhere = STAGE.c.profile_id.is_(None)
    yield refuse(scope, STAGE, nowhere, "membership.no-profile", "person_source_id")


def _profile_there(scope: Scope, order: dict[str, int]) -> sa.ColumnElement[object]:
    """The profile with which the person is in the group, the first in ``order``.

    A plain member is a pupil before an employee, staff the other way round, nobody a guardian.
    """
    staged, live = tables.profile.alias("new_profile"), live_tables.profile.alias("old_profile")

    def best(profile: sa.FromClause, stands: Condition) -> sa.ColumnElement[object]:
        return (
            sa.select(profile.c.id)
            .where(
                stands,
                profile.c.person_id == STAGE.c.person_id,
                profile.c.institution_id == STAGE.c.institution_id,
                profile.c.kind != Kind.GUARDIAN.value,
            )
            .order_by(sa.case(order, value=profile.c.kind))
            .limit(1)
            .correlate(STAGE)
            .scalar_subquery()
        )

    return sa.func.coalesce(
        best(staged, scope.sound(staged)), best(live, scope.stays("profile", live))
    )


def _overlaps(scope: Scope) -> Condition:
    """An earlier row says the same of a time that this row is about too."""
    earlier = STAGE.alias("earlier")
    starts_before_end = sa.or_(
        earlier.c.valid_from.is_(None),
        earlier.c.valid_from < sa.func.coalesce(STAGE.c.valid_to, FOREVER),
    )
    ends_after_start = sa.or_(
        STAGE.c.valid_from.is_(None),
        STAGE.c.valid_from < sa.func.coalesce(earlier.c.valid_to, FOREVER),
    )
    return sa.exists().where(
        scope.sound(earlier),
        earlier.c.row < STAGE.c.row,
        *(earlier.c[name] == STAGE.c[name] for name in KEY),
        starts_before_end,
        ends_after_start,
    )


def _of_another(scope: Scope) -> Condition:
    return sa.exists().where(
        scope.holds(LIVE),
        LIVE.c.source != scope.source,
        *(LIVE.c[name] == STAGE.c[name] for name in KEY),
    )


def _no_longer_delivered(scope: Scope) -> Condition:
    group, profile, person = live_tables.group, live_tables.profile, live_tables.person
    of_kept = sa.or_(
        rests_on_kept(scope, "person", profile.c.person_id),
        rests_on_kept(scope, "org", profile.c.institution_id),
    )
    return no_longer_delivered(
        scope,
        "membership",
        (STAGE, LIVE),
        [group.c.source_id, person.c.source_id, LIVE.c.role],
        scope.own(group),
        scope.own(person),
        group.c.id == LIVE.c.group_id,
        profile.c.id == LIVE.c.profile_id,
        person.c.id == profile.c.person_id,
        covered=covering.of_group(scope, LIVE.c.group_id),
        rests=sa.or_(
            rests_on_kept(scope, "group", LIVE.c.group_id),
            LIVE.c.profile_id.in_(sa.select(profile.c.id).where(of_kept).correlate(None)),
        ),
        complete=LIVE.c.profile_id.in_(
            sa.select(profile.c.id)
            .where(is_complete(scope, "membership", profile.c.person_id))
            .correlate(None)
        ),
    )
