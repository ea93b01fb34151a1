"""What was given to somebody ends with their time at the institution, and so do their deputies.

Profiles come back whole when a source delivers them again (GRP-6). What somebody had been given by
hand does not: who is employed anew after years gets it from who decides then.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.granting.writing import ROLE_ENDED, TAKEN_BACK
from aula_platform.permissions.tables import goes_on, grant, holder
from aula_platform.stamdata.changes import PLUGIN_CHANGED
from aula_platform.stamdata.tables import profile
from aula_platform.storage import Write
from aula_sdk.audit import AuditKind
from aula_sdk.db import Id, Instant

_NOW = sa.bindparam("now", type_=Instant)
_HERE = sa.bindparam("municipality_id", type_=Id)
_whose, _deputised = profile.alias("whose"), profile.alias("deputised")


_ROLES = (
    sa.select(
        holder.c.id,
        holder.c.institution_id,
        holder.c.profile_id,
        holder.c.role,
        holder.c.deputy_for,
        holder.c.valid_from,
    )
    .join(_whose, _whose.c.id == holder.c.profile_id)
    .outerjoin(_deputised, _deputised.c.id == holder.c.deputy_for)
    .where(
        holder.c.municipality_id == _HERE,
        # What a log-in vouches for lapses with it.
        holder.c.broker.is_(None),
        goes_on(holder),
        sa.or_(_whose.c.valid_to <= _NOW, _deputised.c.valid_to <= _NOW),
    )
    .order_by(holder.c.id)
)
_RIGHTS = (
    sa.select(
        grant.c.id,
        grant.c.institution_id,
        grant.c.profile_id,
        grant.c.action,
        grant.c.relation,
        grant.c.valid_from,
    )
    .join(_whose, _whose.c.id == grant.c.profile_id)
    .where(
        grant.c.municipality_id == _HERE,
        # A no stays: coming back opens nothing that was closed.
        grant.c.allowed,
        goes_on(grant),
        _whose.c.valid_to <= _NOW,
    )
    .order_by(grant.c.id)
)


async def end_what_was_given(unit: Write, *, waits: bool = True) -> None:
    """End what hangs on profiles that a delivery in this unit has ended; each end is audited.

    A recorder of `Storage`: it runs in the transaction of each change of stamdata, before the
    audit is written. It ``waits`` for who gives something at the same time, or that would outlive
    the profile; a rehearsal need not.
    """
    changed = {
        note.municipality_id
        for note in unit.audits
        if note.action.startswith("stamdata.") and note.action != PLUGIN_CHANGED
    }
    if changed and waits:
        await raise_rights_epoch(unit)
    for municipality_id in sorted(changed):
        params = {"municipality_id": municipality_id, "now": unit.now}
        roles = await unit.rows(_ROLES, params)
        rights = await unit.rows(_RIGHTS, params)
        await _end(unit, holder, roles)
        await _end(unit, grant, rights)
        for row in roles:
            about = [row.profile_id, *([row.deputy_for] if row.deputy_for else [])]
            _note(unit, ROLE_ENDED, municipality_id, row, about, {"role": row.role})
        for row in rights:
            told = {"right": row.action, "relation": row.relation}
            _note(unit, TAKEN_BACK, municipality_id, row, [row.profile_id], told)


async def _end(unit: Write, table: sa.Table, rows: Iterable[sa.Row[Any]]) -> None:
    """End rows; one that has not begun is as if it had never been given."""
    begun: list[UUID] = []
    coming: list[UUID] = []
    for row in rows:
        is_coming = row.valid_from is not None and row.valid_from > unit.now
        (coming if is_coming else begun).append(row.id)
    if begun:
        await unit.execute(sa.update(table).where(table.c.id.in_(begun)).values(valid_to=unit.now))
    if coming:
        await unit.execute(sa.delete(table).where(table.c.id.in_(coming)))


def _note(
    unit: Write,
    action: str,
    municipality_id: UUID,
    row: sa.Row[Any],
    about: list[UUID],
    told: dict[str, str],
) -> None:
    place = row.institution_id
    unit.audit(
        action,
        municipality_id=municipality_id,
        object_id=row.id,
        subjects=about,
        details={**told, "institution": place.hex if place else "", "because": "left"},
        kind=AuditKind.GRANT,
    )
