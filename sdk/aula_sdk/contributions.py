"""What hooks yield: named, frozen things that the platform can check, list and explain.

Making one does no I/O. Callables inside may be coroutines; the host awaits them one at a time, so
that a failure always has a name.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import click
import msgspec
import sqlalchemy as sa
from litestar.types import ControllerRouterHandler

from aula_sdk.i18n import Text
from aula_sdk.people import Actor, Kind
from aula_sdk.settings_values import values_to_choose

if TYPE_CHECKING:
    from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class DataClass(StrEnum):
    """How much a piece of data can hurt (domain 4.5)."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Routes:
    """Handlers of a plugin: JSON below ``/api/v1/<plugin>``, pages below ``/<plugin>``.

    Each handler names its permission with ``opt=needs("messages.read")``; one that does not
    answers 403 to everybody.
    """

    api: tuple[ControllerRouterHandler, ...] = ()
    pages: tuple[ControllerRouterHandler, ...] = ()


def needs(action: str, *, step_up: bool = False, too_young: bool = False) -> dict[str, Any]:
    """Return the ``opt`` of a handler that only those who hold ``action`` may call.

    With ``step_up`` it is called only in a session that was proved with two factors a short while
    ago. Whoever comes without is asked for them on the spot, and comes back with what was typed.
    Pupils under the age for a second factor are refused, or with ``too_young`` let in without one;
    access keys and shared devices never are.
    """
    return {"permission": action, "step_up": step_up, "too_young": too_young}


def public(reason: str) -> dict[str, Any]:
    """Return the ``opt`` of a handler that anybody may call; ``reason`` is kept in a list."""
    return {"permission": None, "public": reason}


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation, shown to those who hold ``action``."""

    name: str
    title: Text
    href: str
    icon: str
    action: str
    order: int = 100
    badge: "Callable[[Actor, ReadUnit, Platform], Awaitable[int]] | None" = None
    """How many new things wait there, by one cheap query."""
    topic: str = ""
    """The live topic that changes the badge."""


@dataclass(frozen=True, slots=True)
class View:
    """What the reader has chosen to see on the overview."""

    child: UUID | None = None
    """One of the actor's own children, by person; None means all of them."""


@dataclass(frozen=True, slots=True)
class Widget:
    """A box on the overview, shown to those who hold ``action`` in one of ``roles``."""

    name: str
    title: Text
    template: str
    action: str
    context: "Callable[[Actor, ReadUnit, Platform, View], Awaitable[dict[str, Any]]]"
    """Return what the template shows in this view, by few queries; raising leaves a box that says
    so."""
    roles: tuple[Kind, ...] = tuple(Kind)
    order: int = 100
    href: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Migrations:
    """Where the plugin's Alembic revisions lie, and the tables they make."""

    folder: Path
    metadata: sa.MetaData


@dataclass(frozen=True, slots=True)
class SettingsSchema:
    """The plugin's settings per municipality: a frozen Struct whose fields all have defaults."""

    struct: type[msgspec.Struct]
    per_institution: tuple[str, ...] = ()
    """Fields that institutions may choose for themselves: the plugin asks for each of these with
    the institution's id (``platform.settings_for``)."""
    titles: Mapping[str, Text] = field(default_factory=dict, hash=False)
    """What people read beside a field; one without is shown by its name."""
    value_titles: Mapping[str, Mapping[str, Text]] = field(default_factory=dict, hash=False)
    """What people read for the values of a field that is one, or several, of a few: by the field's
    name, then by the value as `aula.toml` has it. A value without is shown as it is."""

    def __post_init__(self) -> None:
        """Raise ValueError when a field or value is named that the Struct does not have."""
        known = values_to_choose(self.struct)
        named = {*self.per_institution, *self.titles, *self.value_titles}
        self._refuse("field", named - set(known))
        for name, titles in self.value_titles.items():
            self._refuse(f"value of {name}", set(titles) - set(known[name]))

    def _refuse(self, what: str, unknown: Iterable[str]) -> None:
        if unknown:
            message = f"{self.struct.__name__} has no {what} {', '.join(sorted(unknown))}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class FieldPrivacy:
    """What one column holds of people."""

    data_class: DataClass
    what: Text


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one table keeps about people, why, on what ground, for how long (GDPR art. 30)."""

    table: str
    purpose: Text
    legal_basis: Text
    retention: Text
    fields: dict[str, FieldPrivacy] = field(default_factory=dict)
    """Every column that is about a person."""
    technical: tuple[str, ...] = ()
    """Every other column: ids of things, counts and marks that say nothing about a person.

    `aula_sdk.data_map` knows ``id``, ``municipality_id`` and moments without being told.
    """


@dataclass(frozen=True, slots=True)
class SubjectData:
    """How a plugin gives out and removes what it keeps about one person (art. 15 and 17)."""

    name: str
    export: "Callable[[UUID, ReadUnit], AsyncIterator[tuple[str, dict[str, Any]]]]"
    """For a person's id, yield (table, row) of everything that is about this person."""
    erase: "Callable[[UUID, WriteUnit], Awaitable[int]]"
    """Remove or make anonymous what is about this person; return how many rows it touched."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done again and again in the background."""

    name: str
    every: timedelta
    run: "Callable[[Platform], Awaitable[None]]"


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand of ``aula``."""

    name: str
    command: click.Command


@dataclass(frozen=True, slots=True)
class DemoData:
    """Fictional content for the demo municipality, made by the plugin's own services.

    Called again it adds nothing. ``order`` says which plugins come first.
    """

    name: str
    fill: "Callable[[Platform], Awaitable[str]]"
    """Return a sentence that says what there is now."""
    order: int = 100


FailurePolicy = Literal["skip", "deny", "stop"]
