"""Samples of the log: what somebody with `REVIEW_LOG` has to look through, and their sign-off.

Whoever keeps a log of who has read what must look into it regularly (GDPR-3). For each period some
entries are drawn: a part of the readings with the same chance for each, and a part among those that
speak of a risk. Somebody who did not do the deed judges each; then the sample is signed off, and
never changes again.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec

from aula_sdk.audit import AuditKind
from aula_sdk.errors import Conflict, Forbidden
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.ids import IdKind
from aula_sdk.operations import Place
from aula_sdk.paging import Cursor, Page
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("sdk")

REVIEW_LOG = "audit.review_log"
"""The action of going through samples: the municipality's administrators hold it from the start,
and can give it to an institution's."""
SAMPLE = IdKind("smp")
MAX_NOTE = 1000


class Signal(StrEnum):
    """What an entry was drawn for: by chance alone, or because of what it speaks of."""

    CHANCE = "chance"
    PROTECTED = "protected"
    """About a person with protected name and address, or about somebody of such a family."""
    OWN_FAMILY = "own_family"
    """At work, about the own child or its other parents."""
    NO_COMMON_GROUP = "no_common_group"
    """At work, about a pupil or a guardian with whom there was no common group."""
    COLLEAGUE = "colleague"
    """About somebody who works at the same institution."""
    MANY_LOOKS = "many_looks"
    """On a day on which the same account has looked very many times."""
    UNUSUAL_HOUR = "unusual_hour"
    """At work, in the night."""
    SENSITIVE = "sensitive"
    """By a right that takes a second factor."""
    SUPPORT = "support"
    """Done while the site was seen as somebody else (ADM-7)."""
    EXPORT = "export"
    """Data left the site as a whole."""
    RIGHTS = "rights"
    """Who may do what was changed."""


class Verdict(StrEnum):
    """What a reviewer says of an entry."""

    JUSTIFIED = "justified"
    ASK_FURTHER = "ask_further"
    BREACH = "breach"
    """A breach of the security of personal data is suspected (GDPR art. 33)."""


class SamplePlan(msgspec.Struct, frozen=True):
    """How a municipality wants its log to be looked through."""

    months: int = 1
    """How many whole months, of UTC as the audit's chains, a sample is about: 1, 3, 6 or 12."""
    entries: int = 40
    """How many entries are drawn for the municipality."""
    entries_of_institution: int = 0
    """How many more are drawn for each institution; 0: institutions have no samples of their own"""
    by_risk: int = 50
    """How many in a hundred are drawn by risk; the rest by chance alone."""
    days: int = 30
    """After how many days a sample that is not signed off is overdue."""
    many_looks: int = 300
    """From how many readings of one account on one day on they count as very many."""


class SampleHead(msgspec.Struct, frozen=True):
    """A sample, and how far it is."""

    id: UUID
    municipality_id: UUID
    institution_id: UUID | None
    institution: str
    """Empty for a sample of the municipality."""
    first_month: str
    """``2026-10``"""
    last_month: str
    is_extra: bool
    """Whether somebody asked for it, beside the plan."""
    drawn_at: datetime
    due_at: datetime
    size: int
    judged: int
    signed_at: datetime | None
    signed_by: str
    """The name of who signed it off; empty while nobody has, and when that person was erased."""


class Concerned(msgspec.Struct, frozen=True):
    """Somebody whom an entry is about. Of a protected family there is no name and no place."""

    name: str
    kind: str
    institution: str


class DrawnEntry(msgspec.Struct, frozen=True):
    """One entry of a sample, as whoever judges it sees it."""

    number: int
    """Its place in the sample, from 1 on."""
    at: datetime
    kind: AuditKind
    name: str
    """Who did it; empty for the platform itself, somebody of a protected family, and somebody who
    was erased."""
    is_protected: bool
    """Whether there is no name because whoever did it is of a protected family (R8)."""
    role: str
    """A `aula_sdk.people.Kind`, or ``system``."""
    institution: str
    """Where that person is somebody; empty where it could tell where a protected family is."""
    assurance: int
    action: str
    purpose: Text | None
    """The right by which it was done, in words; None for a deed without one."""
    basis: tuple[Text, ...]
    """The relations through which the right was held there."""
    about: tuple[Concerned, ...]
    """The first of those whom it is about."""
    more: int
    """How many more there are."""
    drawn_as: Signal
    signals: tuple[Signal, ...]
    """Everything it speaks of; empty where it was drawn by chance and speaks of nothing."""
    is_own: bool
    """Whether the reader did it, so that somebody else has to judge it."""
    verdict: Verdict | None
    note: str
    judged_at: datetime | None
    judged_by: str


