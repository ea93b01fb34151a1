"""A sample of the log to be signed off, of what employees of the fictional town have read."""

from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.administration.settings import plan_of
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.log_samples import REVIEW_LOG, Verdict
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform

_RIGHT = "contacts.see_contact_data"
_READERS, _PUPILS, _ENTRIES = 6, 4, 12
_JUDGED = (Verdict.JUSTIFIED, Verdict.JUSTIFIED, Verdict.ASK_FURTHER, Verdict.JUSTIFIED)
_NOTE = "Barnet går ikke i medarbejderens klasser. Er det vikariatet i uge 40?"
_town = sa.bindparam("municipality", type_=Id)
_now = sa.bindparam("now", type_=Instant)
_teachers = (
    sa.select(stamdata.profile.c.id)
    .where(
        stamdata.profile.c.municipality_id == _town,
        stamdata.profile.c.kind == Kind.EMPLOYEE.value,
        stamdata.valid(stamdata.profile, _now),
        sa.exists().where(stamdata.membership.c.profile_id == stamdata.profile.c.id),
    )
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.id)
    .limit(_READERS)
)
_child = stamdata.membership.alias("child")
_own_pupils = (
    sa.select(stamdata.profile.c.id)
    .join(_child, _child.c.profile_id == stamdata.profile.c.id)
    .join(stamdata.membership, stamdata.membership.c.group_id == _child.c.group_id)
    .where(
        stamdata.membership.c.profile_id == sa.bindparam("reader", type_=Id),
        stamdata.profile.c.kind == Kind.PUPIL.value,
    )
    .distinct()
    .order_by(stamdata.profile.c.id)
    .limit(_PUPILS)
)
_some_pupil = (
    sa.select(stamdata.profile.c.id)
    .where(
        stamdata.profile.c.municipality_id == _town,
        stamdata.profile.c.kind == Kind.PUPIL.value,
        stamdata.valid(stamdata.profile, _now),
    )
    .order_by(stamdata.profile.c.sort_key.desc(), stamdata.profile.c.id)
    .limit(1)
)


async def sample_in(platform: Platform, administrator: Actor, municipality: UUID) -> int:
    """Let employees have read something, draw a sample of it, and judge a part.

    Returns how many samples were drawn; of a municipality that has one already none.
    """
    if not administrator.can(REVIEW_LOG):
        return 0
    samples = platform.log_samples
    async with platform.read() as read:
        if (await samples.newest(read, administrator, size=1)).items:
            return 0
        given = {"municipality": municipality, "now": read.now}
        readers = [row.id for row in await read.rows(_teachers, given)]
        stray = [row.id for row in await read.rows(_some_pupil, given)]
        pupils = {
            one: [row.id for row in await read.rows(_own_pupils, {"reader": one})]
            for one in readers
        }
    if not stray:
        return 0
    for number, (reader, own) in enumerate(pupils.items()):
        actor = await platform.actor_for(reader)
        async with platform.write(actor) as write:
            # Every third of them has also looked at somebody who is none of their pupils.
            for about in own + (stray if number % 3 == 0 else []):
                write.looked(_RIGHT, municipality_id=municipality, subjects=(about,))
    plan = msgspec.structs.replace(plan_of(platform, municipality), entries=_ENTRIES)
    key = await samples.draw_extra(administrator, municipality, plan)
    await _judge(platform, administrator, key)
    return 1


async def _judge(platform: Platform, administrator: Actor, key: UUID) -> None:
    """Let the administrator have begun."""
    samples = platform.log_samples
    async with platform.read() as read:
        _head, entries = await samples.entries(read, administrator, key, size=_ENTRIES)
    judged = [one for one in entries if not one.is_own][: len(_JUDGED)]
    async with platform.write(administrator) as write:
        for entry, verdict in zip(judged, _JUDGED, strict=False):
            note = _NOTE if verdict is Verdict.ASK_FURTHER else ""
            await samples.judge(write, administrator, key, entry.number, verdict, note)
