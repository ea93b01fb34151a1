"""Roles that come with a log-in: the broker vouches for privileges, a table makes roles of them.

Privileges are in force at one organisation, a municipality by its CVR number. The roles are those
of the person's profiles as an employee or external there, in sessions that began at this broker and
no others, until the longest of them would end. Each log-in says anew what there is: what it brings
is there in its own session at once, and what it no longer names has ended everywhere by the next
request. Who decides is the broker's municipality, by the table
that the operator keeps; nobody takes such a role back here (decision 0027).
"""

import logging
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.broker_settings import WrongBrokerSettings
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.identity.tables import account_person
from aula_platform.permissions.granting.bundles import KINDS, OWN, TITLES
from aula_platform.permissions.granting.writing import ROLE_ENDED
from aula_platform.permissions.tables import holder
from aula_platform.settings import Settings
from aula_platform.stamdata.tables import municipality, profile
from aula_platform.storage import Write
from aula_sdk import stamdata
from aula_sdk.audit import AuditKind
from aula_sdk.db import Id, Instant
from aula_sdk.ids import new_id
from aula_sdk.login import Privilege, ProvedIdentity
from aula_sdk.people import Kind

_log = logging.getLogger("aula.identity")
ROLE_VOUCHED = "permissions.role_vouched"
_SCOPE = re.compile(r"urn:dk:gov:saml:cvrnumberidentifier:([0-9]{8})", re.IGNORECASE)
_OWN_ROLE = re.compile(rf"{OWN}[0-9a-f]{{32}}")
_KINDS = (Kind.EMPLOYEE.value, Kind.EXTERNAL.value)
_PROFILES = (
    sa.select(
        profile.c.id,
        profile.c.person_id,
        profile.c.institution_id,
        profile.c.municipality_id,
        municipality.c.key,
    )
    .join(account_person, account_person.c.person_id == profile.c.person_id)
    .join(municipality, municipality.c.id == profile.c.municipality_id)
    .where(
        account_person.c.account_id == sa.bindparam("account_id", type_=Id),
        profile.c.kind.in_(_KINDS),
        stamdata.valid(profile, sa.bindparam("now", type_=Instant)),
    )
)
_HELD = sa.select(holder.c.id, holder.c.profile_id, holder.c.role, holder.c.municipality_id).where(
    holder.c.broker == sa.bindparam("broker"),
    holder.c.profile_id.in_(
        sa.select(profile.c.id)
        .join(account_person, account_person.c.person_id == profile.c.person_id)
        .where(account_person.c.account_id == sa.bindparam("account_id", type_=Id))
    ),
    holder.c.valid_to > sa.bindparam("now", type_=Instant),
)


class _Held(NamedTuple):
    profile_id: UUID
    role: str


