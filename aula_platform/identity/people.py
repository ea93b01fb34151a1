"""The seam to stamdata: who has which UNI-ID, and what they are where, from when to when.

Identity and stamdata are neighbours that do not know each other. Where they are joined (`app`),
stamdata hands over one SELECT with the columns below, a row for each institution profile, and one
of its municipalities; the statements here are built around them, so that matching happens in the
database.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.tables import account_person
from aula_sdk.db import Id
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit

COLUMNS = (
    "uniid",
    "person_id",
    "municipality_id",
    "municipality",
    "kind",
    "institution_name",
    "valid_from",
    "valid_to",
)


class LoginProfile(msgspec.Struct, frozen=True):
    """What somebody who signs in is at one institution, whether it holds now or not."""

    person_id: UUID
    municipality_id: UUID
    municipality: str
    """The municipality's key in the settings."""
    kind: Kind
    institution_name: str
    valid_from: datetime
    valid_to: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it holds at this moment: ``valid_from <= now < valid_to``."""
        return self.valid_from <= now and (self.valid_to is None or now < self.valid_to)


class People:
    """The people of stamdata as far as signing in needs them."""

    def __init__(self, profiles: sa.Select[Any], municipalities: sa.Select[Any]) -> None:
        """``profiles`` has exactly the columns `COLUMNS`, under these names; ``municipalities``
        the columns ``id`` and ``key``.
        """
        self._municipalities = municipalities.subquery("login_municipality")
        self.profiles = profiles.subquery("login_profile")
        missing = [name for name in COLUMNS if name not in self.profiles.c]
        if missing:
            message = f"the SELECT of people lacks the columns {', '.join(missing)}"
            raise ValueError(message)
        wanted = sa.select(*(self.profiles.c[name] for name in COLUMNS[1:]))
        self._by_uniid = wanted.where(self.profiles.c.uniid == sa.bindparam("uniid"))
        self._by_account = wanted.join(
            account_person, account_person.c.person_id == self.profiles.c.person_id
        ).where(account_person.c.account_id == sa.bindparam("account_id", type_=Id))

    async def find_by_uniid(self, read: ReadUnit, uniid: str) -> list[LoginProfile]:
        """Return all profiles of the persons with this UNI-ID, in all municipalities."""
        return [_profile(row) for row in await read.rows(self._by_uniid, {"uniid": uniid})]

    async def find_municipalities(self, read: ReadUnit, keys: Sequence[str]) -> list[UUID]:
        """Return the municipalities with these keys in the settings; all where none is named."""
        known = self._municipalities.c
        found = sa.select(known.id).where(known.key.in_(keys) if keys else sa.true())
        return [row.id for row in await read.rows(found)]

    async def find_by_account(self, read: ReadUnit, account_id: UUID) -> list[LoginProfile]:
        """Return all profiles of the persons that the account is linked to."""
        rows = await read.rows(self._by_account, {"account_id": account_id})
        return [_profile(row) for row in rows]


def _profile(row: sa.Row[Any]) -> LoginProfile:
    return LoginProfile(
        row.person_id,
        row.municipality_id,
        row.municipality,
        Kind(row.kind),
        row.institution_name,
        row.valid_from,
        row.valid_to,
    )
