"""The file routes in a small application, with one kind of thing that files can belong to."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.types import ASGIApp, Receive, Scope, Send
from PIL import Image

from aula_platform import files
from aula_platform import storage as storage_room
from aula_platform.files.blobs import BlobStore
from aula_platform.files.image_process import ImageProcess
from aula_platform.files.intake import Intake, NewFile
from aula_platform.files.service import FileService
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.checks import PermissionChecks
from aula_platform.permissions.granting.service import GrantDesk
from aula_platform.permissions.moving.desk import MovingDesk
from aula_platform.permissions.rights import Rights
from aula_platform.permissions.support.reviewing import SupportDesk
from aula_platform.plugin_host import Activation, Host
from aula_platform.plugin_host.choices.service import PluginChoices
from aula_platform.plugin_host.health import HealthCheck
from aula_platform.plugin_host.stamdata import PluginStamdata
from aula_platform.privacy.retention.desk import RetentionDesk
from aula_platform.sampling.service import SampleDesk
from aula_platform.settings import FileSettings, Settings
from aula_platform.stamdata.importing.reading import ImportReports
from aula_platform.storage import EVERYWHERE, Read, Storage, Wall, Write, around
from aula_platform.web.authentication import READ_UNIT
from aula_platform.web.dependencies import DEPENDENCIES
from aula_platform.web.file_routes import FILE_ROUTES
from aula_platform.web.problems import json_answer, problem_of
from aula_sdk import ids
from aula_sdk.db import Id, plugin_metadata, plugin_table
from aula_sdk.i18n import Text
from aula_sdk.ids import IdKind, new_id
from aula_sdk.operations import Choices
from aula_sdk.people import Actor, ActorProfile, Holding, Kind
from aula_sdk.permissions import Action, Relation, Resource
from aula_sdk.protocols import Permissions
from tests.databases import KINDS, open_database

metadata = plugin_metadata("probe")
thing = plugin_table(
    metadata, "probe_thing", sa.Column("id", Id, primary_key=True), sa.Column("owner_id", Id)
)
OWNED = Resource(
    "probe.thing",
    IdKind("thi"),
    Text("sdk", "thing"),
    thing,
    (Relation("owner", Text("sdk", "owns it"), lambda me: thing.c.owner_id.in_(me.profiles)),),
)
SEE = Action("probe.see", Text("sdk", "See"), resource="probe.thing")
MAX_BYTES = 300_000


def make_actor(municipality: UUID) -> Actor:
    """Return a guardian who may see the things that are the guardian's own."""
    profile = ActorProfile(new_id(), new_id(), new_id(), municipality, Kind.GUARDIAN, "A", "B")
    held = Holding("owner", (profile.id,), (profile.institution_id,), (municipality,))
    return Actor(
        account_id=new_id(),
        role=Kind.GUARDIAN,
        name="A",
        profiles=(profile,),
        children=(),
        holdings={"probe.see": (held,)},
    )


class Signed:
    """Signs in whoever the header names, as `Authenticate` does by the cookie."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        who = self.site.actors.get(headers.get(b"x-actor", b"").decode())
        async with self.site.storage.read(around(who.municipalities if who else ())) as unit:
            scope["user"] = who
            scope.setdefault("state", {})[READ_UNIT] = unit
            await self.app(scope, receive, send)


@dataclass
class Taken:
    """What is kept of a file, seen in the store's folder."""

    way: Intake
    folder: Path

    async def take(self, name: str, content: bytes) -> NewFile:
        return await self.way.take(name, BytesIO(content))

    def blobs(self) -> int:
        """How many blobs lie in the store."""
        return sum(path.is_file() for path in self.folder.rglob("*"))

    def kept(self, new: NewFile, size: str = "") -> bytes:
        name = f"{new.id.hex}{'.' if size else ''}{size}"
        return (self.folder / new.id.hex[-2:] / name).read_bytes()


