"""Finding somebody to write to: by name, or from the groups one belongs to (MSG-10, R6)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from aula_plugins.messages.models import RecipientKind
from aula_plugins.messages.queries import search as queries
from aula_plugins.messages.service.audience import kinds_for, readable_places, written_from
from aula_plugins.messages.service.choices import Choice
from aula_sdk.names import natural_sort_key, search_key
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Params, Platform, ReadUnit

MIN_LETTERS = 2


class Candidate(msgspec.Struct, frozen=True):
    """Somebody, or some people, that can be chosen, told apart from namesakes."""

    choice: Choice
    name: str
    kind: Kind
    details: tuple[str, ...] = ()
    """Title, class, children with their class."""
    size: int = 1

    @property
    def key(self) -> str:
        """The choice as it is written on the wire."""
        return self.choice.key


class Candidates(msgspec.Struct, frozen=True):
    """What a search found."""

    groups: tuple[Candidate, ...] = ()
    people: tuple[Candidate, ...] = ()


async def find_recipients(
    read: ReadUnit, platform: Platform, actor: Actor, sender: ActorProfile, words: str
) -> Candidates:
    """Return people and groups, here or met in a group, whose name begins with the words.

    Without at least two letters the groups of the sender and of the children are suggested.
    Protected people are found by their alias, the only name there is (STM-12).
    """
    here = {
        **written_from(platform, sender),
        **await readable_places(read, platform, sender),
        "now": read.now,
    }
    if len(words.strip()) < MIN_LETTERS:
        return Candidates(groups=await _own_groups(read, platform, actor, here))
    return Candidates(
        groups=await _groups(read, platform, actor, here, words),
        people=await _people(read, platform, actor, sender, here, words),
    )


def _pattern(folded: str, before: str = "") -> str:
    for sign in ("\\", "%", "_"):
        folded = folded.replace(sign, f"\\{sign}")
    return f"{before}{folded}%"


async def _own_groups(
    read: ReadUnit, platform: Platform, actor: Actor, here: Params
) -> tuple[Candidate, ...]:
    right = platform.permissions.visible(actor, "messages.write_to_group")
    found = await read.structs(
        queries.GroupHit,
        queries.own_groups(right.clause),
        {**right.params, **here},
    )
    return await _group_candidates(read, here, found)


async def _groups(
    read: ReadUnit, platform: Platform, actor: Actor, here: Params, words: str
) -> tuple[Candidate, ...]:
    right = platform.permissions.visible(actor, "messages.write_to_group")
    found = await read.structs(
        queries.GroupHit,
        queries.groups_by_name(right.clause),
        {**right.params, **here, "group_prefix": _pattern(natural_sort_key(words))},
    )
    return await _group_candidates(read, here, found)


async def _group_candidates(
    read: ReadUnit, here: Params, found: Sequence[queries.GroupHit]
) -> tuple[Candidate, ...]:
    if not found:
        return ()
    sizes = await read.structs(
        queries.GroupSize,
        queries.group_sizes(),
        {**here, "groups": [hit.id for hit in found]},
    )
    return tuple(
        Candidate(
            Choice(RecipientKind.GROUP, hit.id, part.role),
            hit.name,
            Kind(part.role),
            size=part.size,
        )
        for hit in found
        for part in sizes
        if part.id == hit.id
    )


async def _people(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    sender: ActorProfile,
    here: Params,
    words: str,
) -> tuple[Candidate, ...]:
    right = platform.permissions.visible(actor, "messages.write_to_person")
    folded = search_key(words)
    found = await read.structs(
        queries.PersonHit,
        queries.people_by_name(right.clause),
        {
            **right.params,
            **here,
            "prefix": _pattern(folded),
            "inside": _pattern(folded, "% "),
        },
    )
    if not found:
        return ()
    rows = await read.structs(
        queries.Particular,
        queries.particulars(),
        {"people": [hit.id for hit in found], "now": read.now},
    )
    with_guardians = Kind.GUARDIAN.value in kinds_for(platform, sender)
    return tuple(
        candidate
        for hit in found
        for candidate in _person_candidates(
            hit, _details(hit, rows, sender), with_guardians=with_guardians
        )
    )


def _person_candidates(
    hit: queries.PersonHit, details: tuple[str, ...], *, with_guardians: bool
) -> tuple[Candidate, ...]:
    """Return the person; of a pupil the guardians too, who are found by the child (MSG-10)."""
    person = Candidate(Choice(RecipientKind.PERSON, hit.id), hit.name, Kind(hit.kind), details)
    if hit.kind == Kind.PUPIL and with_guardians:
        choice = Choice(RecipientKind.GUARDIANS_OF, hit.id, Kind.GUARDIAN)
        return (person, Candidate(choice, hit.name, Kind.GUARDIAN, details))
    return (person,)


def _details(
    hit: queries.PersonHit, rows: Sequence[queries.Particular], sender: ActorProfile
) -> tuple[str, ...]:
    """Return title, children and classes; of somebody from elsewhere title and institution (R6).

    Who meets a guardian in a group across institutions learns neither whose guardian that is, nor
    in which class there, which may be what a protected family hides (R8).
    """
    said = [hit.title] if hit.title else []
    for row in rows:
        if row.profile_id != hit.id:
            continue
        if hit.institution_id != sender.institution_id:
            said.append(row.institution_name)
        elif child := " ".join(word for word in (row.child_name, row.group_name) if word):
            said.append(child)
    return tuple(dict.fromkeys(said))


async def name_choices(
    read: ReadUnit, platform: Platform, actor: Actor, choices: Sequence[Choice]
) -> dict[Choice, str]:
    """Return the names of those chosen who can (still) be chosen, for showing a draft again."""
    if not choices:
        return {}
    to_person = platform.permissions.visible(actor, "messages.write_to_person")
    to_group = platform.permissions.visible(actor, "messages.write_to_group")
    groups = [one.target_id for one in choices if one.what is RecipientKind.GROUP]
    people = [one.target_id for one in choices if one.what is not RecipientKind.GROUP]
    rows = await read.rows(
        queries.named(to_person.clause, to_group.clause),
        {**to_person.params, **to_group.params, "people": people, "groups": groups},
    )
    names: dict[UUID, str] = {row.id: row.name for row in rows}
    return {one: names[one.target_id] for one in choices if one.target_id in names}


async def name_children(
    read: ReadUnit, children: Sequence[UUID]
) -> tuple[queries.ChildChoice, ...]:
    """Return children by name; the caller has made sure that the actor may know of them."""
    if not children:
        return ()
    return tuple(await read.structs(queries.ChildChoice, queries.CHILDREN, {"children": children}))