class Stratum(msgspec.Struct, frozen=True):
    """How many entries there were to draw from for one reason, and how many were drawn."""

    signal: Signal
    found: int
    drawn: int


class ReportLine(msgspec.Struct, frozen=True):
    """One entry in the report: nobody whom it is about, and nobody who did it, is named."""

    number: int
    entry: UUID
    """The entry's id in the audit."""
    at: datetime
    kind: AuditKind
    role: str
    action: str
    drawn_as: Signal
    verdict: Verdict | None
    note: str
    judged_at: datetime | None
    judged_by: str


class SampleReport(msgspec.Struct, frozen=True):
    """What can be shown of a sample to whoever asks whether the log is looked into."""

    head: SampleHead
    method: str
    """The method's name and version; decision 0039 describes it."""
    seed: str
    """64 hexadecimal digits: with them and the audit the draw can be repeated."""
    sealed: dict[str, int]
    """The place in each month's chain up to which there was drawn."""
    strata: tuple[Stratum, ...]
    lines: tuple[ReportLine, ...]
    digest: str
    """SHA-256 over what was signed off, which stands in the audit too; empty before."""
    is_intact: bool = True
    """Whether what is kept is still what was signed off."""


class OwnDeed(Forbidden):
    """Nobody judges what they have done themselves: somebody else must."""

    code = "audit.own-deed"
    title = _("Somebody else has to judge what you have done yourself")


class SignedOff(Conflict):
    """The sample was signed off; nothing about it changes any more."""

    code = "audit.signed-off"
    title = _("This sample has been signed off and cannot be changed any more")


class NotJudged(Conflict):
    """An entry of the sample waits to be judged."""

    code = "audit.not-judged"
    title = _("Not every entry has been judged yet")


class SampleWaits(Conflict):
    """An extra sample of the same place and month waits to be signed off."""

    code = "audit.sample-waits"
    title = _("There is an extra sample already that waits to be signed off")


class NothingToDraw(Conflict):
    """Nothing was read in the time that the sample was to be about."""

    code = "audit.nothing-to-draw"
    title = _("There is nothing in the log yet of which a sample could be drawn")


class LogSamples(Protocol):
    """Samples of the log, for those who hold `REVIEW_LOG`.

    Methods that take an actor raise `Forbidden` to one who holds it nowhere, and `NotFound` for a
    sample of a place where the actor does not hold it.
    """

    async def draw_due(self, municipality_id: UUID, plan: SamplePlan) -> int:
        """Draw what is due in a municipality, of the last whole period; return how many samples.

        Of a period that has been drawn already, and of one in which nothing happened, none.
        """
        ...

    async def places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return the municipalities whose samples the actor goes through, all of them, by name."""
        ...

    async def draw_extra(self, actor: Actor, municipality_id: UUID, plan: SamplePlan) -> UUID:
        """Draw a sample of this month, as far as it has gone, for the municipality.

        Raises `NotFound` where the actor does not review a municipality's samples, `SampleWaits`,
        `NothingToDraw`.
        """
        ...

    async def newest(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[SampleHead]:
        """Return the samples, the newest first."""
        ...

    async def overdue(self, unit: ReadUnit, actor: Actor) -> Sequence[SampleHead]:
        """Return the samples that should have been signed off by now, the oldest first."""
        ...

    async def find(self, unit: ReadUnit, actor: Actor, sample_id: UUID) -> SampleHead:
        """Return one sample."""
        ...

    async def entries(
        self, unit: ReadUnit, actor: Actor, sample_id: UUID, *, after: int = 0, size: int = 20
    ) -> tuple[SampleHead, Sequence[DrawnEntry]]:
        """Return the sample, and its entries that follow number ``after``; the reading is audited
        (R19).
        """
        ...

    async def judge(
        self,
        write: WriteUnit,
        actor: Actor,
        sample_id: UUID,
        number: int,
        verdict: Verdict,
        note: str = "",
    ) -> None:
        """Say what is to be thought of an entry; another word takes the place of an earlier one.

        Raises `NotFound`, `OwnDeed`, `SignedOff`, and `Invalid` where a note is missing or too long
        """
        ...

    async def sign_off(self, write: WriteUnit, actor: Actor, sample_id: UUID) -> None:
        """Sign the sample off for good. Raises `NotFound`, `NotJudged`, `SignedOff`."""
        ...

    async def report(self, unit: ReadUnit, actor: Actor, sample_id: UUID) -> SampleReport:
        """Return the sample's report; it is final when the sample was signed off."""
        ...
