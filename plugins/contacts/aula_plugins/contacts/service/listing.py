"""Lists of people: the groups that concern the reader, and who is in one of them."""

from collections.abc import Sequence
from uuid import UUID

from aula_plugins.contacts.queries import groups as group_queries
from aula_plugins.contacts.queries import people as queries
from aula_plugins.contacts.schemas import (
    ContactPage,
    GroupHead,
    GroupItem,
    GroupPage,
    Show,
)
from aula_plugins.contacts.service.showing import Reader, entries
from aula_sdk.errors import NotFound
from aula_sdk.ids import PROFILE
from aula_sdk.names import search_key
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform, ReadUnit

_KINDS = {
    Show.CHILDREN: (Kind.PUPIL,),
    Show.GUARDIANS: (Kind.GUARDIAN,),
    Show.EMPLOYEES: (Kind.EMPLOYEE, Kind.EXTERNAL),
    Show.CONTACT_PARENTS: (Kind.GUARDIAN,),
}


async def list_groups(
    read: ReadUnit, platform: Platform, actor: Actor, after: UUID | None = None
) -> GroupPage:
    """Return the reader's own groups, then the others of institutions where the reader works.

    Own groups stand on the first page, all of them; ``after`` is the last of the others.
    """
    see_group = platform.permissions.visible(actor, "contacts.see_group")
    given = {
        **see_group.params,
        "mine": [profile.id for profile in actor.profiles],
        "now": read.now,
    }
    items: list[GroupItem] = []
    if after is None:
        rows = await read.structs(
            group_queries.OwnGroup, group_queries.own_groups(see_group.clause), given
        )
        items = _own_items(rows)
    if actor.role is not Kind.EMPLOYEE:
        return GroupPage(items)
    others = await read.structs(
        group_queries.GroupRow,
        group_queries.other_groups(see_group.clause, paged=after is not None),
        {
            **given,
            "institutions": [profile.institution_id for profile in actor.profiles],
            "after": after,
        },
    )
    shown = others[: group_queries.OTHERS_PAGE]
    items += [
        GroupItem(row.key, row.name, row.kind, row.institution, is_mine=False) for row in shown
    ]
    return GroupPage(items, shown[-1].key if len(others) > len(shown) else None)


def _own_items(rows: Sequence[group_queries.OwnGroup]) -> list[GroupItem]:
    found: dict[UUID, GroupItem] = {}
    for row in rows:
        before = found[row.id].children if row.id in found else ()
        # A parent can be in the group beside the child, who is the reason for both then.
        children = before
        if row.child is not None and row.child not in before:
            children = (*before, row.child)
        found[row.id] = GroupItem(
            row.key, row.name, row.kind, row.institution, is_mine=True, children=children
        )
    return list(found.values())


async def load_head(
    read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID
) -> group_queries.Head:
    """Return a group whose contacts the reader may see; raise `NotFound` to others."""
    see = platform.permissions.visible(actor, "contacts.see_group")
    set_parents = platform.permissions.visible(actor, "contacts.set_contact_parents")
    found = await read.structs(
        group_queries.Head,
        group_queries.head(see.clause, set_parents.clause),
        {**set_parents.params, **see.params, "group": group_id},
    )
    if not found:
        raise NotFound
    return found[0]


async def list_contacts(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    group_id: UUID,
    show: Show,
    after: UUID | None = None,
    size: int = queries.PAGE_SIZE,
) -> ContactPage:
    """Return a page of a group's people in Danish order, each as far as the reader may know."""
    head = await load_head(read, platform, actor, group_id)
    see = platform.permissions.visible(actor, "contacts.see_person")
    rows = await read.structs(
        queries.PersonRow,
        queries.listed(
            see.clause,
            guardians=Kind.GUARDIAN in _KINDS[show],
            parents=show is Show.CONTACT_PARENTS,
            paged=after is not None,
        ),
        {
            **see.params,
            "group": group_id,
            "kinds": _KINDS[show],
            "now": read.now,
            "limit": size + 1,
            "after": after,
        },
    )
    reader = Reader(read, platform, actor, head.municipality_id, group_id)
    items = await entries(reader, rows[:size])
    more = PROFILE.format(rows[size - 1].id) if len(rows) > size else None
    return ContactPage(_head(head), items, more)


def _head(head: group_queries.Head) -> GroupHead:
    return GroupHead(head.key, head.name, head.kind, head.institution, head.may_set_contact_parents)


def _pattern(folded: str, before: str = "") -> str:
    for sign in ("\\", "%", "_"):
        folded = folded.replace(sign, f"\\{sign}")
    return f"{before}{folded}%"


async def search_contacts(
    read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID, words: str
) -> ContactPage:
    """Return the first people of a group one of whose names begins with the words.

    Names are all that is searched: nobody is found by a number or an address, and protected
    people by their alias, the only name there is (STM-12).
    """
    head = await load_head(read, platform, actor, group_id)
    folded = search_key(words)
    if not folded:
        return ContactPage(_head(head), [])
    see = platform.permissions.visible(actor, "contacts.see_person")
    rows = await read.structs(
        queries.PersonRow,
        queries.listed(see.clause, searched=True),
        {
            **see.params,
            "group": group_id,
            "kinds": tuple(Kind),
            "now": read.now,
            "limit": queries.PAGE_SIZE,
            "prefix": _pattern(folded),
            "inside": _pattern(folded, "% "),
        },
    )
    reader = Reader(read, platform, actor, head.municipality_id, group_id)
    return ContactPage(_head(head), await entries(reader, rows))
