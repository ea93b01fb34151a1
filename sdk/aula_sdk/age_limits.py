"""Deciding age limits, at an institution or for a municipality: part of `aula_sdk.grants.Grants`.

What they mean, and the conditions that plugins put on them, is in `aula_sdk.ages`.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

DECIDE_AGES = "permissions.decide_ages"
"""The action of deciding age limits at an institution: its administrators hold it from the start"""
DECIDE_AGES_MUNICIPALITY = "permissions.decide_ages_municipality"
"""The action of deciding them for a municipality: its administrators hold it from the start."""


class AgeLimits(msgspec.Struct, frozen=True):
    """The age limits at a place, in years: what holds, and what each level has said."""

    consent: int
    secure_area: int
    consent_here: int | None
    """What this very place has decided; None where it goes by what is said above."""
    secure_area_here: int | None
    consent_above: int
    """What holds where this place decides nothing."""
    secure_area_above: int
    """What holds where this place decides nothing, and the least that it can decide."""


class DecidesAges(Protocol):
    """Decides age limits for who may."""

    async def age_places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return where the actor decides age limits: municipalities first, then institutions."""
        ...

    async def ages(self, unit: ReadUnit, actor: Actor, place: Place) -> AgeLimits:
        """Return the age limits at the place, and what each rests on (CNS-4, SEC-6).

        Raises `NotFound` where the actor decides no age limits, as `decide_ages` does.
        """
        ...

    async def decide_ages(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        *,
        consent: int | None,
        secure_area: int | None,
    ) -> None:
        """Decide both age limits at the place, in years, from the next request on; None goes by
        what is said above.

        Raises `Invalid` for an age out of bounds: the one for own consent is from
        `aula_sdk.ages.LEAST_CONSENT_AGE` to 18, the one for what is sensitive never below the
        installation's.
        """
        ...
