"""Runs of imports, and the rows that could not be taken."""

from datetime import datetime

import msgspec

from aula_plugins.administration.schemas.fields import ImportId, MunicipalityId
from aula_sdk.imports import ImportCount, ImportState, ImportStop


class ImportItem(msgspec.Struct, frozen=True):
    """One run of an import."""

    id: ImportId
    municipality: MunicipalityId
    source: str
    format: str
    mode: str
    state: ImportState
    started_at: datetime
    finished_at: datetime | None
    changes: int
    errors: int
    is_well: bool
    counts: tuple[ImportCount, ...]
    stops: tuple[ImportStop, ...]


class ImportList(msgspec.Struct, frozen=True):
    """Some imports, the newest first; ``next`` is what ``after`` has to be for older ones."""

    items: list[ImportItem]
    next: str | None = None


class RowItem(msgspec.Struct, frozen=True):
    """A row that could not be taken."""

    number: int
    file: str
    line: int
    field: str
    code: str
    reason: str
    fatal: bool


class RowList(msgspec.Struct, frozen=True):
    """Some rows in the order of the files; ``next`` is what ``after`` has to be for more."""

    items: list[RowItem]
    next: int | None = None
