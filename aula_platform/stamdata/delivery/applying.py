"""Applying what the comparison has found, in set-based statements of one transaction."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import (
    groups,
    guardianships,
    institutions,
    memberships,
    persons,
    profiles,
    roles,
    tables,
)
from aula_platform.stamdata.delivery.matching import ADDED, CHANGED, LEAVING, RETURNING, SAME
from aula_platform.stamdata.delivery.scope import Scope
from aula_sdk.db import Id, Instant

LIVE = (
    live_tables.institution,
    live_tables.person,
    live_tables.profile,
    live_tables.profile_role,
    live_tables.group,
    live_tables.membership,
    live_tables.guardianship,
)
"""What a delivery writes, apart from contact data."""


def apply(scope: Scope) -> Iterator[sa.Executable]:
    """Yield the statements in the order in which rows refer to each other."""
    yield from _put(scope, institutions.STAGE, institutions.LIVE, institutions.COLUMNS)
    yield _release_uniids(scope)
    known, new = persons.carried(scope), persons.COLUMNS
    yield _update(scope, persons.STAGE, persons.LIVE, known, CHANGED, RETURNING, LEAVING)
    yield _insert(scope, persons.STAGE, persons.LIVE, new, ADDED)
    yield from _put_contacts(scope)
    places = ("person_id", "institution_id", "kind")
    yield from _put(scope, profiles.STAGE, profiles.LIVE, (*places, *profiles.COLUMNS))
    yield from _put(scope, groups.STAGE, groups.LIVE, ("source_id", *groups.COLUMNS))
    yield _insert(scope, memberships.STAGE, memberships.LIVE, memberships.KEY, ADDED, RETURNING)
    yield _update(scope, memberships.STAGE, memberships.LIVE, (), CHANGED, LEAVING)
    yield _insert(scope, roles.STAGE, roles.LIVE, ("profile_id", "role"), ADDED, RETURNING)
    stage, live = guardianships.STAGE, guardianships.LIVE
    changed = sa.select(stage.c.live_id).where(scope.sound(stage), stage.c.change == CHANGED)
    yield sa.update(live).where(live.c.id.in_(changed)).values(valid_to=scope.now)
    pair = ("guardian_person_id", "child_person_id", *guardianships.COLUMNS)
    yield _insert(scope, stage, live, pair, ADDED, RETURNING, CHANGED)
    for table in LIVE:
        yield _close(scope, table)


def _put(
    scope: Scope, stage: sa.Table, live: sa.Table, columns: Sequence[str]
) -> Iterator[sa.Executable]:
    yield _update(scope, stage, live, columns, CHANGED, RETURNING, LEAVING)
    yield _insert(scope, stage, live, columns, ADDED)


def _insert(
    scope: Scope, stage: sa.Table, live: sa.Table, columns: Sequence[str], *changes: str
) -> sa.Insert:
    values: dict[str, sa.ColumnElement[object]] = {
        "id": stage.c.id,
        **{name: stage.c[name] for name in columns},
        "municipality_id": sa.literal(scope.municipality_id, Id),
        "source": sa.literal(scope.source, sa.String),
        "valid_from": sa.func.coalesce(stage.c.valid_from, sa.literal(scope.now, Instant)),
        "valid_to": stage.c.valid_to,
    }
    found = sa.select(*values.values()).where(scope.sound(stage), stage.c.change.in_(changes))
    return sa.insert(live).from_select(list(values), found, include_defaults=False)


def _update(
    scope: Scope, stage: sa.Table, live: sa.Table, columns: Sequence[str], *changes: str
) -> sa.Update:
    return (
        sa.update(live)
        .where(scope.sound(stage), stage.c.live_id == live.c.id)
        .where(stage.c.change.in_(changes))
        .values(
            {
                **{name: stage.c[name] for name in columns},
                "source": scope.source,
                "valid_from": sa.func.coalesce(stage.c.valid_from, live.c.valid_from),
                "valid_to": stage.c.valid_to,
            }
        )
    )


def _release_uniids(scope: Scope) -> sa.Update:
    """Take a uniid from whoever gives it up, before somebody else gets it."""
    live = persons.LIVE
    return sa.update(live).where(live.c.id.in_(_givers(scope))).values(uniid=None)


def _givers(scope: Scope) -> sa.Select[tuple[UUID]]:
    stage, owner = persons.STAGE, persons.LIVE.alias("owner")
    return (
        sa.select(owner.c.id)
        .join(stage, stage.c.uniid == owner.c.uniid)
        .where(scope.here(owner), scope.sound(stage), stage.c.id != owner.c.id)
    )


def find_moved(scope: Scope) -> sa.Select[tuple[UUID]]:
    """Return the persons of whom something is about to change that says who they are: themselves,
    what they are at institutions, or that they lose their uniid to another. Ask before `apply`.
    """
    person, profile, leaving = persons.STAGE, profiles.STAGE, tables.leaving
    moved = sa.union(
        sa.select(sa.func.coalesce(person.c.live_id, person.c.id).label("id")).where(
            scope.sound(person), person.c.change != SAME
        ),
        sa.select(profile.c.person_id).where(scope.sound(profile), profile.c.change != SAME),
        sa.select(leaving.c.id).where(scope.staged(leaving), leaving.c.what == "person"),
        _givers(scope),
    ).subquery()
    return sa.select(moved.c.id)


def _put_contacts(scope: Scope) -> Iterator[sa.Executable]:
    stage, contact = persons.STAGE, persons.CONTACT
    columns = {name: stage.c[name] for name in persons.CONTACT_COLUMNS}
    # Whoever becomes protected keeps no address, though the delivery may carry none (STM-12).
    carried = stage.c.protected if "contact" in scope.left_out else sa.true()
    yield (
        sa.update(contact)
        .where(scope.sound(stage), stage.c.live_id == contact.c.person_id)
        .where(stage.c.change.in_((CHANGED, RETURNING)), carried)
        .values(columns)
    )
    names = ["person_id", *columns, "municipality_id"]
    found = sa.select(stage.c.id, *columns.values(), sa.literal(scope.municipality_id, Id)).where(
        scope.sound(stage), stage.c.change == ADDED
    )
    yield sa.insert(contact).from_select(names, found, include_defaults=False)


def _close(scope: Scope, live: sa.Table) -> sa.Update:
    """End what leaves. What was still to begin never does: its end lies before its beginning."""
    leaving = tables.leaving
    what = live.name.removeprefix("stamdata_")
    gone = sa.select(leaving.c.id).where(leaving.c.delivery_id == scope.id, leaving.c.what == what)
    return sa.update(live).where(live.c.id.in_(gone)).values(valid_to=scope.now)
