"""Reading beyond one's rights: asked for, decided by a second person, ended, reviewed."""

from aula_plugins.administration.schemas import support as schemas
from aula_sdk.ids import GLASS, PROFILE
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.support import GlassWish

PAGE = 20


def title_of(platform: Platform, area: str) -> str:
    """Return what a part of the site is called."""
    return str(platform.grants.features.get(area, area))


async def list_glasses(
    read: ReadUnit, platform: Platform, actor: Actor, after: Cursor | None = None
) -> schemas.GlassList:
    """Return what was asked for, the latest first."""
    page = await platform.support.glasses(read, actor, after=after, size=PAGE)
    items = [
        schemas.GlassItem(
            GLASS.format(one.id), title_of(platform, one.area), one.name, one.institution,
            one.asker, one.decider, one.reason, one.hours, one.asked_at, one.decided_at,
            one.ends_at, one.state, one.is_mine, one.may_decide, one.is_protected,
        )
        for one in page.items
    ]  # fmt: skip
    return schemas.GlassList(items, str(page.next) if page.next else None)


async def ask(
    write: WriteUnit, platform: Platform, actor: Actor, profile_key: str, wish: GlassWish
) -> str:
    """Ask to read what a person reads in one part of the site; return the id."""
    key = await platform.support.ask(write, actor, PROFILE.parse(profile_key), wish)
    return GLASS.format(key)


async def decide(
    write: WriteUnit, platform: Platform, actor: Actor, key: str, *, approved: bool
) -> None:
    """Approve or refuse what somebody else has asked for."""
    await platform.support.decide(write, actor, GLASS.parse(key), approved=approved)


async def end(write: WriteUnit, platform: Platform, actor: Actor, key: str) -> None:
    """End an access before its time, or take one's own wish back."""
    await platform.support.end(write, actor, GLASS.parse(key))
