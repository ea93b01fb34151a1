"""What deliveries of stamdata have found and done: for those who look after a municipality.

An import is told by counts, and by rows that could not be taken. Reasons can say what a row was
about, so reports are for whoever holds `READ_IMPORTS` in the municipality, and for nobody else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import msgspec

from aula_sdk.i18n import Text
from aula_sdk.ids import IdKind
from aula_sdk.paging import Cursor, Page
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

READ_IMPORTS = "stamdata.read_imports"
"""The action of reading reports: the municipality's administrators hold it from the start."""
IMPORT = IdKind("imp")

ImportState = Literal["staging", "preview", "stopped", "refused", "applied", "failed"]
"""``staging``: it goes on; ``preview``: nothing was asked to be applied; ``stopped``: too much
would leave and nobody has confirmed it; ``refused``: the delivery as a whole cannot be taken;
``failed``: it broke off. Only ``applied`` has changed anything."""


class ImportCount(msgspec.Struct, frozen=True):
    """How many records of one kind at one institution were, or would have been, changed."""

    institution: str
    """Empty for what belongs to the whole municipality."""
    kind: str
    added: int = 0
    changed: int = 0
    leaving: int = 0
    returning: int = 0
    same: int = 0

    @property
    def changes(self) -> int:
        """How many would not stay, or have not stayed, as they were."""
        return self.added + self.changed + self.leaving + self.returning


class ImportStop(msgspec.Struct, frozen=True):
    """More would have left an institution than may without being confirmed."""

    institution: str
    what: Literal["people", "memberships"]
    leaving: int
    of: int


class ImportHead(msgspec.Struct, frozen=True):
    """One run of an import."""

    id: UUID
    municipality_id: UUID
    source: str
    """Under which name its records are owned."""
    format: str
    mode: str
    """``bulk``: it told everything there is; ``delta``: what has changed."""
    state: ImportState
    started_at: datetime
    finished_at: datetime | None
    errors: int
    """How many rows could not be taken."""
    counts: tuple[ImportCount, ...]
    stops: tuple[ImportStop, ...]

    @property
    def changes(self) -> int:
        """How many records were, or would have been, changed."""
        return sum(one.changes for one in self.counts)

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to do anything about it."""
        return self.state in {"staging", "preview", "applied"} and not self.errors


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that could not be taken."""

    number: int
    file: str
    line: int
    """0 when it is about the whole file."""
    field: str
    code: str
    reason: Text
    fatal: bool
    """Whether nothing of the delivery could be applied because of it."""


class Imports(Protocol):
    """Reading what imports have found, for those who hold `READ_IMPORTS`.

    Each method raises `aula_sdk.errors.Forbidden` to an actor who holds it nowhere, and answers
    about the municipalities in which the actor holds it.
    """

    async def newest(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[ImportHead]:
        """Return the imports, the newest first."""
        ...

    async def troubled(self, unit: ReadUnit, actor: Actor) -> Sequence[ImportHead]:
        """Return, of each source, the last import that was meant to be applied, when it went wrong.

        A later one that went well takes it off the list; a preview does not.
        """
        ...

    async def find(self, unit: ReadUnit, actor: Actor, import_id: UUID) -> ImportHead:
        """Return one import; raise `aula_sdk.errors.NotFound`."""
        ...

    async def errors(
        self, unit: ReadUnit, actor: Actor, import_id: UUID, *, after: int = -1, size: int = 20
    ) -> Sequence[RefusedRow]:
        """Return the rows that could not be taken in the order of the files, from the one that
        follows number ``after``; raise `aula_sdk.errors.NotFound`.
        """
        ...
