"""The room as the application holds it, and its two addresses (WID-R2, WID-19, R18)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from aula_platform.settings import (
    MunicipalitySettings,
    RegistrySettings,
    Settings,
    SiteSettings,
    WidgetChoice,
)
from aula_platform.web.error_pages import EXCEPTION_HANDLERS
from aula_platform.widgets import WidgetRoom
from aula_platform.widgets.catalogue import store
from aula_platform.widgets.routes import WIDGET_ROUTES
from aula_sdk.manifest import (
    parse_manifest,
    sign_key_list,
    sign_package,
    verify_key_list,
    verify_package,
)
from aula_sdk.people import Actor

World = Any  # See conftest.py, which cannot be imported from.
ID = "fjordvang/ugeplan"


@pytest.fixture
def room(world: World, tmp_path: Path) -> WidgetRoom:
    """A site with two municipalities, one of which has switched the widget on."""
    choice = WidgetChoice(scopes=("children.ids", "children.names"))
    settings = Settings(
        site=SiteSettings(mode="demo", url="http://127.0.0.1:8000", data=str(tmp_path)),
        registry=RegistrySettings(url="https://registry.example", root_key=world.root_key),
        municipalities={
            "nord": MunicipalitySettings(name="Nordby", widgets={ID: choice}),
            "syd": MunicipalitySettings(name="Sydby"),
        },
    )
    key_list = sign_key_list([world.signing.public_key()], world.root, version=1, now=world.now)
    keys = verify_key_list(key_list, world.root_key, now=world.now)
    data = sign_package(parse_manifest(world.plain()), world.signing, now=world.now)
    store(settings.widgets_folder, key_list, keys, verify_package(data, keys, now=world.now))
    return WidgetRoom(settings, {"nord": world.north, "syd": world.south})


@pytest.fixture
def reader(world: World) -> Actor:
    actor: Actor = world.guardian(("Alma", world.north), ("Bo", world.south))
    return actor


@pytest.fixture
def client(room: WidgetRoom, reader: Actor) -> Iterator[TestClient[Litestar]]:
    app = Litestar(
        list(WIDGET_ROUTES),
        dependencies={"actor": Provide(lambda: reader, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.state.widgets = room
    with TestClient(app) as client:
        yield client


def test_a_box_tells_the_vendor_nothing_about_the_reader(room: WidgetRoom, reader: Actor) -> None:
    """WID-R2: the frame's address and context are the same for everybody."""
    (box,) = room.boxes(reader, "overview", "da")
    assert (box.title, box.supplier) == ("Ugeplan", "Fjordvang")
    assert box.src == "https://ugeplan.fjordvang.example/"
    assert set(box.context) == {"placement", "locale", "widget", "version"}
    assert "Alma" not in str(box)
    assert str(reader.account_id) not in str(box)


def test_only_enabled_widgets_are_framed(room: WidgetRoom) -> None:
    """R18: the policy names the origins of widgets that somebody switched on, and no other."""
    assert room.frame_origins() == {"https://ugeplan.fjordvang.example"}


def test_elsewhere_nothing_is_shown(room: WidgetRoom, world: World) -> None:
    """WID-19: a municipality that has not switched it on shows nothing and mints nothing."""
    elsewhere = world.guardian(("Bo", world.south))
    assert room.boxes(elsewhere, "overview", "da") == []
    assert room.verdicts(elsewhere, "overview") == []


def test_a_token_by_post_is_verified_with_the_public_keys(client: TestClient[Litestar]) -> None:
    """WID-R2, R16: by POST, kept by nobody, verified with what the well-known address holds."""
    answer = client.post(f"/widgets/{ID}/token")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    keys = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").json())
    key = keys[jwt.get_unverified_header(answer.json()["token"])["kid"]]
    claims = jwt.decode(answer.json()["token"], key, audience=ID, issuer="http://127.0.0.1:8000")
    assert [child["name"] for child in claims["children"]] == ["Alma"]
    assert datetime.fromisoformat(answer.json()["expires_at"]).timestamp() == claims["exp"]
    by_get = client.get(f"/widgets/{ID}/token", headers={"Accept": "application/json"})
    assert by_get.status_code == 405


def test_no_token_for_another_widget(client: TestClient[Litestar]) -> None:
    """WID-19: 403 with a code, whether or not there is such a widget."""
    answer = client.post("/widgets/fjordvang/other/token", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert "token" not in answer.json()


def test_each_address_names_its_permission() -> None:
    """Handlers name their permission: one is public with a reason, the other needs the platform."""
    public, needed = WIDGET_ROUTES
    assert public.opt["public"]
    assert needed.opt["permission"] == "shell.use"
