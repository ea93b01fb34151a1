"""Log-ins that came to nothing, in the audit; too few of them for anybody to fill it (ASVS 16.3.1).

Anybody can have log-ins refused as often as they like. So each sort of refusal has an allowance, of
one person or account, or of a broker where nobody is known: some at once and then one in ten
minutes. What is left out is counted, and the next entry of its sort says how many those were.
"""

import hashlib
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.door_audit import UNDECIDED
from aula_platform.identity.login_rate import count_left_out, take_left_out, take_turn
from aula_platform.identity.people import People
from aula_platform.identity.tables import account
from aula_platform.storage import EVERYWHERE, Storage, Who, Write
from aula_sdk.audit import AuditKind
from aula_sdk.login import LoginRefused
from aula_sdk.people import Assurance

REFUSED = "identity.sign_in_refused"
SECONDS_EACH, BURST = 600.0, 5
_log = logging.getLogger("aula.identity")


class Attempted(msgspec.Struct):
    """What is known so far of a log-in that is under way: filled in step by step."""

    broker: str = ""
    places: Sequence[str] = ()
    """The keys of the municipalities whose people alone the broker is for."""
    uniid: str = ""
    """Set when the broker has proved it."""
    account_id: UUID | None = None
    """Set where a session is proved anew, or a PIN was typed for somebody."""
    role: str = UNDECIDED
    municipality_id: UUID | None = None
    """At a shared device, its own municipality, which alone is told."""

    def __repr__(self) -> str:
        """Leave out who it is."""
        return f"Attempted(broker={self.broker!r})"


class _Known(msgspec.Struct, frozen=True):
    municipality_id: UUID
    person_id: UUID | None


class Refusals:
    """Writes refusals down where they concern somebody."""

    def __init__(self, storage: Storage, people: People) -> None:
        self._storage = storage
        self._people = people

    async def note(self, refused: LoginRefused, attempted: Attempted) -> None:
        """Audit a refusal in a transaction of its own; nothing of the log-in itself is kept.

        The municipalities are told in which the person is or was somebody, as far as the broker is
        for their people; of a stranger those whose people the broker is for, and no more than that
        somebody was refused there.
        """
        await self.note_reason(refused.code.removeprefix("login."), attempted)

    async def note_reason(self, reason: str, attempted: Attempted) -> None:
        """As `note`, for a reason that is no log-in broker's."""
        _log.warning("a log-in by %s was refused: %s", attempted.broker or "nobody", reason)
        async with self._storage.write(EVERYWHERE) as write:
            account_id = await self._find_account(write, attempted)
            known = await self._find_persons(write, attempted)
            if not known:
                account_id = None
            who = account_id or next((one.person_id for one in known), None) or attempted.broker
            key = hashlib.sha256(f"refused\0{reason}\0{who}".encode()).hexdigest()
            if not await take_turn(write, key, REFUSED, seconds_each=SECONDS_EACH, burst=BURST):
                await count_left_out(write, key, REFUSED)
                return
            left_out = await take_left_out(write, key, REFUSED)
            details = {"broker": attempted.broker, "reason": reason, "left_out": left_out}
            for one in known or await self._find_doors(write, attempted):
                _audit(write, one, account_id if known else None, attempted.role, details)

    async def _find_account(self, write: Write, attempted: Attempted) -> UUID | None:
        if attempted.account_id or not attempted.uniid:
            return attempted.account_id
        found: UUID | None = await write.scalar(
            sa.select(account.c.id).where(account.c.uniid == attempted.uniid)
        )
        return found

    async def _find_persons(self, write: Write, attempted: Attempted) -> list[_Known]:
        profiles = (
            await self._people.find_by_account(write, attempted.account_id)
            if attempted.account_id
            else await self._people.find_by_uniid(write, attempted.uniid)
            if attempted.uniid
            else []
        )
        town = attempted.municipality_id
        found = {
            one.municipality_id: one.person_id
            for one in profiles
            if town in {None, one.municipality_id}
            and (not attempted.places or one.municipality in attempted.places)
        }
        return [_Known(*pair) for pair in found.items()]

    async def _find_doors(self, write: Write, attempted: Attempted) -> list[_Known]:
        if attempted.municipality_id:
            return [_Known(attempted.municipality_id, None)]
        found = await self._people.find_municipalities(write, attempted.places)
        return [_Known(municipality_id, None) for municipality_id in found]


def _audit(
    write: Write, known: _Known, account_id: UUID | None, role: str, details: dict[str, Any]
) -> None:
    write.audit(
        REFUSED,
        municipality_id=known.municipality_id,
        details=details,
        kind=AuditKind.SIGN_IN,
        by=Who(account_id, known.person_id, (), role, int(Assurance.LOW)),
    )
