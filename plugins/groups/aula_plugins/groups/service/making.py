"""Making groups, changing them, ending them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.errors import GroupEnded as Ended
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.events import GroupChanged, GroupCreated, GroupEnded
from aula_plugins.groups.models import editor, set_up
from aula_plugins.groups.queries.groups import Head
from aula_plugins.groups.queries.members import EDITORS, INSIDE
from aula_plugins.groups.service.reading import is_over, load_head
from aula_plugins.groups.service.set_ups import SetUp, check_set_up, clean_name
from aula_plugins.groups.service.settling import LIVE_TOPIC, lock_group
from aula_plugins.groups.service.template_rights import (
    TemplateRight,
    lacking,
    look,
    require,
    rights_of,
)
from aula_plugins.groups.service.templates import load_template, set_up_of
from aula_plugins.groups.writer import WRITER, group_record
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.ids import new_id
from aula_sdk.operations import Place
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

_ZONE = ZoneInfo("Europe/Copenhagen")
"""The hour at which a day ends, for all institutions of the country."""


class NewGroup(msgspec.Struct, frozen=True):
    """A group to be made."""

    name: str
    set_up: SetUp
    across: bool = False
    ends_on: date | None = None
    maker: UUID | None = None
    """With which profile; the first that may, when left out."""
    rights: tuple[TemplateRight, ...] = ()
    """What kinds of people may do in it, of the template that it takes."""


class NewlyMade(msgspec.Struct, frozen=True):
    """A group that has been made, and which rights of its template it does not have: those whose
    feature is off where it is.
    """

    id: UUID
    left_out: tuple[TemplateRight, ...] = ()


class Change(msgspec.Struct, frozen=True):
    """What a group becomes; of one from elsewhere only description and ``show_members`` count."""

    name: str
    set_up: SetUp
    ends_on: date | None = None


def _remembered(key: str) -> str:
    """Return under what it is remembered which group a request has made."""
    return f"groups.create:{key}"


def makers(actor: Actor) -> tuple[ActorProfile, ...]:
    """Return the profiles with which the actor may make groups."""
    return actor.profiles_for("groups.create")


async def create_from_template(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    new: NewGroup,
    template_id: UUID,
    *,
    key: str,
) -> NewlyMade:
    """Make a group with the set-up and the rights of a template; what was said of what it is for
    stays. The same key again makes nothing, though the template was thrown away since.

    Raises what `create_group` does, `NotFound`, and `Invalid` where the group is made at another
    institution: a template says what its own has agreed on.
    """
    try:
        new = await _from_template(write, actor, new, template_id)
    except NotFound:
        if await write.once(_remembered(key)) is None:
            raise
    return await create_group(write, platform, actor, new, key=key)


async def _from_template(
    read: ReadUnit, actor: Actor, new: NewGroup, template_id: UUID
) -> NewGroup:
    row = await load_template(read, actor, "groups.create", template_id)
    maker = _maker(actor, new)
    here = Place(maker.municipality_id, maker.institution_id)
    if here != Place(row.municipality_id, row.institution_id):
        reason = _("The template is of %(institution)s; choose one of the place of the group") % {
            "institution": row.institution_name
        }
        raise wrong_field("template", reason, "elsewhere")
    description = new.set_up.description.strip() or row.description
    taken = msgspec.structs.replace(set_up_of(row), description=description)
    rights = (await rights_of(read, [row.id]))[row.id]
    return msgspec.structs.replace(new, set_up=taken, rights=rights)


async def create_group(
    write: WriteUnit, platform: Platform, actor: Actor, new: NewGroup, *, key: str
) -> NewlyMade:
    """Make a group that its maker looks after. The same key again makes nothing, and is told again
    which rights of its template the group does not have.

    Afterwards it is a group of the stamdata like any other, with the rights that were asked for.
    Raises `Invalid` by field, at ``template`` for rights that are not the maker's to give.
    """
    earlier = await write.once(_remembered(key))
    maker = _maker(actor, new)
    place = Place(maker.municipality_id, maker.institution_id)
    if earlier is not None:
        lacks = await lacking(write, platform, actor, place, earlier, new.rights)
        return NewlyMade(earlier, lacks)
    rights = require(await look(write, platform, actor, place, new.rights), "template")
    name, chosen, ends_at = clean_name(new.name), check_set_up(new.set_up), None
    if new.ends_on is not None:
        ends_at = end_of(new.ends_on, write.now)
    group_id = new_id()
    row = {"group_id": group_id, "profile_id": maker.id, "municipality_id": maker.municipality_id}
    await write.execute(
        sa.insert(set_up),
        {
            "id": group_id,
            "municipality_id": maker.municipality_id,
            "institution_id": maker.institution_id,
            "made_here": True,
            "across": new.across,
            "maker_id": maker.id,
            "made_at": write.now,
            **chosen.columns,
        },
    )
    if maker.kind is Kind.EMPLOYEE:
        await write.execute(sa.insert(editor), row | {"added_at": write.now})
    record = group_record(group_id, maker.institution_id, name, ends_at)
    await platform.stamdata.deliver(write, WRITER, maker.municipality_id, [record])
    if rights.kept:
        await platform.grants.decide_in_groups(write, actor, [group_id], rights.decisions)
    await write.remember(_remembered(key), group_id)
    write.emit(
        GroupCreated(
            municipality_id=maker.municipality_id,
            group_id=group_id,
            institution_id=maker.institution_id,
            maker_id=maker.id,
        )
    )
    write.changed(LIVE_TOPIC, [maker.id])
    write.audit(
        "groups.group_created",
        municipality_id=maker.municipality_id,
        object_id=group_id,
        details={"access": chosen.access.value, "across": new.across},
    )
    return NewlyMade(group_id, rights.left_out)


def _maker(actor: Actor, new: NewGroup) -> ActorProfile:
    possible = [one for one in makers(actor) if new.maker in {None, one.id}]
    if not possible:
        raise wrong_field("maker", _("You cannot make groups there"), "not-yours")
    across = {profile.id for profile in actor.profiles_for("groups.create_across")}
    if new.across and possible[0].id not in across:
        raise wrong_field(
            "across", _("You may not make groups for several institutions"), "not-allowed"
        )
    return possible[0]


def end_of(day: date, now: datetime) -> datetime:
    """Return the moment at which the day is over; raise `Invalid` when that has passed."""
    moment = datetime.combine(day + timedelta(days=1), time.min, _ZONE).astimezone(UTC)
    if moment <= now:
        raise wrong_field("ends_on", _("Choose a day that has not passed"), "past")
    return moment


def last_day(ends_at: datetime | None) -> date | None:
    """Return the day that an end was chosen by; None where there is no end."""
    if ends_at is None:
        return None
    return (ends_at.astimezone(_ZONE) - timedelta(seconds=1)).date()


async def change_group(
    write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID, change: Change
) -> None:
    """Give a group another name, end or set-up. Of a group from elsewhere only what its page
    shows can be changed (GRP-4).

    Raises `NotFound`, `Forbidden`, `GroupEnded`, and `Invalid` by field.
    """
    await lock_group(write, actor.municipalities, group_id)
    head = await load_head(write, platform, actor, group_id)
    if head.made_here:
        await _require(write, platform, actor, "groups.edit", head)
        name = clean_name(change.name)
        ends_at = end_of(change.ends_on, write.now) if change.ends_on else None
        record = group_record(group_id, head.institution_id, name, ends_at)
        await platform.stamdata.deliver(write, WRITER, head.municipality_id, [record])
        columns = check_set_up(change.set_up).columns
        await write.execute(sa.update(set_up).where(set_up.c.id == group_id).values(columns))
    else:
        if not head.may_set_up:
            raise Forbidden
        await set_up_class(write, head, change.set_up)
    write.emit(GroupChanged(municipality_id=head.municipality_id, group_id=group_id))
    write.audit("groups.group_changed", municipality_id=head.municipality_id, object_id=group_id)
    await tell_group(write, group_id)


async def set_up_class(write: WriteUnit, head: Head, wanted: SetUp) -> None:
    """Keep what the page of a group from elsewhere shows; it is never open and has no kinds."""
    clean = check_set_up(msgspec.structs.replace(wanted, kinds=tuple(Kind)))
    shown = {"description": clean.description, "show_members": clean.show_members}
    known = await write.execute(sa.update(set_up).where(set_up.c.id == head.id).values(shown))
    if known.rowcount == 0:
        await write.execute(sa.insert(set_up), class_row(write, head, clean))


class HasPlace(Protocol):
    """Something that belongs to an institution."""

    @property
    def id(self) -> UUID:
        """Its id."""
        ...

    @property
    def municipality_id(self) -> UUID:
        """The municipality."""
        ...

    @property
    def institution_id(self) -> UUID:
        """The institution."""
        ...


def class_row(write: WriteUnit, group: HasPlace, wanted: SetUp) -> dict[str, object]:
    """Return the row that sets up a group from elsewhere: only what its page shows counts."""
    return {
        "id": group.id,
        "municipality_id": group.municipality_id,
        "institution_id": group.institution_id,
        "made_here": False,
        "across": False,
        "maker_id": None,
        "made_at": write.now,
        **SetUp(wanted.description, show_members=wanted.show_members).columns,
    }


async def end_group(write: WriteUnit, platform: Platform, actor: Actor, group_id: UUID) -> None:
    """End a group that was made here: from now on it reaches nobody.

    What was shared in it stays with those who had it. Raises `NotFound`, `Forbidden`, `GroupEnded`.
    """
    await lock_group(write, actor.municipalities, group_id)
    head = await load_head(write, platform, actor, group_id)
    await _require(write, platform, actor, "groups.edit", head)
    await tell_group(write, group_id)
    record = group_record(group_id, head.institution_id, head.name, write.now)
    await platform.stamdata.deliver(write, WRITER, head.municipality_id, [record])
    write.emit(GroupEnded(municipality_id=head.municipality_id, group_id=group_id))
    write.audit("groups.group_ended", municipality_id=head.municipality_id, object_id=group_id)


async def _require(
    write: WriteUnit, platform: Platform, actor: Actor, action: str, head: Head
) -> None:
    await platform.permissions.require(write, actor, action, head.id, sees="groups.see")
    if is_over(head, write.now):
        raise Ended


async def tell_group(write: WriteUnit, group_id: UUID) -> None:
    """Let the open pages of members and editors be fetched again."""
    given = {"group_id": group_id, "now": write.now}
    members = await write.rows(INSIDE, given)
    editors = await write.rows(EDITORS, given)
    write.changed(LIVE_TOPIC, [*(row[0] for row in members), *(row[0] for row in editors)])
