"""What happens when somebody moves or stops, and handing over what they have been given."""

from collections.abc import Iterable
from uuid import UUID

from aula_plugins.administration import schemas
from aula_plugins.administration.service.wording import person_item
from aula_sdk.grants import HOLDER, PERSONAL_GRANT, RoleGain
from aula_sdk.ids import INSTITUTION, PROFILE
from aula_sdk.moving import Affected, Change, Entrusted, EntrustedAs, HandOver
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


async def open_moving(
    read: ReadUnit, platform: Platform, actor: Actor, profile_key: str
) -> schemas.MovingView:
    """Return what can be looked at and handed over; raise `NotFound` for people of elsewhere."""
    profile_id = PROFILE.parse(profile_key)
    person = await platform.grants.person(read, actor, profile_id)
    moving = platform.moving
    choices = await moving.choices(read, actor, profile_id)
    things = [_thing(one) for one in await moving.entrusted(read, actor, profile_id)]
    successors = []
    if any(one.id for one in things):
        successors = list(await moving.successors(read, actor, profile_id))
    return schemas.MovingView(
        person_item(person),
        list(choices.kinds),
        [
            schemas.Destination(INSTITUTION.format(one.institution_id), one.name)
            for one in choices.places
            if one.institution_id
        ],
        [person_item(one) for one in choices.children],
        things,
        [person_item(one) for one in successors],
    )


async def preview_change(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    profile_key: str,
    wanted: schemas.ChangeToPreview,
) -> schemas.ConsequencesView:
    """Return what the change would do; nothing is changed, and that it was looked at is audited."""
    change = Change(
        wanted.kind,
        INSTITUTION.parse(wanted.to) if wanted.to else None,
        PROFILE.parse(wanted.child) if wanted.child else None,
    )
    found = await platform.moving.preview(read, actor, PROFILE.parse(profile_key), change)
    return schemas.ConsequencesView(
        person_item(found.person),
        found.change.kind,
        found.place,
        found.child,
        [_affected(platform, one) for one in found.affected],
    )


async def preview_hand_over(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    profile_key: str,
    wanted: schemas.HandOverToPreview,
) -> schemas.HandOverView:
    """Return what the successor would gain; raise as `hand_over` does."""
    profile_id = PROFILE.parse(profile_key)
    found = await platform.moving.preview_hand_over(read, actor, profile_id, _wish(wanted))
    return schemas.HandOverView(
        person_item(found.person),
        person_item(found.successor),
        [_thing(one) for one in found.things],
        _gains(platform, found.gains),
    )


async def hand_over(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    profile_key: str,
    wanted: schemas.HandOverToDo,
) -> None:
    """End what is chosen and give it to the successor, all of it or nothing."""
    await platform.moving.hand_over(write, actor, PROFILE.parse(profile_key), _wish(wanted))


def _wish(wanted: schemas.HandOverToPreview) -> HandOver:
    start = wanted.start if isinstance(wanted, schemas.HandOverToDo) else None
    things = tuple(_given_id(one) for one in wanted.things)
    return HandOver(PROFILE.parse(wanted.successor), things, start)


def _given_id(key: str) -> UUID:
    kind = HOLDER if key.startswith(f"{HOLDER.prefix}_") else PERSONAL_GRANT
    return kind.parse(key)


def _affected(platform: Platform, one: Affected) -> schemas.AffectedItem:
    titles = platform.grants.features
    amounts = [
        schemas.AmountItem(
            each.action, str(each.title), each.plugin,
            str(titles.get(each.plugin, each.plugin)), each.before, each.after, each.old,
        )
        for each in one.amounts
    ]  # fmt: skip
    return schemas.AffectedItem(
        person_item(one.person),
        one.stays,
        list(one.groups_left),
        list(one.groups_joined),
        [schemas.EndingItem(_thing(each.thing), each.ends) for each in one.things],
        amounts,
    )


def _gains(platform: Platform, gains: Iterable[RoleGain]) -> list[schemas.GainItem]:
    titles = platform.grants.features
    return [
        schemas.GainItem(
            str(one.title), "" if one.sentence is None else str(one.sentence), one.plugin,
            str(titles.get(one.plugin, one.plugin)), one.decided, one.is_new,
            one.is_closed,
        )
        for one in gains
    ]  # fmt: skip


def _thing(one: Entrusted) -> schemas.EntrustedItem:
    kind = PERSONAL_GRANT if one.held_as is EntrustedAs.RIGHT else HOLDER
    return schemas.EntrustedItem(
        kind.format(one.id) if one.can_hand_over else None,
        one.held_as,
        str(one.title),
        "" if one.sentence is None else str(one.sentence),
        one.group,
        one.other,
        one.decided,
        one.valid_from,
        one.valid_to,
    )
