"""The Structs of retention at the HTTP edge: what is kept for how long, freezes, runs."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_plugins.administration.schemas import Decision, PlaceItem
from aula_plugins.administration.schemas.fields import Moment, MunicipalityId
from aula_sdk.ids import INSTITUTION, MUNICIPALITY
from aula_sdk.retention import (
    FREEZE,
    LEAST_NOTICE,
    MAX_REASON,
    MOST_NOTICE,
    RUN,
    FreezeKind,
    RunState,
)

SUBJECT_PATTERN = r"^[a-z][a-z0-9_]{0,38}\.[a-z0-9_]{1,40}$"
MAX_MONTHS = 1200
ANY_ID = r"^[a-z]{3}_[0-9a-f]{32}$"

SubjectName = Annotated[str, msgspec.Meta(pattern=SUBJECT_PATTERN)]
FreezeId = Annotated[str, msgspec.Meta(pattern=FREEZE.pattern)]
RunId = Annotated[str, msgspec.Meta(pattern=RUN.pattern)]
CountedAt = Annotated[
    str, msgspec.Meta(pattern=f"({MUNICIPALITY.pattern})|({INSTITUTION.pattern})")
]


class PolicyItem(msgspec.Struct, frozen=True):
    """How long one kind of thing is kept."""

    subject: SubjectName
    title: str
    counts_from: str
    months: int
    default: int
    least: int
    most: int
    preserves: bool
    """Whether formal documents among them are archived before they go."""
    decision: Decision


class Policies(msgspec.Struct, frozen=True):
    """How long everything is kept in a municipality."""

    place: PlaceItem
    items: list[PolicyItem]


class PeriodToDecide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many months something is kept; null: as from the start."""

    months: Annotated[int, msgspec.Meta(ge=1, le=MAX_MONTHS)] | None


class FreezeItem(msgspec.Struct, frozen=True):
    """Something that is exempt from deletion."""

    id: FreezeId
    kind: FreezeKind
    name: str
    """Of the institution, group or person; empty for a thing."""
    reason: str
    frozen_at: datetime
    until: datetime | None
    by: str


class Freezes(msgspec.Struct, frozen=True):
    """What is exempt from deletion in a municipality, the newest first."""

    place: PlaceItem
    items: list[FreezeItem]


class ThingToFreeze(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be exempt from deletion, by its id, why and until when."""

    target: Annotated[str, msgspec.Meta(pattern=ANY_ID)]
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REASON)]
    until: Moment | None = None


class FreezeMade(msgspec.Struct, frozen=True):
    """The id of a freeze: by it, it is lifted."""

    id: FreezeId


class RunItem(msgspec.Struct, frozen=True):
    """One run that deletes what is due."""

    id: RunId
    municipality: MunicipalityId
    state: RunState
    planned_at: datetime
    previewed_at: datetime | None
    announced_at: datetime | None
    deletes_from: datetime | None
    began_at: datetime | None
    finished_at: datetime | None


class Runs(msgspec.Struct, frozen=True):
    """The runs of a municipality, the newest first."""

    place: PlaceItem
    items: list[RunItem]


class RunMade(msgspec.Struct, frozen=True):
    """The id of a run that was planned."""

    id: RunId


class CountItem(msgspec.Struct, frozen=True):
    """What a run has found, and done, of one kind of thing at one institution."""

    subject: str
    title: str
    place: CountedAt
    """The institution, or the municipality for what is at none."""
    place_name: str
    found: int
    frozen: int
    deleted: int
    preserved: int
    spared: int
    failed: int


class RunView(msgspec.Struct, frozen=True):
    """A run with its counts."""

    run: RunItem
    counts: list[CountItem]


class RunToAnnounce(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In how many days it is deleted."""

    days: Annotated[int, msgspec.Meta(ge=LEAST_NOTICE, le=MOST_NOTICE)]
