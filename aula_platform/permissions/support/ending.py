"""Logging somebody out everywhere for them: a device is lost, or a log-in stolen (ASVS 7.4.5)."""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.access_keys import revoke_keys
from aula_platform.identity.own_sessions import TOPIC
from aula_platform.identity.sessions import end_all_sessions
from aula_platform.identity.tables import account_person
from aula_platform.permissions.checks import PermissionChecks
from aula_sdk import stamdata
from aula_sdk.db import Id
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.operations import END_SESSIONS
from aula_sdk.people import Actor
from aula_sdk.protocols import WriteUnit

ENDED = "identity.sessions_ended"
"""What the audit calls it; by this the person is told."""
_whom = stamdata.profile
_PERSON = sa.bindparam("person_id", type_=Id)
_ACCOUNTS = sa.select(account_person.c.account_id).where(account_person.c.person_id == _PERSON)
_PROFILES = sa.select(_whom.c.id).where(_whom.c.person_id == _PERSON)


@cache
def _found(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    one = _whom.c.id == sa.bindparam("profile_id", type_=Id)
    return sa.select(_whom.c.id, _whom.c.person_id, _whom.c.municipality_id).where(one, clause)


async def end_sessions_of(
    write: WriteUnit, checks: PermissionChecks, actor: Actor, profile_id: UUID
) -> int:
    """End all sessions and access keys of the person behind the profile; return how many sessions.

    The log-in at the broker is not touched: who still has that comes in again. Raises `Forbidden`
    to who may do so nowhere, `NotFound` for whom it is out of reach, and for oneself.
    """
    if not actor.can(END_SESSIONS):
        raise Forbidden
    visible = checks.visible(actor, END_SESSIONS)
    rows = await write.rows(_found(visible.clause), {**visible.params, "profile_id": profile_id})
    if not rows:
        raise NotFound
    whom, sessions, keys = rows[0], 0, 0
    for account in await write.rows(_ACCOUNTS, {"person_id": whom.person_id}):
        sessions += await end_all_sessions(write, account.account_id)
        keys += await revoke_keys(write, account.account_id)
    write.audit(
        ENDED,
        municipality_id=whom.municipality_id,
        subjects=(whom.id,),
        details={"sessions": sessions, "keys": keys},
    )
    open_pages = await write.rows(_PROFILES, {"person_id": whom.person_id})
    write.changed(TOPIC, [one.id for one in open_pages])
    return sessions
