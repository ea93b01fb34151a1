"""Writes grants, roles and holders. Each change is audited, and so moves the rights epoch."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.granting.bundles import Right, key_of
from aula_platform.permissions.tables import grant, holder, role
from aula_sdk.db import Id
from aula_sdk.grants import Decided, Period
from aula_sdk.ids import new_id
from aula_sdk.many import many
from aula_sdk.operations import Place
from aula_sdk.protocols import WriteUnit

DECIDED, TAKEN_BACK = "permissions.decided", "permissions.taken_back"
ROLE_MADE, ROLE_DROPPED = "permissions.role_made", "permissions.role_dropped"
ROLE_GIVEN, ROLE_ENDED = "permissions.role_given", "permissions.role_ended"
NO_PERIOD = Period()
_IN_GROUPS = sa.select(
    grant.c.id, grant.c.group_id, grant.c.role, grant.c.action, grant.c.relation
).where(
    grant.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
    grant.c.institution_id == sa.bindparam("institution_id", type_=Id),
    grant.c.group_id.in_(many("groups", Id())),
    grant.c.role.in_(many("roles", sa.String())),
    grant.c.profile_id.is_(None),
)
_FORGET = sa.delete(grant).where(grant.c.id.in_(many("ids", Id())))


class Standing(NamedTuple):
    """What a level says of one holder's right until somebody says otherwise there."""

    allowed: bool
    step_up: bool
    granted_by: UUID | None


