"""Who gets a message: from a choice of recipients to people, each once (MSG-8, MSG-9, MSG-13)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from aula_plugins.messages import _
from aula_plugins.messages.errors import wrong_field
from aula_plugins.messages.models import RecipientKind
from aula_plugins.messages.queries import recipients as queries
from aula_plugins.messages.service.choices import Choice
from aula_plugins.messages.settings import settings_of
from aula_sdk.errors import SwitchedOff
from aula_sdk.i18n import ngettext_for
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, ReadUnit

_n = ngettext_for("messages")


class Addressee(msgspec.Struct, frozen=True):
    """Somebody who gets the message, and the children through whom the choice reached them."""

    profile_id: UUID
    person_id: UUID
    kind: Kind
    name: str
    title: str
    via: frozenset[UUID]
    """Children of the chosen groups, or chosen themselves (MSG-10)."""
    own: frozenset[UUID]
    """Every child that is known of, also of a guardian who was chosen as a person."""

    def children(self, regarding: frozenset[UUID]) -> frozenset[UUID]:
        """Return on account of which children a guardian takes part, most particular first."""
        return (self.own & regarding) or self.via or self.own


class Audience(msgspec.Struct, frozen=True):
    """What a choice of recipients comes to at this moment."""

    people: tuple[Addressee, ...]
    sizes: dict[Choice, int]
    """How many people each choice reaches; they overlap."""
    out_of_reach: tuple[Choice, ...]
    """Choices that reach nobody the sender may write to; whether they exist is not told."""

    @property
    def children(self) -> frozenset[UUID]:
        """The children whom a message to these people can be about (MSG-9)."""
        pupils = {person.profile_id for person in self.people if person.kind is Kind.PUPIL}
        return frozenset(pupils).union(*(person.own for person in self.people))


def choose_sender(actor: Actor, sender: UUID | None = None) -> ActorProfile:
    """Return the profile that writes; raise `Invalid` when it is not one of those that may.

    A guardian writes on account of children: without access to any, there is nothing to write
    about (ID-11). Without ``sender`` the only one, or the first, is taken.
    """
    possible = senders(actor)
    chosen = [profile for profile in possible if sender in {None, profile.id}]
    if not chosen:
        raise wrong_field("sender", _("You cannot write from there"), "not-yours")
    return chosen[0]


def senders(actor: Actor) -> tuple[ActorProfile, ...]:
    """Return the profiles with which the actor may start a conversation."""
    with_children = {child.guardian_profile_id for child in actor.children}
    return tuple(
        profile
        for profile in actor.profiles_for("messages.create")
        if profile.kind is not Kind.GUARDIAN or profile.id in with_children
    )


def kinds_for(platform: Platform, sender: ActorProfile) -> list[str]:
    """Return the kinds of people that the sender can choose, as the municipality has set."""
    settings = settings_of(platform, sender.municipality_id)
    kinds = set(Kind)
    if sender.kind is Kind.GUARDIAN and not settings.guardians_may_write_to_guardians:
        kinds.discard(Kind.GUARDIAN)
    return sorted(kind.value for kind in kinds)


def written_from(platform: Platform, sender: ActorProfile) -> dict[str, object]:
    """Return the parameters that say from where is written, and what kinds can be chosen."""
    return {
        "institution": sender.institution_id,
        "municipality": sender.municipality_id,
        "sender": sender.id,
        "sender_kind": sender.kind.value,
        "writers": [sender.id],
        "kinds": kinds_for(platform, sender),
    }


async def readable_places(
    read: ReadUnit, platform: Platform, sender: ActorProfile
) -> dict[str, object]:
    """Return, as a parameter, the institutions of the municipality where messages are on.

    Raises `SwitchedOff` where they are on no more at the sender's own: then nobody is to be found,
    which would read as if the recipients were wrong.
    """
    municipality = sender.municipality_id
    places = await read.rows(queries.INSTITUTIONS, {"municipality": municipality})
    if not platform.is_active("messages", municipality, sender.institution_id):
        raise SwitchedOff
    return {
        "readable": [
            place.id for place in places if platform.is_active("messages", municipality, place.id)
        ]
    }


async def resolve(
    unit: ReadUnit,
    platform: Platform,
    actor: Actor,
    sender: ActorProfile,
    choices: Sequence[Choice],
) -> Audience:
    """Return whom the choices reach, by one statement that holds the sender's rights."""
    if not choices:
        return _audience((), (), sender.institution_id)
    to_person = platform.permissions.visible(actor, "messages.write_to_person")
    to_group = platform.permissions.visible(actor, "messages.write_to_group")
    found = await unit.structs(
        queries.Reached,
        queries.reached(
            to_person.clause, to_group.clause, frozenset(choice.what for choice in choices)
        ),
        {
            **to_person.params,
            **to_group.params,
            **_targets(choices),
            **written_from(platform, sender),
            **await readable_places(unit, platform, sender),
            "now": unit.now,
        },
    )
    return _audience(
        choices,
        [row for row in found if row.person_id != sender.person_id],
        sender.institution_id,
    )


