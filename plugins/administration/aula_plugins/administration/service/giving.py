"""What one person has been given: roles and rights, for a time or for good (ADM-2, RGT-1)."""

import re
from collections.abc import Mapping

import msgspec

from aula_plugins.administration import _, schemas
from aula_plugins.administration.queries.groups import NamedGroup, groups_at
from aula_plugins.administration.service.wording import explained, person_item, role_item
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.grants import (
    HOLDER,
    PERSONAL_GRANT,
    Candidate,
    Holder,
    OpenRight,
    Period,
    RightToGive,
    RoleHead,
)
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

_ID = re.compile(r"\b[a-z]{3}_[0-9a-f]{32}\b")


class Choices(msgspec.Struct, frozen=True):
    """What the forms of a person's page offer."""

    roles: list[RoleHead]
    rights: list[OpenRight]
    superiors: list[Candidate]
    groups: list[NamedGroup]
    features: Mapping[str, str]


async def open_person(
    read: ReadUnit, platform: Platform, actor: Actor, profile_key: str
) -> schemas.Given:
    """Return what somebody has been given; raise `NotFound` for people of elsewhere."""
    profile_id = PROFILE.parse(profile_key)
    grants = platform.grants
    person = await grants.person(read, actor, profile_id)
    roles = await grants.roles_of(read, actor, profile_id)
    rights = await grants.personal(read, actor, profile_id)
    titles = await _role_titles(read, platform, actor, person) if roles else {}
    groups: Mapping[object, str] = {}
    if any(one.group_id for one in rights):
        found = await groups_at(read, platform, actor, person.institution_id)
        groups = {one.id: one.name for one in found}
    items = [
        schemas.GivenRight(
            PERSONAL_GRANT.format(one.id), one.action, str(one.title), one.relation,
            "" if one.sentence is None else str(one.sentence), one.decided,
            groups.get(one.group_id, ""), one.valid_from, one.valid_to,
        )
        for one in rights
    ]  # fmt: skip
    return schemas.Given(person_item(person), [_role(one, titles) for one in roles], items)


async def read_choices(
    read: ReadUnit, platform: Platform, actor: Actor, profile_key: str
) -> Choices:
    """Return what the reader may give this person."""
    profile_id = PROFILE.parse(profile_key)
    grants = platform.grants
    person = await grants.person(read, actor, profile_id)
    return Choices(
        list(await grants.roles_to_give(read, actor, profile_id)),
        list(await grants.rights_to_give(read, actor, profile_id)),
        list(await grants.superiors(read, actor, profile_id)),
        await groups_at(read, platform, actor, person.institution_id),
        {name: str(title) for name, title in grants.features.items()},
    )


async def preview_role(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    profile_key: str,
    wanted: schemas.RoleToPreview,
) -> schemas.Preview:
    """Return what it means to give the role; raise as `give_role` does."""
    found = await platform.grants.preview_role(
        read,
        actor,
        PROFILE.parse(profile_key),
        wanted.role,
        deputy_for=PROFILE.parse(wanted.deputy_for) if wanted.deputy_for else None,
    )
    titles = platform.grants.features
    lines = [
        schemas.GainItem(
            str(one.title), "" if one.sentence is None else str(one.sentence), one.plugin,
            str(titles.get(one.plugin, one.plugin)), one.decided, one.is_new,
            one.is_closed,
        )
        for one in found.lines
    ]  # fmt: skip
    superior = found.deputy_for.name if found.deputy_for else ""
    return schemas.Preview(person_item(found.person), role_item(found.role), superior, lines)


async def give_role(
    write: WriteUnit, platform: Platform, actor: Actor, profile_key: str, wanted: schemas.RoleToGive
) -> str:
    """Give somebody a role; return the id by which it is taken back."""
    given = await platform.grants.give_role(
        write,
        actor,
        PROFILE.parse(profile_key),
        wanted.role,
        Period(wanted.start, wanted.end),
        deputy_for=PROFILE.parse(wanted.deputy_for) if wanted.deputy_for else None,
    )
    return HOLDER.format(given)


async def give_right(
    write: WriteUnit,
    platform: Platform,
    actor: Actor,
    profile_key: str,
    wanted: schemas.RightForPerson,
) -> str:
    """Decide a right for one person; return the id by which it is taken back."""
    right = RightToGive(
        wanted.action,
        wanted.relation,
        wanted.decided,
        GROUP.parse(wanted.group) if wanted.group else None,
        Period(wanted.start, wanted.end),
    )
    given = await platform.grants.give_right(write, actor, PROFILE.parse(profile_key), right)
    return PERSONAL_GRANT.format(given)


async def take_back(write: WriteUnit, platform: Platform, actor: Actor, given_key: str) -> None:
    """End a role that somebody was given, or forget what was decided for them alone."""
    kind = HOLDER if given_key.startswith(f"{HOLDER.prefix}_") else PERSONAL_GRANT
    await platform.grants.take_back(write, actor, kind.parse(given_key))


async def take_back_from(
    write: WriteUnit, platform: Platform, actor: Actor, profile_key: str, given_key: str
) -> None:
    """Take back what this person was given; raise `NotFound` for what they were not."""
    given = await open_person(write, platform, actor, profile_key)
    theirs = {one.id for one in given.roles} | {one.id for one in given.rights}
    if given_key not in theirs:
        raise NotFound
    await take_back(write, platform, actor, given_key)


async def explain_address(
    write: WriteUnit, platform: Platform, actor: Actor, profile_key: str, address: str
) -> list[schemas.ExplainedItem]:
    """Explain everything that can be done to the thing whose page has this address; audited.

    Raises `Invalid` for an address that names no thing which rights are about.
    """
    profile_id = PROFILE.parse(profile_key)
    await platform.grants.person(write, actor, profile_id)
    # The last id in an address is the most particular thing.
    for thing in reversed(_ID.findall(address)):
        found = await platform.grants.explain_each(write, actor, profile_id, thing)
        if found:
            return explained(found, platform.grants.features)
    reason = _("Paste the address of the thing's own page; this one names nothing")
    raise Invalid(fields=(FieldError("address", str(reason)),))


async def _role_titles(
    read: ReadUnit, platform: Platform, actor: Actor, person: Candidate
) -> Mapping[str, str]:
    for place in await platform.grants.places(read, actor):
        if place.institution_id == person.institution_id:
            heads = await platform.grants.roles(read, actor, place)
            return {head.key: str(head.title) for head in heads}
    return {}


def _role(one: Holder, titles: Mapping[str, str]) -> schemas.GivenRole:
    title = titles.get(one.role, one.role)
    return schemas.GivenRole(
        HOLDER.format(one.id), one.role, title, one.valid_from, one.valid_to,
        one.deputy_name or "", one.broker is not None,
    )  # fmt: skip
