"""One element while it is being read: its fields, its parts, and what is wrong with them."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from aula_plugins.stil.grammar import Rule
from aula_plugins.stil.problems import problem
from aula_sdk.stamdata_source import RowError
from aula_sdk.stamdata_values import BadValue, looks_like_cpr, shape_of

MAX_FIELDS = 3_000
"""Fields and parts of one record; nobody has three thousand."""

T = TypeVar("T")


class Cell(msgspec.Struct, frozen=True, gc=False):
    """What a field held, without blanks around it, and where."""

    text: str
    line: int
    problem: str = ""


class BadEntry(Exception):
    """The element cannot be taken at all."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = error

    def about(self, *about: str) -> RowError:
        """Return the report, saying what the element was about where its id could be read."""
        named = about if len(about) > 1 and all(about) else ()
        return msgspec.structs.replace(self.error, about=named)


class Entry:
    """An element that is read. What is wrong with single fields gathers in ``problems``, which a
    record shares with its parts; it can still be taken without them.
    """

    __slots__ = (
        "_owner",
        "_rule",
        "cells",
        "file",
        "has_more",
        "line",
        "parts",
        "problems",
        "size",
    )

    def __init__(self, rule: Rule, file: str, line: int, owner: "Entry | None" = None) -> None:
        self.file = file
        self.line = line
        self.cells: dict[str, list[Cell]] = {}
        self.parts: dict[str, list[Entry]] = {}
        self.has_more = False
        """Whether there was something inside that is not read."""
        self.size = 0
        self._rule = rule
        self._owner = owner
        self.problems: list[RowError] = [] if owner is None else owner.problems

    @property
    def name(self) -> str:
        """The element's name."""
        return self._rule.name

    @property
    def record(self) -> "Entry":
        """The record that the element is a part of, or itself."""
        return self if self._owner is None else self._owner

    @property
    def is_too_large(self) -> bool:
        """Whether parts of the record were dropped, because there were too many."""
        return self.record.size > MAX_FIELDS

    def begin_part(self, rule: Rule, line: int) -> "Entry":
        """Return a new part; one too many is not kept."""
        part = Entry(rule, self.file, line, self.record)
        if self._has_room():
            self.parts.setdefault(rule.name, []).append(part)
        return part

    def keep(self, key: str, cell: Cell) -> None:
        """Remember what a field held, unless there are too many."""
        if self._has_room():
            self.cells.setdefault(key, []).append(cell)

    def _has_room(self) -> bool:
        record = self.record
        record.size += 1
        return record.size <= MAX_FIELDS

    def part(self, name: str) -> "Entry | None":
        """Return a part that there is one of at most; a second one is noted."""
        found = self.parts.get(name, ())
        for extra in found[1:]:
            self.problems.append(problem(self.file, extra.line, name, "field.repeated"))
        return found[0] if found else None

    def texts(self, field: str) -> list[Cell]:
        """Return what a field held each time that it was not empty."""
        cells = self.cells.get(field.lower(), ())
        return [cell for cell in cells if cell.text or cell.problem]

    def is_given(self, field: str) -> bool:
        """Whether the field was there with anything in it."""
        return bool(self.texts(field))

    def error(self, field: str, code: str, cell: Cell | None = None) -> RowError:
        """Return the report that a field is wrong."""
        line, text = (self.line, "") if cell is None else (cell.line, cell.text)
        shape = shape_of(text) if text and code not in _SHAPELESS else ""
        where = self.name if not field else f"{self.name}/{field}"
        return problem(self.file, line, where, code, shape=shape)

    def required(self, field: str, reader: Callable[[str], T]) -> T:
        """Return the value of a field without which there is no such thing; raise `BadEntry`."""
        cell = self._only(field)
        if cell is None:
            raise BadEntry(self.error(field, "value.missing"))
        try:
            return _read(cell, reader)
        except BadValue as bad:
            raise BadEntry(self.error(field, bad.reason, cell)) from bad

    def optional(self, field: str, reader: Callable[[str], T], default: T) -> T:
        """Return the value of a field, or the default when it is empty or (noted) wrong."""
        cell = self._only(field)
        if cell is None:
            return default
        try:
            return _read(cell, reader)
        except BadValue as bad:
            self.problems.append(self.error(field, bad.reason, cell))
            return default

    def every(self, field: str, reader: Callable[[str], T]) -> list[T]:
        """Return the values of a field that may stand several times; wrong ones are noted."""
        values: dict[T, None] = {}
        for cell in self.texts(field):
            try:
                values[_read(cell, reader)] = None
            except BadValue as bad:
                self.problems.append(self.error(field, bad.reason, cell))
        return list(values)

    def _only(self, field: str) -> Cell | None:
        cells = self.texts(field)
        if len({cell.text for cell in cells}) > 1:
            self.problems.append(self.error(field, "field.repeated", cells[1]))
        return cells[0] if cells else None


_SHAPELESS = frozenset({"cpr.refused", "field.repeated", "reference.unknown", "guid.duplicate"})


def _read(cell: Cell, reader: Callable[[str], T]) -> T:
    """Return the value; a CPR number is refused in every field (R20)."""
    if cell.problem:
        raise BadValue(cell.problem)
    if looks_like_cpr(cell.text):
        raise BadValue("cpr.refused")
    return reader(cell.text)
