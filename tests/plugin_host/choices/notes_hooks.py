"""A plugin for these tests: a right, a route, settings, a job and a subscriber; no tables."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, cast

import msgspec
from litestar import get
from litestar.di import NamedDependency

from aula_sdk.contributions import Job, Routes, SettingsSchema, needs
from aula_sdk.events import Event, Subscriber
from aula_sdk.hookspecs import hookimpl
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import Action, RoleDefault
from aula_sdk.protocols import Platform, WriteUnit

_ = gettext_for("notes")
SEEN: list[tuple[str, int]] = []
"""What the job and the subscriber found: in how many municipalities the plugin is on."""


class NotesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    longest: Annotated[int, msgspec.Meta(ge=1, le=500)] = 100
    shortest: int = 0
    quiet: bool = False
    tone: Literal["warm", "plain"] = "warm"
    greeting: str | None = None

    def __post_init__(self) -> None:
        if self.shortest > self.longest:
            message = "shortest is above longest"
            raise ValueError(message)


class NoteWritten(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "notes.written.v1"


@get("/", opt=needs("notes.read"))
async def read_notes(
    actor: NamedDependency[Actor], platform: NamedDependency[Platform]
) -> list[dict[str, Any]]:
    """Return the settings at each institution where the reader has the right."""
    found = []
    for place in actor.profiles_for("notes.read"):
        settings = cast(
            NotesSettings,
            platform.settings_for("notes", place.municipality_id, place.institution_id),
        )
        here = {"institution": place.institution_name}
        found.append({**here, "longest": settings.longest, "quiet": settings.quiet})
    return found


async def count_places(platform: Platform) -> None:
    SEEN.append(("job", len(platform.active_municipalities("notes"))))


async def hear(_event: Event, _write: WriteUnit, platform: Platform) -> None:
    SEEN.append(("event", len(platform.active_municipalities("notes"))))


@hookimpl
def aula_routes() -> Iterable[Routes]:
    yield Routes(api=(read_notes,))


@hookimpl
def aula_permissions() -> Iterable[Action | RoleDefault]:
    yield Action("notes.read", _("Read notes"))
    for kind in (Kind.EMPLOYEE, Kind.GUARDIAN):
        yield RoleDefault(kind.value, "notes.read")


@hookimpl
def aula_settings() -> Iterable[SettingsSchema]:
    yield SettingsSchema(
        NotesSettings,
        ("quiet",),
        {"quiet": _("Quiet")},
        {"tone": {"warm": _("Warm")}},
    )


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield Job("notes.count", timedelta(days=1), count_places)


@hookimpl
def aula_subscribers() -> Iterable[Subscriber]:
    yield Subscriber("notes.hear", NoteWritten, hear)
