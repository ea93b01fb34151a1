"""Entries of the log as they were written in a month that is over."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.chain import first_id_of
from aula_platform.audit.sealing import seal
from aula_platform.audit.tables import entry, subject
from aula_platform.sampling.period import Period
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.audit import AuditKind
from aula_sdk.testing.kernel import Member

LOOK = "posts.read"
_numbers = itertools.count(1)


def noon(period: Period, day: int = 10) -> datetime:
    """Return a moment at which people work."""
    return period.start + timedelta(days=day, hours=11)


class Log:
    """Writes entries, and seals them all together: what is older than the last link never is."""

    def __init__(self, site: RunningSite, period: Period) -> None:
        self._site = site
        self._period = period
        self._entries: list[dict[str, object]] = []
        self._subjects: list[dict[str, object]] = []

    async def add(
        self,
        who: Member,
        about: Iterable[Member] = (),
        *,
        at: datetime | None = None,
        kind: AuditKind = AuditKind.LOOK,
        action: str = LOOK,
        times: int = 1,
        details: Mapping[str, str] | None = None,
        acting: Sequence[Member] | None = None,
    ) -> list[UUID]:
        """Let somebody have done something; return the entries' ids.

        ``acting`` names all profiles of the role, where that is not just the one.
        """
        actor = await self._site.actor(who)
        about, named = list(about), (who,) if acting is None else acting
        made = []
        for _time in range(times):
            moment = at or noon(self._period)
            key = UUID(int=first_id_of(moment).int + next(_numbers))
            made.append(key)
            self._entries.append(
                {
                    "id": key, "municipality_id": who.municipality_id, "at": moment,
                    "kind": kind.value, "account_id": actor.account_id, "person_id": who.person_id,
                    "profiles": [one.profile_id.hex for one in named],
                    "role": who.kind.value, "assurance": 1,
                    "action": action, "object_id": None, "request_id": "",
                    "details": dict(details or {}), "allowed_by": f"{action}:audience",
                }
            )  # fmt: skip
            self._subjects += [{"entry_id": key, "profile_id": one.profile_id} for one in about]
        return made

    async def close(self) -> None:
        """Write what was added, and seal it."""
        async with self._site.storage.write(EVERYWHERE) as write:
            await write.execute(sa.insert(entry), self._entries)
            if self._subjects:
                await write.execute(sa.insert(subject), self._subjects)
        await seal(self._site.storage)


async def ordinary(site: RunningSite, period: Period, who: Member, count: int) -> Sequence[UUID]:
    """Let somebody have read so many things that speak of nothing."""
    log = Log(site, period)
    made = await log.add(who, times=count)
    await log.close()
    return made
