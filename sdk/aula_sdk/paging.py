"""Paging through lists that grow at the top: by the last row that was seen, never by number.

A page says where the next one begins in an opaque cursor; rows that arrive meanwhile neither
repeat nor hide any other. Newest first, ties by id.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from aula_sdk.db import Id, Instant
from aula_sdk.errors import Problem
from aula_sdk.i18n import gettext_for

_ = gettext_for("sdk")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Item = TypeVar("Item")


class WrongCursor(Problem):
    """The cursor is not one that this list gave out."""

    status = 400
    code = "cursor.invalid"
    title = _("The place in the list is not known")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its moment and its id."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        """Return the opaque form that travels in URLs."""
        return f"{(self.at - _EPOCH) // _MICROSECOND:x}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str | None) -> "Cursor | None":
        """Return the cursor behind ``text``, None for none; raise `WrongCursor`."""
        if not text:
            return None
        moment, _dash, digits = text.partition("-")
        try:
            return cls(_EPOCH + int(moment, 16) * _MICROSECOND, UUID(hex=digits))
        except (ValueError, OverflowError) as error:
            raise WrongCursor from error

    @property
    def params(self) -> dict[str, object]:
        """The values of the parameters of `beyond`."""
        return {"cursor_at": self.at, "cursor_id": self.id}


def beyond(at: sa.ColumnElement[Any], id_: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a row comes after the cursor in a list with the newest first."""
    return sa.tuple_(at, id_) < sa.tuple_(
        sa.bindparam("cursor_at", type_=Instant), sa.bindparam("cursor_id", type_=Id)
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some rows of a list, and where the next ones begin (None at the end)."""

    items: tuple[Item, ...]
    next: Cursor | None


def page_of(rows: Sequence[Item], size: int, place: Callable[[Item], Cursor]) -> Page[Item]:
    """Return a page of ``size`` from one row more than that, which tells whether there is more."""
    shown = tuple(rows[:size])
    return Page(shown, place(shown[-1]) if len(rows) > size else None)
