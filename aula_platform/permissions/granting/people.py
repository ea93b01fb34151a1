"""People and what they have been given, limited to a place or by `visible`."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from aula_platform.permissions.tables import goes_on, grant, holder
from aula_platform.stamdata.tables import profile_role
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant

MOST = 20
"""How many people a search shows."""
_NOW = sa.bindparam("now", type_=Instant)
_profile, _institution = stamdata.profile, stamdata.institution
_deputised = stamdata.profile.alias("deputised")
_post = profile_role

CANDIDATE = sa.select(
    _profile.c.id,
    _profile.c.name,
    _profile.c.title,
    _profile.c.kind,
    _profile.c.institution_id,
    _institution.c.name.label("institution_name"),
    _profile.c.municipality_id,
).join_from(_profile, _institution, _institution.c.id == _profile.c.institution_id)
"""People as `Candidate` has them; limit it by what `visible` says."""


@cache
def one_person(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One person whom the clause shows; parameters: ``profile_id`` and the clause's."""
    return CANDIDATE.where(_profile.c.id == sa.bindparam("profile_id", type_=Id), clause)


WHOSE = sa.select(_profile.c.person_id).where(_profile.c.id == sa.bindparam("profile_id", type_=Id))
"""Whose a profile is; parameter: ``profile_id``."""


def _has_role(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        table.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
        table.c.profile_id == sa.bindparam("profile_id", type_=Id),
        table.c.role == sa.bindparam("role"),
        goes_on(table),
    )


BROUGHT_OR_GIVEN = sa.select(sa.or_(_has_role(profile_role), _has_role(holder)))
"""Whether somebody has a role or will, by their post or because it was given to them; parameters:
``municipality_id``, ``profile_id``, ``role`` and ``now``.
"""


@cache
def shown_of(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Those of some profiles that the clause shows; parameters: ``profiles`` and the clause's."""
    wanted = sa.bindparam("profiles", expanding=True, type_=Id)
    return sa.select(_profile.c.id).where(_profile.c.id.in_(wanted), clause)


@cache
def places_shown(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Those of some institutions that the clause shows; parameters: ``places`` and the clause's."""
    wanted = sa.bindparam("places", expanding=True, type_=Id)
    return sa.select(_institution.c.id).where(_institution.c.id.in_(wanted), clause)


@cache
def found_people(clause: sa.ColumnElement[bool], *, at_institution: bool) -> sa.Select[Any]:
    """People whom the clause shows, by name; parameters: place, ``prefix``, ``inside``, ``now``."""
    statement = (
        CANDIDATE.where(
            clause,
            _profile.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
            stamdata.valid(_profile, _NOW),
            sa.or_(
                _profile.c.search_key.like(sa.bindparam("prefix", type_=sa.String), escape="\\"),
                _profile.c.search_key.like(sa.bindparam("inside", type_=sa.String), escape="\\"),
            ),
        )
        .order_by(_profile.c.sort_key, _profile.c.id)
        .limit(MOST)
    )
    if at_institution:
        here = _profile.c.institution_id == sa.bindparam("institution_id", type_=Id)
        return statement.where(here)
    return statement


_HOLDERS = (
    sa.select(
        holder.c.id,
        holder.c.profile_id,
        _profile.c.name,
        _profile.c.title,
        holder.c.institution_id,
        holder.c.role,
        holder.c.valid_from,
        holder.c.valid_to,
        holder.c.deputy_for,
        _deputised.c.name.label("deputy_name"),
        holder.c.broker,
    )
    .join_from(holder, _profile, _profile.c.id == holder.c.profile_id)
    .outerjoin(_deputised, _deputised.c.id == holder.c.deputy_for)
    .where(goes_on(holder))
    .order_by(_profile.c.sort_key, holder.c.id)
)
HOLDINGS_OF = _HOLDERS.where(holder.c.profile_id == sa.bindparam("profile_id", type_=Id))
"""Which roles one person has been given; parameters: ``profile_id`` and ``now``."""


@cache
def holders(*, at_institution: bool) -> sa.Select[Any]:
    """Who has been given a role; parameters: the place and ``now``."""
    statement = _HOLDERS.where(
        holder.c.municipality_id == sa.bindparam("municipality_id", type_=Id)
    )
    if at_institution:
        here = holder.c.institution_id == sa.bindparam("institution_id", type_=Id)
        return statement.where(here)
    return statement


@cache
def superiors(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """People of an institution whose post brings a role, other than one of them, by name;
    parameters: the place, ``profile_id``, ``now`` and the clause's.
    """
    here = _post.c.municipality_id == sa.bindparam("municipality_id", type_=Id)
    brought = sa.select(_post.c.profile_id).where(here, stamdata.valid(_post, _NOW))
    return CANDIDATE.where(
        clause,
        _profile.c.institution_id == sa.bindparam("institution_id", type_=Id),
        _profile.c.id != sa.bindparam("profile_id", type_=Id),
        _profile.c.id.in_(brought),
        stamdata.valid(_profile, _NOW),
    ).order_by(_profile.c.sort_key, _profile.c.id)


PERSONAL = (
    sa.select(
        grant.c.id,
        grant.c.action,
        grant.c.relation,
        grant.c.allowed,
        grant.c.step_up,
        grant.c.group_id,
        grant.c.valid_from,
        grant.c.valid_to,
    )
    .where(
        grant.c.profile_id == sa.bindparam("profile_id", type_=Id),
        goes_on(grant),
    )
    .order_by(grant.c.action, grant.c.id)
)
"""What was decided for one person alone; parameters: ``profile_id`` and ``now``."""

HELD_ROLE = sa.select(holder.c.id).where(
    holder.c.profile_id == sa.bindparam("profile_id", type_=Id),
    holder.c.role == sa.bindparam("role"),
    holder.c.broker.is_(None),
    goes_on(holder),
)
"""Whether somebody was given a role, to have it now or later; parameters: ``profile_id``, ``role``
and ``now``.
"""

_WANTED = sa.bindparam("id", type_=Id)
GIVEN_ROLE = sa.select(
    holder.c.id,
    holder.c.municipality_id,
    holder.c.institution_id,
    holder.c.profile_id,
    holder.c.role,
    holder.c.deputy_for,
    holder.c.valid_from,
    holder.c.valid_to,
    holder.c.granted_by,
    holder.c.broker,
).where(holder.c.id == _WANTED)
GIVEN_RIGHT = sa.select(
    grant.c.id,
    grant.c.municipality_id,
    grant.c.institution_id,
    grant.c.group_id,
    grant.c.profile_id,
    grant.c.action,
    grant.c.relation,
    grant.c.allowed,
    grant.c.step_up,
    grant.c.granted_by,
    grant.c.valid_from,
    grant.c.valid_to,
).where(grant.c.id == _WANTED, grant.c.profile_id.is_not(None))
"""One thing that was given to a person; parameter: ``id``."""
