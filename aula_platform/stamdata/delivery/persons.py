"""Comparing persons and how to reach them."""

from collections.abc import Iterator

import sqlalchemy as sa

from aula_platform.stamdata import tables as live_tables
from aula_platform.stamdata.delivery import covering, tables
from aula_platform.stamdata.delivery.keeping import keep_refused
from aula_platform.stamdata.delivery.matching import (
    classify_whole,
    leave,
    match,
    no_longer_delivered,
    refuse,
    refuse_repeated,
    resolve,
)
from aula_platform.stamdata.delivery.scope import Condition, Scope

STAGE, LIVE, CONTACT = tables.person, live_tables.person, live_tables.contact
NAMES = ("given_name", "family_name", "name", "sort_key", "search_key")
COLUMNS = ("source_id", *NAMES, "protected", "uniid", "birth_date")
WAYS = ("email", "phone", "mobile", "address")
CONTACT_COLUMNS = (*WAYS, *(f"{way}_protected" for way in WAYS))


def compare(scope: Scope) -> Iterator[sa.Executable]:
    """Match by the source's id, else by uniid.

    Somebody whom another source delivers too stays that source's person and is referred to; who
    has left there is taken over whole.
    """
    yield refuse_repeated(scope, STAGE, "source_id")
    yield refuse_repeated(scope, STAGE, "uniid")
    yield match(
        scope,
        STAGE,
        LIVE,
        sa.and_(scope.own(LIVE), LIVE.c.source_id == STAGE.c.source_id),
    )
    same_uniid = sa.and_(scope.here(LIVE), LIVE.c.uniid == STAGE.c.uniid)
    yield match(scope, STAGE, LIVE, sa.and_(same_uniid, ~scope.delivered(_other(), LIVE)))
    gone = no_longer_delivered(
        scope,
        "person",
        (STAGE, LIVE),
        [LIVE.c.source_id],
        scope.own(LIVE),
        covered=covering.of_person(scope, LIVE.c.id),
    )
    yield leave(scope, "person", LIVE, sa.and_(gone, ~_known_elsewhere(scope)))
    yield refuse(scope, STAGE, _uniid_of_another(scope), "uniid.taken", "uniid")
    yield keep_refused(scope, "person", STAGE, ("source_id",))
    whose = ("person_source_id", "person_id")
    yield from resolve(scope, "person", tables.complete, whose, (STAGE, LIVE))
    reached = sa.exists().where(
        sa.literal("contact" not in scope.left_out),
        CONTACT.c.person_id == LIVE.c.id,
        sa.or_(*(STAGE.c[name].is_distinct_from(CONTACT.c[name]) for name in CONTACT_COLUMNS)),
    )
    yield from classify_whole(scope, STAGE, LIVE, carried(scope), reached)


def carried(scope: Scope) -> tuple[str, ...]:
    """Return the columns that the delivery says something about."""
    return tuple(name for name in COLUMNS if name not in scope.left_out)


def _other() -> sa.FromClause:
    return STAGE.alias("other")


def _known_elsewhere(scope: Scope) -> Condition:
    """Another source still has the person somewhere."""
    profile = live_tables.profile
    return sa.exists().where(
        profile.c.person_id == LIVE.c.id, profile.c.source != scope.source, scope.holds(profile)
    )


def _uniid_of_another(scope: Scope) -> Condition:
    """The uniid belongs to somebody else, who neither leaves nor gives it up in this delivery."""
    owner, row = LIVE.alias("owner"), _other()
    gives_up = sa.exists().where(
        scope.sound(row), row.c.live_id == owner.c.id, row.c.uniid.is_distinct_from(owner.c.uniid)
    )
    return sa.exists().where(
        scope.here(owner),
        owner.c.uniid == STAGE.c.uniid,
        owner.c.id.is_distinct_from(STAGE.c.live_id),
        scope.stays("person", owner),
        ~gives_up,
    )
