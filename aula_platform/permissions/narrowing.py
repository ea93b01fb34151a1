"""An actor who may do less: by a key that was made for something, or at a shared device (R12)."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from aula_sdk.people import Actor, ActorProfile, Holding


def narrow(
    actor: Actor, actions: Collection[str], switch: str, *, profile_id: UUID | None = None
) -> Actor | None:
    """Return the actor with nothing but ``actions``, in those profiles that hold ``switch``; with
    a ``profile_id`` in that one alone.

    What takes a second factor is left out, whatever was chosen, and cannot be stepped up to. None
    where no profile holds the switch: it is how a municipality turns it off.
    """
    allowed = {
        profile
        for holding in actor.holdings.get(switch, ())
        if not holding.step_up
        for profile in holding.profiles
    }
    if profile_id is not None:
        allowed &= {profile_id}
    profiles = tuple(profile for profile in actor.profiles if profile.id in allowed)
    return limit(actor, actions, [profile.id for profile in profiles])


def limit(
    actor: Actor, actions: Collection[str], profiles: Collection[UUID], *, proved: bool = False
) -> Actor | None:
    """Return the actor with nothing but ``actions``, in these of their profiles alone; None where
    none of them is the actor's. What takes a second factor is left out, unless whoever looks has
    ``proved`` one.
    """
    kept = tuple(profile for profile in actor.profiles if profile.id in profiles)
    if not kept:
        return None
    holdings = {}
    for action in actions:
        held = [
            _keep(one, kept) for one in actor.holdings.get(action, ()) if proved or not one.step_up
        ]
        left = tuple(one for one in held if one.profiles)
        if left:
            holdings[action] = left
    return msgspec.structs.replace(
        actor,
        name=kept[0].name,
        profiles=kept,
        children=tuple(one for one in actor.children if one.guardian_profile_id in profiles),
        holdings=holdings,
        other_roles=(),
        stepped_up=proved,
        may_step_up=proved,
        former=(),
    )


def _keep(holding: Holding, profiles: tuple[ActorProfile, ...]) -> Holding:
    kept = [profile for profile in profiles if profile.id in holding.profiles]
    return msgspec.structs.replace(
        holding,
        profiles=tuple(profile.id for profile in kept),
        institutions=tuple(dict.fromkeys(profile.institution_id for profile in kept)),
        municipalities=tuple(dict.fromkeys(profile.municipality_id for profile in kept)),
    )


def keep_within(actor: Actor, institutions: Collection[UUID]) -> Actor:
    """Return the actor at these institutions alone, with what they have left there too.

    For whoever may know what somebody does at some places and not where else they are (R8).
    """
    profiles, former = (
        tuple(one for one in found if one.institution_id in institutions)
        for found in (actor.profiles, actor.former)
    )
    kept = (*profiles, *former)
    ids = {one.id for one in kept}
    holdings = {
        action: tuple(one for one in (_keep(each, kept) for each in held) if one.profiles)
        for action, held in actor.holdings.items()
    }
    return msgspec.structs.replace(
        actor,
        profiles=profiles,
        former=former,
        children=tuple(one for one in actor.children if one.guardian_profile_id in ids),
        holdings={action: held for action, held in holdings.items() if held},
    )