@dataclass
class Site:
    """The platform as the routes see it, and a browser for each actor."""

    storage: Storage
    folder: Path
    permissions: PermissionChecks
    files: FileService
    municipality: UUID = field(default_factory=new_id)
    actors: dict[str, Actor] = field(default_factory=dict)
    client: httpx.AsyncClient = field(init=False)
    wall: Wall = EVERYWHERE
    reader: Actor | None = None

    def read(self) -> AbstractAsyncContextManager[Read]:
        return self.storage.read(self.wall, self.reader)

    def write(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Write]:
        return self.storage.write(self.wall, actor)

    def within(self, municipalities: Iterable[UUID]) -> Site:
        bound = copy.copy(self)
        bound.wall = self.wall.narrowed(municipalities)
        return bound

    def read_by(self, actor: Actor | None) -> Site:
        bound = copy.copy(self)
        bound.reader = actor
        return bound

    def everywhere(self) -> Site:
        return self

    async def actor_for(self, profile_id: UUID) -> Actor:
        found = (who for who in self.actors.values() if who.profiles[0].id == profile_id)
        return next(found)

    @property
    def stamdata(self) -> PluginStamdata:
        host = Host()
        return PluginStamdata(host, Activation(host, Settings(), {}))

    @property
    def imports(self) -> ImportReports:
        return ImportReports(cast(Permissions, self.permissions))

    @property
    def actor_loader(self) -> ActorLoader:
        activation = Activation(Host(), Settings(), {})
        return ActorLoader(self.permissions.catalogue, activation)

    @property
    def grants(self) -> GrantDesk:
        # Files decide no rights: it is here because a platform has it.
        rights = cast(Rights, self.permissions)
        return GrantDesk(self.storage, rights, self.actor_loader, {}, self.is_active, {})

    @property
    def log_samples(self) -> SampleDesk:
        return SampleDesk(self.storage, cast(Rights, self.permissions))

    @property
    def retention(self) -> RetentionDesk:
        rights = cast(Permissions, self.permissions)
        return RetentionDesk(rights, {}, {}, is_sqlite=self.storage.is_sqlite)

    @property
    def support(self) -> SupportDesk:
        return SupportDesk(self.permissions, self.actor_loader, 8)

    @property
    def moving(self) -> MovingDesk:
        rights = cast(Rights, self.permissions)
        return MovingDesk(self.storage, rights, self.actor_loader, self.grants)

    @property
    def health(self) -> HealthCheck:
        async def find_behind() -> list[str]:
            return []

        return HealthCheck(
            Host(), self.storage, find_behind=find_behind, reach_files=self.files.blobs.reach
        )

    @property
    def choices(self) -> Choices:
        host = Host()
        rights = cast(Permissions, self.permissions)
        return PluginChoices(host, Activation(host, Settings(), {}), rights, {})

    def settings_for(
        self, _plugin: str, _municipality_id: UUID, _institution_id: UUID | None = None
    ) -> FileSettings:
        return self.files.settings

    def is_active(
        self, _plugin: str, municipality_id: UUID, _institution_id: UUID | None = None
    ) -> bool:
        return municipality_id in self.active_municipalities("")

    def active_municipalities(self, _plugin: str) -> Sequence[UUID]:
        return [self.municipality]

    def blobs(self) -> int:
        """How many blobs lie in the store."""
        return sum(path.is_file() for path in self.folder.rglob("*"))

    async def upload(self, who: str, name: str, content: bytes, **headers: str) -> Any:
        return await self.client.post(
            "/api/v1/files",
            files={"file": (name, content, "application/octet-stream")},
            headers={"x-actor": who, **headers},
        )

    async def get(self, who: str, href: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(href, headers={"x-actor": who, **named})

    async def make_thing(self, who: str) -> UUID:
        made = new_id()
        owner = self.actors[who].profiles[0]
        async with self.storage.write(EVERYWHERE) as write:
            row = {"id": made, "owner_id": owner.id, "municipality_id": owner.municipality_id}
            await write.execute(sa.insert(thing), row)
        return made

    async def attach(self, who: str, file_id: str, object_id: UUID, **more: Any) -> None:
        actor = self.actors[who]
        async with self.storage.write(EVERYWHERE, actor) as write:
            await self.files.attach(
                write,
                actor,
                [ids.FILE.parse(file_id)],
                action="probe.see",
                object_id=object_id,
                municipality_id=self.municipality,
                **more,
            )


def picture(
    image_format: str = "JPEG", size: tuple[int, int] = (640, 480), **options: Any
) -> bytes:
    """Return an image whose left half is red and right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def images() -> Iterator[ImageProcess]:
    """One process beside this one for all tests: starting it takes longer than they do."""
    process = ImageProcess()
    yield process
    process.close()


@pytest.fixture
def intake(tmp_path: Path, images: ImageProcess) -> Taken:
    """The way into a folder, without a database."""
    folder = tmp_path / "blobs"
    way = Intake(BlobStore(f"file://{folder}"), MAX_BYTES)
    way._images = images
    return Taken(way, folder)


@asynccontextmanager
async def _open_site(storage: Storage, folder: Path, images: ImageProcess) -> AsyncIterator[Site]:
    catalogue = Catalogue()
    catalogue.add("probe", [SEE, OWNED])
    checks = PermissionChecks(catalogue)
    settings = FileSettings(max_bytes=MAX_BYTES, max_per_upload=3)
    service = FileService(f"file://{folder}", checks, settings)  # type: ignore[arg-type]  # explain() is not asked.
    service.intake._images = images
    site = Site(storage, folder, checks, service)
    site.actors = {name: make_actor(site.municipality) for name in ("anna", "bo")}
    app = Litestar(
        route_handlers=FILE_ROUTES,
        dependencies=DEPENDENCIES,
        middleware=[lambda app: Signed(app, site)],
        exception_handlers={
            Exception: lambda request, error: json_answer(request, problem_of(error))
        },
        request_max_body_size=4 * MAX_BYTES,
        logging_config=None,
        openapi_config=None,
    )
    app.state.platform = site
    app.state.storage = storage
    transport = httpx.ASGITransport(cast(Any, app))
    async with httpx.AsyncClient(transport=transport, base_url="http://aula.test") as site.client:
        yield site


@pytest.fixture(params=KINDS)
async def site(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str, images: ImageProcess
) -> AsyncIterator[Site]:
    owners = [storage_room.OWNER, files.OWNER]
    async with open_database(request.param, tmp_path, owners) as storage:
        async with storage.engines.writing.begin() as connection:
            await connection.run_sync(metadata.create_all)
        async with _open_site(storage, tmp_path / "blobs", images) as opened:
            yield opened


@pytest.fixture(scope="session")
def make_picture() -> Any:
    return picture
