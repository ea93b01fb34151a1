"""What was done by support, for those who review it."""

from typing import NamedTuple

from aula_plugins.administration.schemas import support as schemas
from aula_sdk.ids import IMPERSONATION, PROFILE
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

PAGE = 20


class Ways(NamedTuple):
    """How somebody may be helped."""

    see_as: bool
    ask: bool
    log_out: bool


async def list_ways(read: ReadUnit, platform: Platform, actor: Actor, profile_key: str) -> Ways:
    """Return what the actor may do for somebody, after a fresh second factor."""
    profile, desk = PROFILE.parse(profile_key), platform.support
    return Ways(
        see_as=await desk.may_see_as(read, actor, profile),
        ask=await desk.may_ask(read, actor, profile),
        log_out=await desk.may_end_sessions(read, actor, profile),
    )


async def end_sessions(
    write: WriteUnit, platform: Platform, actor: Actor, profile_key: str
) -> schemas.LoggedOut:
    """Log somebody out everywhere, and take their access keys away."""
    ended = await platform.support.end_sessions(write, actor, PROFILE.parse(profile_key))
    return schemas.LoggedOut(ended)


async def list_impersonations(
    read: ReadUnit, platform: Platform, actor: Actor, after: Cursor | None = None
) -> schemas.SupportList:
    """Return who has seen the site as whom, the latest first."""
    page = await platform.support.impersonations(read, actor, after=after, size=PAGE)
    items = [
        schemas.SupportItem(
            IMPERSONATION.format(one.id), one.name, one.institution, one.supporter, one.reason,
            one.began_at, one.ended_at,
        )
        for one in page.items
    ]  # fmt: skip
    return schemas.SupportList(items, str(page.next) if page.next else None)
