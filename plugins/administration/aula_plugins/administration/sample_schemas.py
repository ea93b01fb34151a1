"""The Structs of samples of the log at the HTTP edge; see `schemas` for the others."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from aula_plugins.administration.schemas import MunicipalityId
from aula_sdk.log_samples import MAX_NOTE, SAMPLE, Signal, Verdict

SampleId = Annotated[str, msgspec.Meta(pattern=SAMPLE.pattern)]
Month = Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}$")]
SampleState = Literal["waiting", "overdue", "signed"]
MAX_ENTRY = 1_000
"""More than a sample has entries."""


class SampleItem(msgspec.Struct, frozen=True):
    """A sample of the log, and how far it is."""

    id: SampleId
    municipality: MunicipalityId
    institution: str
    """Empty for a sample of the whole municipality."""
    first_month: Month
    last_month: Month
    is_extra: bool
    state: SampleState
    drawn_at: datetime
    due_at: datetime
    size: int
    judged: int
    signed_at: datetime | None
    signed_by: str


class SampleList(msgspec.Struct, frozen=True):
    """A page of samples, the newest first."""

    items: list[SampleItem]
    next: str | None


class ConcernedItem(msgspec.Struct, frozen=True):
    """Somebody whom an entry is about; without name and place for a protected family."""

    name: str
    kind: str
    institution: str


class EntryItem(msgspec.Struct, frozen=True):
    """One entry of a sample."""

    number: int
    at: datetime
    kind: str
    name: str
    """Empty for the platform, for who was erased, and for who `is_protected`."""
    is_protected: bool
    role: str
    institution: str
    assurance: int
    purpose: str
    """In words; the action's name where there are none."""
    basis: list[str]
    about: list[ConcernedItem]
    more: int
    drawn_as: Signal
    signals: list[Signal]
    is_own: bool
    verdict: Verdict | None
    note: str
    judged_at: datetime | None
    judged_by: str


class EntryList(msgspec.Struct, frozen=True):
    """Some entries of a sample in their order."""

    items: list[EntryItem]
    next: int | None


class SampleToDraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which municipality an extra sample is wanted."""

    municipality: MunicipalityId


class SampleDrawn(msgspec.Struct, frozen=True):
    """The id of a sample that was drawn."""

    id: SampleId


class EntryToJudge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is thought of an entry."""

    verdict: Verdict
    note: Annotated[str, msgspec.Meta(max_length=MAX_NOTE)] = ""


class StratumItem(msgspec.Struct, frozen=True):
    """How many entries there were for one reason, and how many were drawn."""

    signal: Signal
    found: int
    drawn: int


class LineItem(msgspec.Struct, frozen=True):
    """One entry in the report, which names none but those who judged."""

    number: int
    entry: str
    at: datetime
    kind: str
    role: str
    action: str
    drawn_as: Signal
    verdict: Verdict | None
    note: str
    judged_at: datetime | None
    judged_by: str


class ReportView(msgspec.Struct, frozen=True):
    """The report of a sample: final when it was signed off."""

    sample: SampleItem
    method: str
    seed: str
    sealed: dict[str, int]
    strata: list[StratumItem]
    verdicts: dict[str, int]
    """How many entries were judged how; ``open``: not yet."""
    lines: list[LineItem]
    digest: str
    is_intact: bool
