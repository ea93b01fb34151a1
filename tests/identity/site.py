"""The part of the application that signing in needs, put together from its real pieces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import sqlalchemy as sa
from litestar import Litestar, Request, Response, get, post, route
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware

from aula_platform import web
from aula_platform.identity.brokers import make_brokers
from aula_platform.identity.csrf import CsrfProtection
from aula_platform.identity.desk import LoginDesk
from aula_platform.identity.sessions import csrf_token
from aula_platform.kernel import make_catalogue
from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.vouched_roles import VouchedRoles, list_vouching
from aula_platform.plugin_host import Host
from aula_platform.plugin_host.platform import HostedPlatform
from aula_platform.settings import BrokerSettings, LoginSettings, Settings, SiteSettings
from aula_platform.stamdata import tables
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.web.authentication import Authenticate
from aula_platform.web.broker_doors import broker_router
from aula_platform.web.dependencies import DEPENDENCIES
from aula_platform.web.error_pages import answer_problem
from aula_platform.web.guards import guard_route
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_platform.web.pace import Pace
from aula_platform.web.problems import json_answer, problem_of
from aula_platform.web.sign_in import sign_in_router
from aula_platform.web.step_up import step_up_router
from aula_platform.web.templates import make_environment
from aula_platform.web.typed_forms import keep_what_was_typed
from aula_plugins.saml.hooks import aula_login_protocols
from aula_sdk.contributions import needs, public
from aula_sdk.db import utc_now
from aula_sdk.errors import Problem
from aula_sdk.ids import new_id
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit
from tests.identity.provider import Provider

SUBSTANTIAL = "https://data.gov.dk/concept/core/nsis/Substantial"
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


class AllOn:
    """An activation in which everything is on."""

    generation = 0

    def is_active(
        self, _plugin: str, _municipality_id: UUID, _institution_id: UUID | None = None
    ) -> bool:
        return True

    async def refresh(self, _read: ReadUnit, _epoch: int) -> None:
        """Nothing was chosen."""


@get("/who", opt=public("test"))
async def who(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Say as whom the request acts."""
    actor, session = request.scope.get("user"), request.scope.get("auth")
    return {
        "role": actor and actor.role,
        "profiles": actor and sorted(profile.kind for profile in actor.profiles),
        "places": actor and sorted(profile.institution_name for profile in actor.profiles),
        "assurance": session and session.assurance,
        "csrf": session and csrf_token(session),
    }


