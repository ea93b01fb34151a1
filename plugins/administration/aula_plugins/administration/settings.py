"""What a municipality can set: how its log is looked through, under ``plugins.administration``.

There is no "never": whoever keeps a log must look into it (GDPR-3).
"""

from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec

from aula_plugins.administration import _
from aula_sdk.log_samples import SamplePlan
from aula_sdk.protocols import Platform

Rhythm = Literal["monthly", "quarterly", "half_yearly"]
_MONTHS: dict[Rhythm, int] = {"monthly": 1, "quarterly": 3, "half_yearly": 6}
Entries = Annotated[int, msgspec.Meta(ge=5, le=500)]
EntriesOfInstitution = Annotated[int, msgspec.Meta(ge=0, le=200)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=90)]
Days = Annotated[int, msgspec.Meta(ge=7, le=90)]
Many = Annotated[int, msgspec.Meta(ge=20, le=10_000)]


class AdministrationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every field has a default; see the guide for what each means to people."""

    log_samples: Rhythm = "monthly"
    """How often a sample of the log is drawn."""
    log_sample_entries: Entries = 40
    """How many entries a sample of the municipality has."""
    log_sample_entries_of_institution: EntriesOfInstitution = 0
    """How many a sample of each institution has; 0: institutions have none of their own."""
    log_sample_by_risk: Percent = 50
    """How many in a hundred are drawn by risk; the rest is drawn by chance alone."""
    log_sample_days: Days = 30
    """After how many days a sample that is not signed off is overdue."""
    log_sample_many_looks: Many = 300
    """From how many readings by one person on one day on they count as very many."""


TITLES = {
    "log_samples": _("How often a sample of the log is drawn"),
    "log_sample_entries": _("How many entries the municipality's sample has"),
    "log_sample_entries_of_institution": _(
        "How many entries each institution's sample has (0: institutions have none)"
    ),
    "log_sample_by_risk": _("How many per cent are drawn by risk"),
    "log_sample_days": _("After how many days a sample is overdue"),
    "log_sample_many_looks": _("From how many readings on one day on they count as very many"),
}
"""What administrators read beside each field."""
VALUE_TITLES = {
    "log_samples": {
        "monthly": _("Every month"),
        "quarterly": _("Every quarter"),
        "half_yearly": _("Every half year"),
    },
}
"""What administrators read for the values to choose among."""


def plan_of(platform: Platform, municipality_id: UUID) -> SamplePlan:
    """Return how the municipality wants its log to be looked through."""
    found = cast(AdministrationSettings, platform.settings_for("administration", municipality_id))
    return SamplePlan(
        _MONTHS[found.log_samples],
        found.log_sample_entries,
        found.log_sample_entries_of_institution,
        found.log_sample_by_risk,
        found.log_sample_days,
        found.log_sample_many_looks,
    )
