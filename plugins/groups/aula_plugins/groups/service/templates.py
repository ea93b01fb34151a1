"""Templates: a named set-up, with rights, that new groups take (RGT-4, GRP-9)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_plugins.groups import _
from aula_plugins.groups.errors import wrong_field
from aula_plugins.groups.models import template, template_right
from aula_plugins.groups.queries import templates as queries
from aula_plugins.groups.queries.templates import TemplateRow
from aula_plugins.groups.service.set_ups import SetUp, check_set_up, clean_name
from aula_plugins.groups.service.template_rights import Line, TemplateRight, look, require
from aula_sdk.errors import NotFound
from aula_sdk.ids import new_id
from aula_sdk.operations import Place
from aula_sdk.people import Actor, ActorProfile
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

HANDLE = "groups.handle_templates"


class NewTemplate(msgspec.Struct, frozen=True):
    """A template to be made."""

    name: str
    set_up: SetUp
    maker: UUID | None = None
    rights: tuple[TemplateRight, ...] = ()
    """What its maker may give in a group at the institution."""


async def list_templates(read: ReadUnit, actor: Actor, action: str) -> list[TemplateRow]:
    """Return the templates of the institutions where the actor holds ``action``."""
    return await read.structs(
        TemplateRow, queries.OF_INSTITUTIONS, {"institutions": institutions(actor, action)}
    )


def institutions(actor: Actor, action: str) -> list[UUID]:
    """Return the institutions at which the actor holds an action."""
    return list(dict.fromkeys(one.institution_id for one in actor.profiles_for(action)))


def places(actor: Actor, action: str) -> list[Place]:
    """Return the same institutions with their municipalities."""
    held = actor.profiles_for(action)
    return list(dict.fromkeys(Place(one.municipality_id, one.institution_id) for one in held))


async def load_template(
    read: ReadUnit, actor: Actor, action: str, template_id: UUID
) -> TemplateRow:
    """Return a template of an institution where the actor holds ``action``; else `NotFound`."""
    given = {"institutions": institutions(actor, action), "template_id": template_id}
    found = await read.structs(TemplateRow, queries.ONE, given)
    if not found:
        raise NotFound
    return found[0]


def set_up_of(row: TemplateRow) -> SetUp:
    """Return what a group gets that takes the template."""
    return SetUp(row.description, row.access, row.show_members, row.kinds)


async def choices(
    read: ReadUnit, platform: Platform, actor: Actor, rights: Sequence[TemplateRight]
) -> tuple[Line, ...]:
    """Return the matrix of which a template's rights are chosen, with these ``rights`` chosen: the
    lines of every institution where the actor makes templates.
    """
    lines: dict[str, Line] = {}
    for place in places(actor, HANDLE):
        for line in (await look(read, platform, actor, place, rights)).lines:
            known = lines.setdefault(line.right, line)
            if not any(cell.is_open for cell in known.cells):
                lines[line.right] = line
    return tuple(lines.values())


async def make_template(
    write: WriteUnit, platform: Platform, actor: Actor, new: NewTemplate, *, key: str
) -> UUID:
    """Keep a set-up, and rights, under a name; return its id. The same key again makes nothing.

    Raises `Invalid` by field, also for a right that the maker may not give or that is off there.
    """
    earlier = await write.once(f"groups.template:{key}")
    if earlier is not None:
        return earlier
    maker = _maker(actor, new)
    place = Place(maker.municipality_id, maker.institution_id)
    outcome = require(await look(write, platform, actor, place, new.rights), "rights")
    if outcome.left_out:
        raise wrong_field("rights", _("One of the rights is of a feature that is off there"))
    template_id = new_id()
    await write.execute(
        sa.insert(template),
        {
            "id": template_id,
            "municipality_id": maker.municipality_id,
            "institution_id": maker.institution_id,
            "name": clean_name(new.name),
            "made_at": write.now,
            **check_set_up(new.set_up).columns,
        },
    )
    rows = [
        {
            "template_id": template_id,
            "municipality_id": maker.municipality_id,
            "kind": one.kind,
            "right_name": one.right,
            "allowed": one.decided == "yes",
        }
        for one in outcome.kept
    ]
    if rows:
        await write.execute(sa.insert(template_right), rows)
    await write.remember(f"groups.template:{key}", template_id)
    write.audit(
        "groups.template_made",
        municipality_id=maker.municipality_id,
        object_id=template_id,
        details={"rights": len(rows)},
    )
    return template_id


def _maker(actor: Actor, new: NewTemplate) -> ActorProfile:
    for profile in actor.profiles_for(HANDLE):
        if new.maker in {None, profile.id}:
            return profile
    raise wrong_field("maker", _("You cannot make templates there"), "not-yours")


async def drop_template(write: WriteUnit, actor: Actor, template_id: UUID) -> None:
    """Throw a template away; groups that took it stay as they are. Raises `NotFound`."""
    row = await load_template(write, actor, HANDLE, template_id)
    its = template_right.c.template_id == template_id
    await write.execute(sa.delete(template_right).where(its))
    await write.execute(sa.delete(template).where(template.c.id == template_id))
    write.audit("groups.template_dropped", municipality_id=row.municipality_id, object_id=row.id)