@route(
    "/change", http_method=["POST", "PUT", "PATCH", "DELETE"], opt=public("test"), status_code=201
)
async def change(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Do something; say which fields of a form arrived."""
    is_json = request.content_type[0] == "application/json"
    return {"fields": [] if is_json else sorted((await request.form()).keys())}


@get(["/secret", "/api/v1/secret"], opt=needs("shell.use", step_up=True))
async def read_secret() -> str:
    """Tell what is sensitive."""
    return "the secret"


@post("/secret", opt=needs("shell.use", step_up=True))
async def write_secret(request: Request[Any, Any, Any]) -> list[list[str]]:
    """Say what arrived."""
    return [[name, str(value)] for name, value in (await request.form()).multi_items()]


SENSITIVE = [read_secret, write_secret]


def refuse(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer with the problem's document, browsers as the site does; a fault of ours fails."""
    if not isinstance(error, Problem | HTTPException):
        raise error
    if "text/html" in request.headers.get("accept", ""):
        return answer_problem(request, error)
    return json_answer(request, problem_of(error))


def make_settings(provider: Provider, secret_file: Path, *, url: str, **broker: Any) -> Settings:
    values: dict[str, Any] = {
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "client_secret_file": str(secret_file),
        "title": "Test log-in",
        "acr": {SUBSTANTIAL: "substantial"},
        **broker,
    }
    return Settings(
        site=SiteSettings(mode="demo", url=url),
        login=LoginSettings(brokers={"test": BrokerSettings(**values)}),
    )


def make_app(
    storage: Storage, settings: Settings, places: Mapping[str, frozenset[UUID]] | None = None
) -> Litestar:
    brokers = make_brokers(settings, aula_login_protocols())
    desk = LoginDesk(storage, LOGIN_PEOPLE, brokers, settings, VouchedRoles(settings).give)
    app = Litestar(
        [sign_in_router(), broker_router(), step_up_router(), who, change, *SENSITIVE],
        dependencies=DEPENDENCIES,
        exception_handlers={Exception: refuse},
        after_exception=[keep_what_was_typed],
        guards=[guard_route],
        middleware=[
            DefineMiddleware(Authenticate),
            CsrfProtection(settings.site.url),
        ],
        logging_config=None,
        openapi_config=None,
    )
    folder = Path(web.__file__).parent / "templates" / "aula"
    app.state.update(
        settings=settings,
        storage=storage,
        desk=desk,
        pace=Pace(settings.login.per_minute),
        host=Host(),
        # Is handed out; only the navigation of who is signed in asks it for anything.
        platform=HostedPlatform(storage, *[cast("Any", None)] * 13),
        activation=(activation := AllOn()),
        actors=ActorLoader(
            make_catalogue(Host()),
            activation,
            settings.login.step_up,
            places,
            list_vouching(settings),
        ),
        environment=make_environment({"aula": folder}),
    )
    return app


class SiteTransport(httpx2.ASGITransport):
    """The way to a site that is not started; whoever closes it ends what its brokers keep open."""

    def __init__(self, app: Litestar) -> None:
        super().__init__(cast("Any", app))
        self._desk: LoginDesk = app.state.desk

    async def aclose(self) -> None:
        """Close the brokers' connections; another browser's log-in opens others."""
        await self._desk.close()


@dataclass
class Browser:
    """A browser that follows the broker's redirects by itself, and ours when told to."""

    client: httpx2.AsyncClient

    async def go_to_broker(self, path: str = "/") -> str:
        """Press the button; return the address at the broker."""
        answer = await self.client.get("/sign-in/test", params={"next": path})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def step_up(self, path: str) -> httpx2.Response:
        """Prove more, all the way; return the answer to the callback."""
        answer = await self.client.get("/step-up", params={"next": path})
        assert answer.status_code == 303, answer.text
        return await self.client.get(await self.log_in_at(str(answer.headers["location"])))

    async def log_in_at(self, address: str) -> str:
        """Let the person log in; return the path to which the broker sends the browser."""
        async with httpx2.AsyncClient() as outside:
            answer = await outside.get(address)
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    async def sign_in(self, path: str = "/") -> httpx2.Response:
        """Sign in all the way; return the answer to the callback."""
        return await self.client.get(await self.log_in_at(await self.go_to_broker(path)))

    def come_with(self, name: str, value: str) -> None:
        """Have this cookie and no other, as one who has copied it."""
        self.client.cookies.clear()
        self.client.cookies.set(name, value)

    async def who(self) -> dict[str, Any]:
        """Return as whom the site sees this browser."""
        found: dict[str, Any] = (await self.client.get("/who")).json()
        return found

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form with the token of this session."""
        token = (await self.who())["csrf"] or ""
        return await self.client.post(path, data={"_csrf_token": token, **fields})


@dataclass
class Town:
    """Stamdata of a test: people are added by UNI-ID, kind and institution."""

    storage: Storage
    known: dict[str, UUID] = field(default_factory=dict)
    """The municipalities' ids by key."""

    def places_of(self, settings: Settings) -> dict[str, frozenset[UUID]]:
        """Return the municipalities of those brokers that are for some alone."""
        return {
            name: frozenset(self.known[key] for key in broker.municipalities if key in self.known)
            for name, broker in settings.login.brokers.items()
            if broker.municipalities
        }

    async def add(
        self,
        uniid: str,
        kind: Kind,
        place: str = "Skovskolen",
        town: str = "Skovby",
        *,
        begins: timedelta | None = None,
        ends: timedelta | None = None,
        born: date | None = None,
    ) -> UUID:
        """Give a person a profile; return the person's id."""
        validity = {
            "valid_from": LONG_AGO if begins is None else utc_now() + begins,
            "valid_to": None if ends is None else utc_now() + ends,
        }
        async with self.storage.write(EVERYWHERE) as write:
            municipality = await self._municipality(write, town)
            common = {"municipality_id": municipality, "source": "test", **validity}
            institution, person = (
                new_id(),
                await write.scalar(
                    sa.select(tables.person.c.id).where(
                        tables.person.c.uniid == uniid,
                        tables.person.c.municipality_id == municipality,
                    )
                ),
            )
            await write.execute(
                sa.insert(tables.institution).values(
                    **{**common, "valid_from": LONG_AGO, "valid_to": None},
                    id=institution,
                    source_id=str(institution),
                    kind="school",
                    name=place,
                    sort_key=place,
                )
            )
            if person is None:
                person = new_id()
                await write.execute(
                    sa.insert(tables.person).values(
                        **{**common, "valid_from": LONG_AGO, "valid_to": None},
                        id=person,
                        source_id=uniid,
                        uniid=uniid,
                        birth_date=born,
                        name="Test",
                        sort_key="test",
                        search_key="test",
                    )
                )
            await write.execute(
                sa.insert(tables.profile).values(
                    **common, id=new_id(), person_id=person, institution_id=institution, kind=kind
                )
            )
        return UUID(str(person))

    async def _municipality(self, write: Any, town: str) -> UUID:
        table = tables.municipality
        found = await write.scalar(sa.select(table.c.id).where(table.c.key == town))
        if found is None:
            found = new_id()
            await write.execute(sa.insert(table).values(id=found, key=town, name=town))
        self.known[town] = UUID(str(found))
        return self.known[town]