def _targets(choices: Iterable[Choice]) -> dict[str, list[UUID]]:
    names = {
        RecipientKind.PERSON: "people",
        RecipientKind.GUARDIANS_OF: "children",
    }
    targets: dict[str, list[UUID]] = {name: [] for name in names.values()}
    targets |= {f"{kind.value}_groups": [] for kind in Kind}
    targets["groups"] = sorted(
        {choice.target_id for choice in choices if choice.what is RecipientKind.GROUP}
    )
    for choice in choices:
        targets[names.get(choice.what, f"{choice.role}_groups")].append(choice.target_id)
    return targets


def _audience(
    choices: Sequence[Choice], found: Sequence[queries.Reached], institution_id: UUID
) -> Audience:
    """Put together what reached the same person, through whatever choice and child."""
    people: dict[tuple[UUID, str], list[queries.Reached]] = {}
    reached: dict[Choice, set[UUID]] = {choice: set() for choice in choices}
    for row in found:
        people.setdefault((row.person_id, row.kind), []).append(row)
        reached[Choice(RecipientKind(row.what), row.target_id, row.role)].add(row.person_id)
    return Audience(
        tuple(_addressee(rows, institution_id) for rows in people.values()),
        {choice: len(persons) for choice, persons in reached.items()},
        tuple(choice for choice, persons in reached.items() if not persons),
    )


def _addressee(every: Sequence[queries.Reached], institution_id: UUID) -> Addressee:
    """Return the person by one profile, if possible at the institution that is written from.

    Only children of that profile count: by another's the guardian could not read it (R7).
    """
    first = min(every, key=lambda row: (row.institution_id != institution_id, row.profile_id))
    rows = [row for row in every if row.profile_id == first.profile_id]
    children = {row.child_id for row in rows if row.child_id}
    via = {row.child_id for row in rows if row.child_id and row.what != RecipientKind.PERSON}
    return Addressee(
        profile_id=first.profile_id,
        person_id=first.person_id,
        kind=Kind(first.kind),
        name=first.name,
        title=first.title,
        via=frozenset(via),
        own=frozenset(children),
    )


def check_audience(
    platform: Platform, actor: Actor, sender: ActorProfile, audience: Audience
) -> None:
    """Pass, or raise `Invalid` that names ``recipients``: none, unknown, or too many (MSG-13)."""
    if audience.out_of_reach:
        raise wrong_field(
            "recipients",
            _n(
                "One of the recipients is not somebody you can write to",
                "%(count)s of the recipients are not people you can write to",
                len(audience.out_of_reach),
            ),
            "out-of-reach",
        )
    if not audience.people:
        raise wrong_field("recipients", _("Choose who gets it"), "missing")
    check_size(platform, actor, sender, len(audience.people))


def check_size(platform: Platform, actor: Actor, sender: ActorProfile, size: int) -> None:
    """Pass when the sender may reach so many people at once; else raise `Invalid` (MSG-13)."""
    limit = settings_of(platform, sender.municipality_id).max_recipients
    if size > limit and sender not in actor.profiles_for("messages.send_to_many"):
        raise wrong_field(
            "recipients",
            _("This reaches %(size)s people; at most %(limit)s can be written to at once")
            % {"size": size, "limit": limit},
            "too-many",
        )


def check_regarding(
    actor: Actor, sender: ActorProfile, audience: Audience, regarding: Iterable[UUID]
) -> None:
    """Pass when the message can be about these children (MSG-9), else raise `Invalid`.

    Guardians write about their own children, others about children of the recipients.
    """
    possible = (
        {child.profile_id for child in actor.children if child.guardian_profile_id == sender.id}
        if sender.kind is Kind.GUARDIAN
        else audience.children
    )
    if not possible.issuperset(regarding):
        raise wrong_field("regarding", _("A message cannot be about this child"), "out-of-reach")


def size_by_kind(audience: Audience) -> dict[Kind, int]:
    """Return how many of each kind of people get it, for the preview."""
    return dict(Counter(person.kind for person in audience.people))
