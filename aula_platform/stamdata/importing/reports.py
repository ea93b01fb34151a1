"""What an import found and did: kept in the database, shown to people, given to programs."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata.delivery.scope import Scope
from aula_platform.stamdata.importing.brake import Stop
from aula_platform.stamdata.importing.preview import Count
from aula_platform.stamdata.importing.samples import Sample
from aula_platform.stamdata.tables import import_error, imported
from aula_sdk.i18n import Text
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.stamdata_source import Delivery, RowError

State = Literal["staging", "preview", "stopped", "refused", "applied", "failed"]
SHOWN_ERRORS = 200


class ShownError(msgspec.Struct, frozen=True):
    """A row that cannot be taken, in the reader's language."""

    file: str
    line: int
    field: str
    code: str
    reason: str
    fatal: bool


class Report(msgspec.Struct, frozen=True):
    """One run of an import."""

    id: UUID
    municipality: str
    source: str
    format: str
    mode: str
    state: State
    """``preview``: nothing was asked to be applied; ``stopped``: too much would leave and nobody
    has confirmed it; ``refused``: the delivery as a whole cannot be taken; ``applied``."""
    counts: tuple[Count, ...]
    stops: tuple[Stop, ...]
    error_count: int
    errors: tuple[ShownError, ...]
    """The first of them; all are kept with the import."""
    samples: tuple[Sample, ...] = ()

    @property
    def changes(self) -> int:
        """How much is, or would be, changed."""
        return sum(count.changes for count in self.counts)


async def begin(write: WriteUnit, scope: Scope, delivery: Delivery) -> None:
    """Note that an import has begun."""
    row = {
        "id": scope.id,
        "municipality_id": scope.municipality_id,
        "source": scope.source,
        "format": delivery.format,
        "mode": delivery.mode,
        "state": "staging",
        "started_at": scope.now,
        "counts": [],
    }
    await write.execute(sa.insert(imported), row)


async def keep_errors(
    write: WriteUnit, scope: Scope, errors: Sequence[RowError], first: int
) -> None:
    """Keep row errors, numbered from ``first``."""
    rows = [
        {
            "import_id": scope.id,
            "number": first + number,
            "municipality_id": scope.municipality_id,
            "file": error.file,
            "line": error.line,
            "field": error.field,
            "code": error.code,
            "reason": _dump(error.reason),
            "fatal": error.fatal,
        }
        for number, error in enumerate(errors)
    ]
    if rows:
        await write.execute(sa.insert(import_error), rows)


async def finish(
    write: WriteUnit,
    scope: Scope,
    state: State,
    counts: Sequence[Count],
    stops: Sequence[Stop],
    errors: int,
) -> None:
    """Note how the import ended."""
    await write.execute(
        sa.update(imported)
        .where(imported.c.id == scope.id)
        .values(
            state=state,
            finished_at=write.now,
            errors=errors,
            counts=msgspec.to_builtins(counts, str_keys=True),
            stops=msgspec.to_builtins(stops, str_keys=True),
        )
    )


async def first_errors(read: ReadUnit, import_id: UUID) -> tuple[ShownError, ...]:
    """Return the first row errors of an import, fatal ones first."""
    errors = import_error
    rows = await read.rows(
        sa.select(
            errors.c.file,
            errors.c.line,
            errors.c.field,
            errors.c.code,
            errors.c.reason,
            errors.c.fatal,
        )
        .where(errors.c.import_id == import_id)
        .order_by(errors.c.fatal.desc(), errors.c.number)
        .limit(SHOWN_ERRORS)
    )
    return tuple(_shown(rows))


def _shown(rows: Sequence[sa.Row[Any]]) -> Iterator[ShownError]:
    for row in rows:
        reason = str(msgspec.convert(row.reason, Text))
        yield ShownError(row.file, row.line, row.field, row.code, reason, row.fatal)


def _dump(text: Text) -> dict[str, Any]:
    values = {name: str(value) for name, value in text.values.items()}
    return {"domain": text.domain, "message": text.message, "values": values}
