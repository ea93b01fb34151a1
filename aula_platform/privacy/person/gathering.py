"""Gathers what everybody keeps about one person, and refuses to call less than all of it all."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.files.tables import file
from aula_platform.privacy.person.kernel_rows import Row, export_kernel
from aula_platform.privacy.person.subject import Subject
from aula_platform.privacy.person.traces import Key, find_traces, is_passing, key_of
from aula_platform.privacy.place import Installation
from aula_platform.storage import Snapshot
from aula_sdk.contributions import SubjectData

KERNEL = "kernel"
Plugins = Mapping[str, SubjectData | None]
"""The plugins that have tables, by name, with what each says of its own."""
_AT_ONCE = 500


class NotAll(Exception):
    """Something that is kept about the person would be missing; the message says what (R25)."""


@dataclass(frozen=True, slots=True)
class TableShare:
    """What of one table is about the person."""

    name: str
    kept: int
    """How many rows name the person."""
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class OwnerShare:
    """What one plugin, or the kernel, keeps about the person."""

    name: str
    tables: list[TableShare] = field(default_factory=list)


class FileShare(msgspec.Struct, frozen=True):
    """An uploaded file that goes with it."""

    id: UUID
    name: str
    sha256: str


async def gather(
    installation: Installation,
    subject: Subject,
    plugins: Plugins,
    read: Snapshot,
) -> tuple[list[OwnerShare], list[FileShare]]:
    """Return everything that is kept about the person, the kernel's first.

    Raises `NotAll` when a plugin gives out fewer rows than its tables hold of the person.
    """
    rooms = [owner for owner in installation.owners if owner.name not in plugins]
    tables = [table for owner in rooms for table in owner.metadata.sorted_tables]
    told = [row async for row in export_kernel(read, tables, subject)]
    shares = [await _compare(read, KERNEL, tables, told, subject)]
    for owner in installation.owners:
        if owner.name in plugins:
            told = await _ask(plugins[owner.name], subject, read)
            tables = owner.metadata.sorted_tables
            shares.append(await _compare(read, owner.name, tables, told, subject))
    return shares, await _find_files(read, subject, shares)


async def _ask(
    plugin: SubjectData | None, subject: Subject, read: Snapshot
) -> list[tuple[str, Row]]:
    if plugin is None:
        return []
    return [row async for row in plugin.export(subject.person_id, read)]


async def _compare(
    read: Snapshot,
    owner: str,
    tables: Iterable[sa.Table],
    told: Iterable[tuple[str, Row]],
    subject: Subject,
) -> OwnerShare:
    """Put the rows in their tables; raise `NotAll` when one that names the person is missing."""
    known = {table.name: table for table in tables if not is_passing(table)}
    kept = await find_traces(read, known.values(), subject)
    rows: dict[str, dict[Key, Row]] = {}
    nameless: dict[str, list[Row]] = {}
    for name, row in told:
        if name not in known:
            raise NotAll(f"{owner} gives out rows of {name}, which is no table of its own")
        key = key_of(known[name], row)
        if None not in key:
            # One that names the person in several columns is told of once, with all that is told.
            rows.setdefault(name, {}).setdefault(key, {}).update(row)
        elif any(part is not None for part in key):
            nameless.setdefault(name, []).append(row)
        else:
            raise NotAll(f"{owner} gives out a row of {name} without its primary key")
    for name, keys in kept.items():
        missing = keys - set(rows.get(name, ()))
        for row in nameless.get(name, ()):
            missing.discard(_like(key_of(known[name], row), missing))
        if missing:
            raise NotAll(
                f"{owner} gives out {len(keys) - len(missing)} of the {len(keys)} rows of {name} "
                "that name the person: the export would not be whole (R25)"
            )
    return OwnerShare(
        owner,
        [
            TableShare(
                name,
                len(kept.get(name, ())),
                [*rows.get(name, {}).values(), *nameless.get(name, ())],
            )
            for name in sorted({*kept, *rows, *nameless})
        ],
    )


def _like(key: Key, missing: Iterable[Key]) -> Key:
    """Return a key of ``missing`` that may be the one of which a part was left out."""
    for one in missing:
        if all(part in (None, whole) for part, whole in zip(key, one, strict=True)):
            return one
    return key


async def _find_files(
    read: Snapshot, subject: Subject, shares: Iterable[OwnerShare]
) -> list[FileShare]:
    """Return what the person has uploaded, and what hangs on the things that are given out."""
    mine = sa.false() if subject.account_id is None else file.c.account_id == subject.account_id
    found = await read.structs(FileShare, _files_of(subject, mine))
    things = sorted(set(_things(shares)))
    for start in range(0, len(things), _AT_ONCE):
        some = things[start : start + _AT_ONCE]
        whole = sa.and_(file.c.part_id.is_(None), file.c.object_id.in_(some))
        found += await read.structs(FileShare, _files_of(subject, file.c.part_id.in_(some) | whole))
    return sorted({one.id: one for one in found}.values(), key=lambda one: one.id)


def _files_of(subject: Subject, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    here = file.c.municipality_id == subject.place.id
    return sa.select(file.c.id, file.c.name, file.c.sha256).where(here, which)


def _things(shares: Iterable[OwnerShare]) -> Iterator[UUID]:
    for share in shares:
        if share.name != KERNEL:
            for table in share.tables:
                yield from (row["id"] for row in table.rows if "id" in row)
