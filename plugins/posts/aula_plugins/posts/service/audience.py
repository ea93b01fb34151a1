"""Whom a post would reach: from a choice of groups to how many people, and who (promise 3)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from aula_plugins.posts import _
from aula_plugins.posts.errors import wrong_field
from aula_plugins.posts.queries import audience as queries
from aula_plugins.posts.service.choices import Choice
from aula_plugins.posts.settings import settings_of
from aula_sdk.i18n import ngettext_for
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, ReadUnit

_n = ngettext_for("posts")


class Audience(msgspec.Struct, frozen=True):
    """What a choice of groups comes to at this moment; who joins later reads the post too."""

    sizes: dict[Choice, int] = {}
    """How many people each choice reaches; they overlap."""
    names: dict[Choice, str] = {}
    """The groups' names."""
    by_kind: dict[Kind, int] = {}
    size: int = 0
    """How many people it reaches, each counted once."""
    first_names: tuple[str, ...] = ()
    out_of_reach: tuple[Choice, ...] = ()
    """Choices that the writer may not post to; whether they exist is not told."""


def choose_sender(actor: Actor, sender: UUID | None = None) -> ActorProfile:
    """Return the profile that writes; raise `Invalid` when it is not one of those that may.

    Without ``sender`` the only one, or the first, is taken.
    """
    chosen = [profile for profile in senders(actor) if sender in {None, profile.id}]
    if not chosen:
        raise wrong_field("sender", _("You cannot post from there"), "not-yours")
    return chosen[0]


def senders(actor: Actor) -> tuple[ActorProfile, ...]:
    """Return the profiles with which the actor may write posts.

    A guardian writes on account of children: without access to any there is no group (ID-12).
    """
    with_children = {child.guardian_profile_id for child in actor.children}
    return tuple(
        profile
        for profile in actor.profiles_for("posts.create")
        if profile.kind is not Kind.GUARDIAN or profile.id in with_children
    )


async def resolve(
    unit: ReadUnit,
    platform: Platform,
    actor: Actor,
    sender: ActorProfile,
    choices: Sequence[Choice],
) -> Audience:
    """Return whom the choices reach now, by three statements, however many people that is."""
    if not choices:
        return Audience()
    right = platform.permissions.visible(actor, "posts.write_to_group")
    params: dict[str, object] = {"institution": sender.institution_id, "now": unit.now}
    rows = await unit.rows(
        queries.chosen_groups(right.clause),
        {**right.params, **params, "groups": [one.group_id for one in choices]},
    )
    names: dict[UUID, str] = {row.id: row.name for row in rows}
    possible = [one for one in choices if one.group_id in names]
    meant = _groups_by_kind(possible)
    counted = await unit.rows(queries.COUNTS, {**meant, **params})
    found = {(what, group, kind): int(size) for what, group, kind, size in map(tuple, counted)}
    people = await unit.rows(queries.FIRST_PEOPLE, {**meant, **params})
    return Audience(
        {one: found.get(("choice", one.group_id, one.role), 0) for one in possible},
        {one: names[one.group_id] for one in possible},
        {Kind(kind): size for (what, _group, kind), size in found.items() if what == "kind"},
        found.get(("total", None, ""), 0),
        tuple(row.name for row in people),
        tuple(one for one in choices if one.group_id not in names),
    )


def _groups_by_kind(choices: Iterable[Choice]) -> dict[str, list[UUID]]:
    groups: dict[str, list[UUID]] = {f"{kind}_groups": [] for kind in Kind}
    for choice in choices:
        groups[f"{choice.role}_groups"].append(choice.group_id)
    return groups


def check_audience(audience: Audience) -> None:
    """Pass, or raise `Invalid` that names ``audience``: none, or one that is out of reach."""
    if audience.out_of_reach:
        raise wrong_field(
            "audience",
            _n(
                "One of the groups is not one that you can post to",
                "%(count)s of the groups are not ones that you can post to",
                len(audience.out_of_reach),
            ),
            "out-of-reach",
        )
    if not audience.sizes:
        raise wrong_field("audience", _("Choose who can read it"), "missing")
    if not audience.size:
        raise wrong_field("audience", _("There is nobody in what you have chosen"), "empty")


def is_large(platform: Platform, sender: ActorProfile, audience: Audience) -> bool:
    """Whether the writer should see who gets it before it goes out (promise 3)."""
    return audience.size > settings_of(platform, sender.municipality_id).large_audience