class VouchedRoles:
    """Keeps the roles of whoever logs in as their broker's word has them."""

    def __init__(self, settings: Settings) -> None:
        """Raises `WrongBrokerSettings` for a role that there is not, and where a table of
        privileges meets no municipality with a CVR number.
        """
        self._settings = settings
        self._by_cvr = {one.cvr: key for key, one in settings.municipalities.items() if one.cvr}
        for name, broker in settings.login.brokers.items():
            for privilege, role in broker.privileges.items():
                key = f"login.brokers.{name}.privileges.{privilege}"
                if role not in TITLES.keys() - KINDS and not _OWN_ROLE.fullmatch(role):
                    known = ", ".join(sorted(TITLES.keys() - KINDS))
                    raise WrongBrokerSettings(key, f"{role!r}: expected one of {known}, {OWN}…")
            places = broker.municipalities or tuple(settings.municipalities)
            if broker.privileges and not any(settings.municipalities[p].cvr for p in places):
                raise WrongBrokerSettings(
                    f"login.brokers.{name}.privileges",
                    "no municipality of the broker has a cvr, by which privileges are known",
                )

    async def give(self, write: Write, name: str, proved: ProvedIdentity, account_id: UUID) -> None:
        """Let the account's profiles have the roles that this log-in names, and none beside them
        that came with earlier ones at this broker; in the log-in's transaction.
        """
        broker = self._settings.login.brokers.get(name)
        if broker is None or not broker.privileges:
            return
        params = {"account_id": account_id, "now": write.now, "broker": name}
        profiles = {row.id: row for row in await write.rows(_PROFILES, params)}
        roles = self._roles(broker.privileges, broker.municipalities, proved.privileges)
        wanted = {
            _Held(row.id, role) for row in profiles.values() for role in roles.get(row.key, ())
        }
        # Two log-ins at once may both have given the same.
        held: dict[_Held, list[Any]] = {}
        for row in await write.rows(_HELD, params):
            held.setdefault(_Held(row.profile_id, row.role), []).append(row)
        kept, over = wanted & held.keys(), sorted(held.keys() - wanted)
        until = write.now + self._longest()
        await _let_end(write, [row.id for one in kept for row in held[one]], until)
        await _let_end(write, [row.id for one in over for row in held[one]], write.now)
        for one in over:
            first = held[one][0]
            _note(write, ROLE_ENDED, first.id, first.municipality_id, one, name)
        new = sorted(wanted - held.keys())
        for one in new:
            row = profiles[one.profile_id]
            id_ = await _insert(write, row, one.role, name, until)
            _note(write, ROLE_VOUCHED, id_, row.municipality_id, one, name)
        # What is new is seen in the session that has begun (`list_vouching`): a morning of log-ins
        # must not make every worker forget everybody.
        if over:
            await raise_rights_epoch(write)

    def _longest(self) -> timedelta:
        """Return how long a session can last in which such a role is used."""
        limits = [self._settings.login.limits_for(Kind(kind)) for kind in _KINDS]
        return timedelta(hours=max(one.absolute_hours for one in limits))

    def _roles(
        self,
        table: Mapping[str, str],
        places: Collection[str],
        privileges: Collection[Privilege],
    ) -> dict[str, set[str]]:
        """Return the roles by the key of the municipality in which they hold."""
        found: dict[str, set[str]] = {}
        others = 0
        for key, privilege in self._scoped(privileges):
            if not key or (places and key not in places):
                others += 1
            elif privilege in table:
                found.setdefault(key, set()).add(table[privilege])
        if others:
            _log.warning("%d privileges are of organisations that this broker is not for", others)
        return found

    def _scoped(self, privileges: Collection[Privilege]) -> Iterator[tuple[str, str]]:
        for one in privileges:
            scope = _SCOPE.fullmatch(one.scope)
            yield (self._by_cvr.get(scope[1], "") if scope else ""), one.name


def list_vouching(settings: Settings) -> frozenset[str]:
    """Return the names of the brokers whose log-ins give roles.

    Actors of sessions that began there are kept for each log-in by itself, so that one that brings
    a role is not shown what was kept without it, and no epoch moves for it.
    """
    return frozenset(name for name, one in settings.login.brokers.items() if one.privileges)


async def _let_end(write: Write, ids: Collection[UUID], at: datetime) -> None:
    if ids:
        await write.execute(sa.update(holder).where(holder.c.id.in_(ids)).values(valid_to=at))


async def _insert(write: Write, row: Any, role: str, broker: str, until: datetime) -> UUID:
    id_ = new_id()
    values = {
        "id": id_,
        "municipality_id": row.municipality_id,
        "institution_id": row.institution_id,
        "profile_id": row.id,
        "role": role,
        "broker": broker,
        "valid_from": write.now,
        "valid_to": until,
        "created_at": write.now,
    }
    await write.execute(sa.insert(holder).values(values))
    return id_


def _note(
    write: Write, action: str, id_: UUID, municipality_id: UUID, one: _Held, broker: str
) -> None:
    """Audit what the log-in did, in nobody's name: the person did not give it, nor anybody here."""
    write.audit(
        action,
        municipality_id=municipality_id,
        object_id=id_,
        subjects=[one.profile_id],
        details={"role": one.role, "broker": broker},
        kind=AuditKind.GRANT,
    )
