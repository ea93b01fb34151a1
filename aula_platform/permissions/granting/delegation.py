"""What somebody may give away: everything for a municipality, else what they hold themselves."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from aula_platform.permissions.catalogue import Catalogue, owner_of
from aula_platform.permissions.granting.bundles import Right
from aula_platform.permissions.granting.writing import Standing
from aula_platform.permissions.holdings import Decision
from aula_platform.permissions.own_rights import OWNER
from aula_platform.permissions.places import Deciding
from aula_sdk.errors import NotFound
from aula_sdk.grants import (
    GRANT,
    GRANT_IN_GROUP,
    GRANT_MUNICIPALITY,
    Decided,
    NotYoursToGive,
    RightLocked,
)
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.permissions import MUNICIPALITY_ADMIN

DECIDING = Deciding(GRANT, GRANT_MUNICIPALITY)
_SHELL = "shell"


class Delegation:
    """What one actor may give at one place (ADM-2)."""

    def __init__(self, catalogue: Catalogue, actor: Actor, place: Place) -> None:
        self._catalogue = catalogue
        self._actor = actor
        self._place = place
        self._is_whole = place.municipality_id in DECIDING.municipalities(actor)

    def is_open(self, role: str, right: Right) -> bool:
        """Whether the right may be changed for this role, and the actor may give it somehow."""
        if is_locked(role, right[0]) or not self.may_change(role):
            return False
        return self.may_give(right, "two_factors")

    def may_change(self, role: str) -> bool:
        """Whether what the role holds is the actor's to decide: of the municipality's own
        administrators the municipality says it. Who has the role is looked at by `Offers`.
        """
        return self._is_whole or role != MUNICIPALITY_ADMIN

    def may_give(self, right: Right, decided: Decided, group_id: UUID | None = None) -> bool:
        """Whether the actor may let others hold this: who decides for the municipality may give
        everything; others what they hold at the institution, and not with less proof. Taken away
        can be whatever is not about rights themselves.
        """
        action, relation = right
        if self._is_whole:
            return True
        if decided == "no":
            return owner_of(action) != OWNER
        return any(
            holding.relation == relation
            and self._place.institution_id in holding.institutions
            and (not holding.step_up or decided == "two_factors")
            and (not holding.groups or group_id in holding.groups)
            and (not holding.without or (group_id and group_id not in holding.without))
            for holding in self._actor.holdings.get(action, ())
        )

    def may_lift(self, right: Right, said: Standing, group_id: UUID | None = None) -> bool:
        """Whether the actor may let this word hold no longer.

        What it closes, or asks more proof for, is theirs to give as openly as it can be given at
        all. What it gives of rights themselves they have given, or they could take it away.
        """
        if said.allowed and not self.may_give(right, "no") and not self.has_said(said.granted_by):
            return False
        is_sensitive = self._catalogue.is_sensitive(right[0])
        if said.allowed and (is_sensitive or not said.step_up):
            return True
        return self.may_give(right, "two_factors" if is_sensitive else "yes", group_id)

    def may_take(self, bundle: Mapping[Right, Decided]) -> bool:
        """Whether the actor may take all that is held in the bundle from who has it."""
        return all(
            decided == "no" or self.may_give(right, "no") for right, decided in bundle.items()
        )

    def has_said(self, profile_id: UUID | None) -> bool:
        """Whether what this profile has decided is the actor's own word."""
        return profile_id in {profile.id for profile in self._actor.profiles}

    def may_give_in_group(self, action: str, group_id: UUID | None) -> bool:
        """Whether the actor may let a kind of person do this in a group: whoever does it there, in
        whatever relation, since the plugin has said that it can be given so (`GroupRight`).

        None: in a group that has still to be made.
        """
        return self._is_whole or any(
            self._place.institution_id in holding.institutions
            and not holding.step_up
            and (not holding.groups or group_id in holding.groups)
            and group_id not in holding.without
            for holding in self._actor.holdings.get(action, ())
        )

    def require(
        self, role: str, right: Right, decided: Decided, group_id: UUID | None = None
    ) -> Decided:
        """Return what is to be kept: sensitive rights always take two factors.

        Raises `NotFound` for a right that there is not, `RightLocked`, and `NotYoursToGive`.
        """
        self.require_changeable(role, right)
        if decided == "yes" and self._catalogue.is_sensitive(right[0]):
            decided = "two_factors"
        if not self.may_give(right, decided, group_id):
            raise NotYoursToGive
        return decided

    def require_changeable(self, role: str, right: Right) -> None:
        """Raise `NotFound` for a right that there is not, `RightLocked` and `NotYoursToGive` for
        what the actor cannot change of this role at all.
        """
        if not self._catalogue.has(*right):
            raise NotFound
        if is_locked(role, right[0]):
            raise RightLocked
        if not self.may_change(role):
            raise NotYoursToGive

    def not_open(self, bundle: Mapping[Right, Decided]) -> set[tuple[Right, Decided]]:
        """Return what is held in the bundle and the actor may not give."""
        return {
            (right, decided)
            for right, decided in bundle.items()
            if decided != "no" and not self.may_give(right, decided)
        }


def sleeping(decisions: Iterable[Decision], place: Place) -> set[tuple[Right, Decided]]:
    """Return what somebody could give at the place if their plugins were on there.

    Who gives a role that they have themselves need not wait for a plugin that is off.
    """
    found: set[tuple[Right, Decided]] = set()
    for decision in decisions:
        word, right = decision.asleep, (decision.action, decision.relation)
        is_here = decision.profile.institution_id == place.institution_id
        if word is None or not word.allowed or not is_here or decision.group_id is not None:
            continue
        found.add((right, "two_factors"))
        if not word.step_up:
            found.add((right, "yes"))
    return found


def is_locked(role: str, action: str) -> bool:
    """Whether a role must keep what it has: to use the platform, and to come back and decide."""
    if owner_of(action) == _SHELL:
        return True
    return role == MUNICIPALITY_ADMIN and action in {GRANT, GRANT_MUNICIPALITY, GRANT_IN_GROUP}
