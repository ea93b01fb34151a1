"""The people whom a change is about, limited by `visible`."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from aula_platform.permissions.granting.people import CANDIDATE
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.people import Kind

MOST = 500
"""More employees than an institution has."""
_NOW = sa.bindparam("now", type_=Instant)
_WHOSE = sa.bindparam("profile_id", type_=Id)
_profile, _tie = stamdata.profile, stamdata.guardianship


@cache
def those(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Some people whom the clause shows, by name; parameters: ``profiles`` and the clause's."""
    wanted = sa.bindparam("profiles", expanding=True, type_=Id)
    return CANDIDATE.where(_profile.c.id.in_(wanted), clause).order_by(
        _profile.c.sort_key, _profile.c.id
    )


@cache
def children_of(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The children to whom a guardian has access, whom the clause shows, by name; parameters:
    ``profile_id``, ``now`` and the clause's.
    """
    mine = sa.select(_tie.c.child_id).where(
        _tie.c.guardian_id == _WHOSE, _tie.c.access.is_(True), stamdata.valid(_tie, _NOW)
    )
    return CANDIDATE.where(_profile.c.id.in_(mine), clause).order_by(
        _profile.c.sort_key, _profile.c.id
    )


@cache
def colleagues(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The other employees of an institution whom the clause shows, by name; parameters:
    ``institution_id``, ``profile_id``, ``now`` and the clause's.
    """
    return (
        CANDIDATE.where(
            clause,
            _profile.c.institution_id == sa.bindparam("institution_id", type_=Id),
            _profile.c.kind == Kind.EMPLOYEE.value,
            _profile.c.id != _WHOSE,
            stamdata.valid(_profile, _NOW),
        )
        .order_by(_profile.c.sort_key, _profile.c.id)
        .limit(MOST)
    )
