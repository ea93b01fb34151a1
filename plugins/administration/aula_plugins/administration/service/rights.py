"""Who may do what: roles at a place with their rights, and why a person may do something."""

from collections.abc import Mapping

from aula_plugins.administration import schemas
from aula_plugins.administration.service.places import item_of, place_among
from aula_plugins.administration.service.wording import (
    explained,
    person_item,
    reasons,
    role_item,
)
from aula_sdk.grants import Decided, Holder, RightLine
from aula_sdk.i18n import Text
from aula_sdk.ids import PROFILE
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def list_places(read: ReadUnit, platform: Platform, actor: Actor) -> list[schemas.PlaceItem]:
    """Return where the actor decides rights: municipalities first."""
    return [item_of(place) for place in await platform.grants.places(read, actor)]


async def find_place(read: ReadUnit, platform: Platform, actor: Actor, key: str) -> Place:
    """Return the place with this id; raise `NotFound` where the actor decides no rights."""
    return place_among(await platform.grants.places(read, actor), key)


async def list_roles(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str
) -> schemas.Roles:
    """Return the roles at a place, and who has been given one there."""
    place = await find_place(read, platform, actor, place_key)
    heads = await platform.grants.roles(read, actor, place)
    titles = {head.key: str(head.title) for head in heads}
    holders = await platform.grants.holders(read, actor, place)
    return schemas.Roles(
        item_of(place),
        [role_item(head) for head in heads],
        [_holder(one, titles) for one in holders],
    )


async def open_role(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str, role: str
) -> schemas.RoleView:
    """Return a role with every right that it has, had or could be given here; raise `NotFound`."""
    place = await find_place(read, platform, actor, place_key)
    report = await platform.grants.role(read, actor, place, role)
    return schemas.RoleView(
        item_of(place),
        role_item(report.head),
        [
            _right(line, platform.grants.features)
            for line in report.lines
            if line.decided or line.is_open
        ],
    )


async def decide(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    place_key: str,
    role: str,
    wanted: Mapping[tuple[str, str], Decided | None],
) -> None:
    """Decide rights of a role, all of them or none; raise `NotYoursToGive`, `RightLocked`."""
    place = await find_place(write, platform, actor, place_key)
    for (action, relation), decided in wanted.items():
        await platform.grants.decide(write, actor, place, role, action, relation, decided)


async def make_role(
    write: WriteUnit, platform: Platform, actor: Actor, place_key: str, name: str
) -> str:
    """Make a role without rights; return its key. Raises `Invalid` for its name."""
    place = await find_place(write, platform, actor, place_key)
    return await platform.grants.make_role(write, actor, place, name)


async def drop_role(
    write: WriteUnit, platform: Platform, actor: Actor, place_key: str, role: str
) -> None:
    """Remove a role that was made at the place, from everybody who has it."""
    place = await find_place(write, platform, actor, place_key)
    await platform.grants.drop_role(write, actor, place, role)


async def find_people(
    read: ReadUnit, platform: Platform, actor: Actor, place_key: str, words: str
) -> list[schemas.PersonItem]:
    """Return some people at the place by the beginning of a name."""
    place = await find_place(read, platform, actor, place_key)
    found = await platform.grants.find_people(read, actor, place, words)
    return [person_item(one) for one in found]


async def explain(
    read: ReadUnit, platform: Platform, actor: Actor, profile_key: str
) -> schemas.PersonRights:
    """Return what a person may do, each with the role, relation and level that decided it."""
    profile_id = PROFILE.parse(profile_key)
    person = await platform.grants.person(read, actor, profile_id)
    items = explained(
        await platform.grants.explain(read, actor, profile_id), platform.grants.features
    )
    return schemas.PersonRights(person_item(person), items)


async def explain_thing(
    write: WriteUnit, platform: Platform, actor: Actor, profile_key: str, action: str, thing: str
) -> schemas.Why:
    """Say why a person may or may not do this to a thing; that it was asked is audited."""
    profile_id = PROFILE.parse(profile_key)
    why = await platform.grants.explain_thing(write, actor, profile_id, action, thing)
    return schemas.Why(why.allowed, reasons(why))


def _holder(one: Holder, titles: Mapping[str, str]) -> schemas.HolderItem:
    title = titles.get(one.role, one.role)
    return schemas.HolderItem(
        PROFILE.format(one.profile_id), one.name, title, one.valid_from, one.valid_to,
        one.deputy_name or "", one.broker is not None,
    )  # fmt: skip


def _right(line: RightLine, features: Mapping[str, Text | str]) -> schemas.RightItem:
    return schemas.RightItem(
        line.action,
        str(line.title),
        line.relation,
        "" if line.sentence is None else str(line.sentence),
        line.plugin,
        str(features.get(line.plugin, line.plugin)),
        line.decided,
        line.source,
        line.chosen,
        line.is_open,
    )