class GrantWriter:
    """Writes what one person (``by``: a profile) decides at one place."""

    def __init__(self, write: WriteUnit, place: Place, by: UUID) -> None:
        self._write = write
        self._place = place
        self._by = by

    async def begin(self) -> None:
        """Wait for whoever decides at the same time, so that each sees what the other has done."""
        await raise_rights_epoch(self._write)

    async def standing(
        self,
        right: Right,
        *,
        role: str | None = None,
        profile_id: UUID | None = None,
        group_id: UUID | None = None,
    ) -> Standing | None:
        """Return what this level says of the right and is not over, if anything."""
        goes_on = sa.or_(grant.c.valid_to.is_(None), grant.c.valid_to > self._write.now)
        this = self._this(right, role, profile_id, group_id)
        columns = (grant.c.allowed, grant.c.step_up, grant.c.granted_by)
        found = await self._write.first(sa.select(*columns).where(*this, goes_on))
        return None if found is None else Standing(found.allowed, found.step_up, found.granted_by)

    async def decide(
        self,
        right: Right,
        decided: Decided,
        *,
        role: str | None = None,
        profile_id: UUID | None = None,
        group_id: UUID | None = None,
        period: Period = NO_PERIOD,
        repeats: Standing | None = None,
    ) -> UUID:
        """Keep a decision in the stead of what this level had said; return its id.

        It counts as said by whoever had said ``repeats``, where that is given: whoever repeats
        a limit that is another's does not get to lift it.
        """
        await self._forget(right, role, profile_id, group_id)
        row = self._row(
            right,
            decided,
            role=role,
            profile_id=profile_id,
            group_id=group_id,
            period=period,
            repeats=repeats,
        )
        await self._write.execute(sa.insert(grant), row)
        id_: UUID = row["id"]
        self._audit(DECIDED, id_, profile_id, _told(right, role, group_id, decided=decided))
        return id_

    def _row(
        self,
        right: Right,
        decided: Decided,
        *,
        role: str | None = None,
        profile_id: UUID | None = None,
        group_id: UUID | None = None,
        period: Period = NO_PERIOD,
        repeats: Standing | None = None,
    ) -> dict[str, Any]:
        return {
            "id": new_id(),
            "municipality_id": self._place.municipality_id,
            "institution_id": self._place.institution_id,
            "group_id": group_id,
            "role": role,
            "profile_id": profile_id,
            "action": right[0],
            "relation": right[1],
            "allowed": decided != "no",
            "step_up": decided == "two_factors",
            "created_at": self._write.now,
            "valid_from": period.start,
            "valid_to": period.end,
            "granted_by": self._by if repeats is None else repeats.granted_by,
        }

    async def take_back(
        self,
        right: Right,
        *,
        role: str | None = None,
        profile_id: UUID | None = None,
        group_id: UUID | None = None,
    ) -> None:
        """Forget what this level has said of the right, if anything."""
        if await self._forget(right, role, profile_id, group_id):
            self._audit(TAKEN_BACK, group_id, profile_id, _told(right, role, group_id))

    async def decide_in_groups(
        self, groups: Sequence[UUID], words: Mapping[tuple[str, Right], Decided | None]
    ) -> None:
        """Say of each role's rights the same in every one of the groups, and forget what is None;
        by as many statements for a year's classes as for one.
        """
        roles = list({role for role, _right in words})
        stands = {
            (row.group_id, row.role, (row.action, row.relation)): row.id
            for row in await self._write.rows(
                _IN_GROUPS,
                {
                    "municipality_id": self._place.municipality_id,
                    "institution_id": self._place.institution_id,
                    "groups": list(groups),
                    "roles": roles,
                },
            )
            if (row.role, (row.action, row.relation)) in words
        }
        if stands:
            await self._write.execute(_FORGET, {"ids": list(stands.values())})
        rows = []
        for group_id in groups:
            for (role_key, right), decided in words.items():
                if decided is not None:
                    rows.append(self._row(right, decided, role=role_key, group_id=group_id))
                    told = _told(right, role_key, group_id, decided=decided)
                    self._audit(DECIDED, rows[-1]["id"], None, told)
                elif (group_id, role_key, right) in stands:
                    self._audit(TAKEN_BACK, group_id, None, _told(right, role_key, group_id))
        if rows:
            await self._write.execute(sa.insert(grant), rows)

    async def make_role(self, name: str) -> str:
        """Make a role; return its key. Its name is in no audit: somebody has typed it."""
        id_ = new_id()
        row = {
            "id": id_,
            "municipality_id": self._place.municipality_id,
            "institution_id": self._place.institution_id,
            "name": name,
            "created_at": self._write.now,
            "created_by": self._by,
        }
        await self._write.execute(sa.insert(role), row)
        self._audit(ROLE_MADE, id_, None, {})
        return key_of(id_)

    async def drop_role(self, role_id: UUID) -> None:
        """Remove a role with everything that was decided of it, and from whoever has it."""
        key = key_of(role_id)
        for table in (grant, holder):
            here = table.c.municipality_id == self._place.municipality_id
            await self._write.execute(sa.delete(table).where(here, table.c.role == key))
        await self._write.execute(sa.delete(role).where(role.c.id == role_id))
        self._audit(ROLE_DROPPED, role_id, None, {})

    async def give_role(
        self, institution_id: UUID, profile_id: UUID, key: str, period: Period, deputy: UUID | None
    ) -> UUID:
        """Give somebody a role; return its id."""
        id_ = new_id()
        row = {
            "id": id_,
            "municipality_id": self._place.municipality_id,
            "institution_id": institution_id,
            "profile_id": profile_id,
            "role": key,
            "deputy_for": deputy,
            "valid_from": period.start or self._write.now,
            "valid_to": period.end,
            "created_at": self._write.now,
            "granted_by": self._by,
        }
        await self._write.execute(sa.insert(holder), row)
        details = {"role": key, "deputy_for": deputy.hex if deputy else ""}
        self._audit(ROLE_GIVEN, id_, profile_id, details, deputy)
        return id_

    async def end_role(self, given: Any, at: datetime | None = None) -> None:
        """End a role that somebody has, now or at a later moment; one that will not have begun by
        then is as if it had never been given.
        """
        await self._end(holder, given, at or self._write.now)
        self._audit(ROLE_ENDED, given.id, given.profile_id, {"role": given.role, **_when(at)})

    async def take_back_one(self, given: Any, at: datetime | None = None) -> None:
        """Forget what was decided for one person; at a later moment: let it end then."""
        if at is None:
            await self._write.execute(sa.delete(grant).where(grant.c.id == given.id))
        else:
            await self._end(grant, given, at)
        told = _told((given.action, given.relation), None, None)
        self._audit(TAKEN_BACK, given.id, given.profile_id, {**told, **_when(at)})

    async def _end(self, table: sa.Table, given: Any, at: datetime) -> None:
        mine = table.c.id == given.id
        begins = given.valid_from
        if begins is not None and begins > self._write.now and begins >= at:
            await self._write.execute(sa.delete(table).where(mine))
        else:
            await self._write.execute(sa.update(table).where(mine).values(valid_to=at))

    async def _forget(
        self, right: Right, role: str | None, profile_id: UUID | None, group_id: UUID | None
    ) -> int:
        this = self._this(right, role, profile_id, group_id)
        gone = await self._write.execute(sa.delete(grant).where(*this))
        return int(gone.rowcount)

    def _this(
        self, right: Right, role: str | None, profile_id: UUID | None, group_id: UUID | None
    ) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            grant.c.municipality_id == self._place.municipality_id,
            # Compared with None these are IS NULL.
            grant.c.institution_id == self._place.institution_id,
            grant.c.group_id == group_id,
            grant.c.role == role,
            grant.c.profile_id == profile_id,
            grant.c.action == right[0],
            grant.c.relation == right[1],
        )

    def _audit(
        self,
        action: str,
        object_id: UUID | None,
        profile_id: UUID | None,
        details: Mapping[str, str],
        *others: UUID | None,
    ) -> None:
        place = self._place.institution_id
        self._write.audit(
            action,
            municipality_id=self._place.municipality_id,
            object_id=object_id,
            subjects=[one for one in (profile_id, *others) if one is not None],
            details={**details, "institution": place.hex if place else ""},
        )


def _told(
    right: Right, role: str | None, group_id: UUID | None, *, decided: str = ""
) -> dict[str, str]:
    return {
        "right": right[0],
        "relation": right[1],
        "role": role or "",
        "group": group_id.hex if group_id else "",
        "decided": decided,
    }


def _when(at: datetime | None) -> dict[str, str]:
    """Say from when on, where that is later: audit details hold no other characters."""
    return {} if at is None else {"at": f"{at:%Y%m%dT%H%M%SZ}"}
