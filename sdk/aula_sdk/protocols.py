"""What the kernel hands to a plugin, as Protocols: type-check and test without the kernel.

Handlers get these by dependency injection under the names ``actor``, ``read``, ``write``,
``shell`` and ``platform``.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

import msgspec
import sqlalchemy as sa
from litestar.response import Response

from aula_sdk.audit import AuditKind
from aula_sdk.events import Event
from aula_sdk.i18n import Text
from aula_sdk.injected import Injected
from aula_sdk.people import Actor
from aula_sdk.permissions import Explanation, Resource, Visible
from aula_sdk.stamdata_source import (
    GroupRecord,
    MembershipRecord,
    PlannedChange,
    StamdataWriter,
)

if TYPE_CHECKING:
    from aula_sdk.grants import Grants
    from aula_sdk.health import Health
    from aula_sdk.imports import Imports
    from aula_sdk.log_samples import LogSamples
    from aula_sdk.moving import Moving
    from aula_sdk.operations import Choices
    from aula_sdk.retention import Retention
    from aula_sdk.support import Support

Row = TypeVar("Row", bound=msgspec.Struct)
Params = Mapping[str, Any]


@runtime_checkable  # Litestar asks whether what it injects is one.
class ReadUnit(Protocol, metaclass=Injected):
    """Reads over one connection, taken at the first statement; each sees what is committed then."""

    @property
    def now(self) -> datetime:
        """The moment of this unit, the same in all its statements."""
        ...

    async def rows(
        self, statement: sa.Select[Any], params: Params | None = None
    ) -> Sequence[sa.Row[Any]]:
        """Return all rows."""
        ...

    async def structs(
        self, into: type[Row], statement: sa.Select[Any], params: Params | None = None
    ) -> list[Row]:
        """Return all rows as Structs whose fields have the columns' order."""
        ...

    async def first(
        self, statement: sa.Select[Any], params: Params | None = None
    ) -> sa.Row[Any] | None:
        """Return the first row, or None."""
        ...

    async def scalar(self, statement: sa.Select[Any], params: Params | None = None) -> Any:
        """Return the first column of the first row, or None."""
        ...

    def looked(
        self,
        action: str,
        *,
        municipality_id: UUID,
        object_id: UUID | None = None,
        subjects: Sequence[UUID] = (),
        details: Mapping[str, str | int | bool] | None = None,
    ) -> None:
        """Record that confidential or sensitive content was read, about these persons' profiles.

        ``action`` is the right by which it was read (``messages.read``): its title tells the
        persons whom it is about what for. Say it beside the query. The row is durable before the
        answer leaves, also when the request fails afterwards (R19). Opaque ids, numbers and
        enumerations only, as in `WriteUnit.audit`.
        """
        ...


class Written(Protocol):
    """What an INSERT, UPDATE or DELETE has done."""

    @property
    def rowcount(self) -> int:
        """How many rows were written."""
        ...

    def all(self) -> Sequence[sa.Row[Any]]:
        """Return all rows of its RETURNING."""
        ...

    def first(self) -> sa.Row[Any] | None:
        """Return the first of them, or None."""
        ...

    def scalar(self) -> Any:
        """Return the first column of the first, or None."""
        ...


@runtime_checkable  # Litestar asks whether what it injects is one.
class WriteUnit(ReadUnit, Protocol, metaclass=Injected):
    """One transaction. In a request the kernel commits it after the handler, before the answer
    leaves; an exception rolls everything back: rows, events, audit and live topics.
    """

    async def execute(
        self, statement: sa.Executable, params: Params | Sequence[Params] | None = None
    ) -> Written:
        """Carry out an INSERT, UPDATE or DELETE, once for each of several ``params``; return what
        was done.
        """
        ...

    def emit(self, event: Event) -> None:
        """Deliver the event after the commit."""
        ...

    def changed(self, topic: str, profiles: Sequence[UUID]) -> None:
        """After the commit, tell open pages of these profiles to fetch ``topic`` again."""
        ...

    def audit(
        self,
        action: str,
        *,
        municipality_id: UUID,
        object_id: UUID | None = None,
        subjects: Sequence[UUID] = (),
        details: Mapping[str, str | int | bool] | None = None,
        kind: AuditKind = AuditKind.WRITE,
    ) -> None:
        """Record that the actor did this to the object, about these persons' profiles.

        Opaque ids, numbers and enumerations only; the row commits with the write (rule 18).
        ``kind`` tells exports and grants from ordinary writes.
        """
        ...

    async def once(self, key: str) -> UUID | None:
        """Return the id that an earlier request with this idempotency key made, if any (rule 15).

        Otherwise None; the caller makes the thing and says so with `remember`. A plugin begins its
        keys with its name and a dot (``posts.create:…``): by that they go when it is purged.
        """
        ...

    async def remember(self, key: str, object_id: UUID) -> None:
        """Keep what was made under this idempotency key for seven days."""
        ...


class Permissions(Protocol):
    """The two questions, and why."""

    def visible(self, actor: Actor, action: str) -> Visible:
        """Return the condition that an object of the action's resource is one the actor may do
        this to. Use it in the WHERE of every list; of an actor without the action it is false.
        """
        ...

    async def may(self, unit: ReadUnit, actor: Actor, action: str, object_id: UUID) -> bool:
        """Whether the actor may do this to this object: `visible` with one id."""
        ...

    async def require(
        self, unit: ReadUnit, actor: Actor, action: str, object_id: UUID, *, sees: str
    ) -> None:
        """Pass when the actor may. Otherwise raise `Forbidden` when the actor may at least do
        ``sees`` to the object, and `NotFound` to a stranger (rule 23).
        """
        ...

    async def explain(
        self, unit: ReadUnit, actor: Actor, action: str, object_id: UUID | None = None
    ) -> Explanation:
        """Say which relation and grant matched, or which level blocked it."""
        ...

    def resource(self, name: str) -> Resource:
        """Return the resource of that name; raise KeyError when there is none."""
        ...


class StoredFile(msgspec.Struct, frozen=True):
    """A file that was uploaded."""

    id: UUID
    name: str
    media_type: str
    size: int
    """In bytes."""
    has_preview: bool = False


class Files(Protocol):
    """Uploaded files. A file belongs to its uploader until it is attached to an object; from then
    on whoever may do ``action`` to that object may fetch it, asked anew each time (rule 24).
    """

    async def attach(
        self,
        write: WriteUnit,
        actor: Actor,
        files: Sequence[UUID],
        *,
        action: str,
        object_id: UUID,
        part_id: UUID | None = None,
        municipality_id: UUID,
    ) -> None:
        """Give the actor's own unattached files to an object (``part_id``: a message in a thread).

        ``action`` is asked of the part where there is one: it must be about things of its kind.

        Raises `Invalid` when one is not the actor's, is attached already or has expired.
        """
        ...

    async def attached(
        self, unit: ReadUnit, object_id: UUID, parts: Sequence[UUID] | None = None
    ) -> Mapping[UUID, Sequence[StoredFile]]:
        """Return the files of an object by part (by the object's own id where there is no part)."""
        ...

    async def detach(self, write: WriteUnit, object_id: UUID, part_id: UUID | None = None) -> int:
        """Let go of the files of an object or part; they are removed soon after."""
        ...

    async def waiting(
        self, unit: ReadUnit, actor: Actor, files: Sequence[UUID]
    ) -> Sequence[StoredFile]:
        """Return those of these files that the actor has uploaded and not attached yet."""
        ...

    async def store(
        self,
        write: WriteUnit,
        actor: Actor,
        *,
        name: str,
        media_type: str,
        content: bytes,
        municipality_id: UUID,
    ) -> UUID:
        """Keep a file that code made (demo data, exports), as if the actor had uploaded it."""
        ...


class Stamdata(Protocol):
    """Groups that a plugin makes itself, as one delivery each (decision 0016).

    Records refer to what the platform has by the platform's ids: ``GroupRecord.source_id`` is an
    id that the plugin made (``grp_…``), ``org_source_id`` an institution's (``ins_…``),
    ``MembershipRecord.person_source_id`` the profile that becomes a member (``pro_…``): of any
    kind, at any institution of the municipality. A group is always said whole; what ends gets a
    ``valid_to``, at the moment of the unit or later. What another source owns is out of reach.
    """

    async def deliver(
        self,
        write: WriteUnit,
        writer: StamdataWriter,
        municipality_id: UUID,
        records: Sequence[GroupRecord | MembershipRecord],
    ) -> None:
        """Carry out all of the changes, or none, in this transaction; they are audited.

        Raises `Invalid` with a field for each record that cannot be taken.
        """
        ...

    async def preview(
        self,
        write: WriteUnit,
        writer: StamdataWriter,
        municipality_id: UUID,
        records: Sequence[GroupRecord | MembershipRecord],
    ) -> Sequence[PlannedChange]:
        """Return what `deliver` would change, counted by the same comparison; raise as it would."""
        ...


@runtime_checkable  # Litestar asks whether what it injects is one.
class Shell(Protocol, metaclass=Injected):
    """The pages around a plugin's content."""

    async def page(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        title: Text | str,
        status_code: int = 200,
    ) -> Response[Any]:
        """Return a whole page; an HTMX request picks its part of it by ``hx-select``."""
        ...

    async def part(self, template: str, context: Mapping[str, Any] | None = None) -> Response[Any]:
        """Return a fragment without the layout, for HTMX."""
        ...

    def see_other(self, href: str, *, toast: Text | None = None, undo: str = "") -> Response[Any]:
        """Answer a POST: 303 to ``href``, where ``toast`` says what happened.

        ``undo`` is an address of this site to which the toast's button posts, to undo it.
        """
        ...


@runtime_checkable  # Litestar asks whether what it injects is one.
class Platform(Protocol, metaclass=Injected):
    """Everything that services, subscribers, jobs and demo data reach the kernel through.

    In a request it reaches the municipalities to which the actor belongs, like the request's own
    units; of somebody who is not signed in, none. Elsewhere it reaches everywhere.
    """

    @property
    def permissions(self) -> Permissions:
        """The two questions, and why."""
        ...

    @property
    def files(self) -> Files:
        """Uploaded files."""
        ...

    @property
    def stamdata(self) -> Stamdata:
        """The plugin's own groups."""
        ...

    @property
    def health(self) -> "Health":
        """How the installation is, for administrators."""
        ...

    @property
    def imports(self) -> "Imports":
        """What deliveries of stamdata have found and done, for administrators."""
        ...

    @property
    def log_samples(self) -> "LogSamples":
        """Samples of the log, for those who go through them."""
        ...

    @property
    def support(self) -> "Support":
        """What was done by support, for those who review it."""
        ...

    def read(self) -> AbstractAsyncContextManager[ReadUnit]:
        """Open a unit of reads that reaches as far as this platform."""
        ...

    def write(self, actor: Actor | None = None) -> AbstractAsyncContextManager[WriteUnit]:
        """Open a transaction; commits when the block ends without exception.

        It reaches as far as this platform, and no further than the actor where there is one.
        """
        ...

    def within(self, municipalities: Iterable[UUID]) -> "Platform":
        """Return a platform whose units reach only those of these municipalities that this one's
        reach: for a job that goes through the municipalities one by one.
        """
        ...

    def everywhere(self) -> "Platform":
        """Return a platform whose units reach all municipalities.

        For a handler that must find out whom it is asked about before it can be within a wall:
        a calendar's secret address, a machine's token. Go on ``within`` what was found.
        """
        ...

    async def actor_for(self, profile_id: UUID) -> Actor:
        """Return the actor who would act with this profile, for jobs and demo data."""
        ...

    @property
    def choices(self) -> "Choices":
        """Which plugins are on where, and choosing it: for administrators' pages."""
        ...

    @property
    def grants(self) -> "Grants":
        """Roles, grants and why: for administrators' pages and groups' own."""
        ...

    @property
    def moving(self) -> "Moving":
        """What a change of belonging does to what people may, and handing over."""
        ...

    @property
    def retention(self) -> "Retention":
        """How long things are kept, what is frozen, and runs that delete."""
        ...

    def settings_for(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> msgspec.Struct:
        """Return the plugin's settings in this municipality.

        Settings that institutions choose (`SettingsSchema.per_institution`) are asked for with
        the object's institution. Raises `SwitchedOff` (a LookupError, and answered as 404) where
        the plugin is off, be it since a moment ago, or has no settings.
        """
        ...

    def is_active(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> bool:
        """Whether the plugin is on at the object's institution (rule 9).

        Without an institution: whether it is on anywhere in the municipality.
        """
        ...

    def active_municipalities(self, plugin: str) -> Sequence[UUID]:
        """Return the municipalities in which the plugin is on somewhere."""
        ...


__all__ = [
    "Files",
    "Params",
    "Permissions",
    "Platform",
    "ReadUnit",
    "Shell",
    "Stamdata",
    "StoredFile",
    "WriteUnit",
]
