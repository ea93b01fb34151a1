"""Signing in by SAML at the site: the form that comes back brings no cookie, and counts once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import httpx2
import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.identity.broker_settings import WrongBrokerSettings
from aula_platform.identity.brokers import make_brokers
from aula_platform.identity.login_rate import BURST, SECONDS_EACH
from aula_platform.identity.refusals import REFUSED
from aula_platform.identity.tables import broker_answer, login_rate
from aula_platform.settings import BrokerSettings, LoginSettings, Settings, SiteSettings
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage
from aula_plugins.saml.hooks import aula_login_protocols
from aula_sdk.login import LONGEST_ANSWER
from aula_sdk.people import Kind
from tests.identity.saml_person import CROSS_SITE, Person, run_provider
from tests.identity.site import Browser, Town, make_app

URL = "https://aula.example.dk"
HTML = {"accept": "text/html"}
pytestmark = pytest.mark.xdist_group("saml_provider")


def _broker(**values: Any) -> BrokerSettings:
    return BrokerSettings(
        protocol="saml",
        issuer="https://idp.example",
        client_id=f"{URL}/saml",
        title="SAML",
        acr={"Low": "low", "Substantial": "substantial"},
        **values,
    )


def _settings(broker: BrokerSettings) -> Settings:
    return Settings(
        site=SiteSettings(mode="demo", url=URL), login=LoginSettings(brokers={"test": broker})
    )


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the broker's settings say of the provider, which runs."""
    with run_provider(tmp_path_factory.mktemp("saml"), f"{URL}/sign-in/test/answer") as known:
        yield known


@pytest.fixture
async def person(storage: Storage, town: Town, own: dict[str, Any]) -> AsyncIterator[Person]:
    """Somebody known, who has not signed in."""
    await town.add("ulla0001", Kind.GUARDIAN)
    app = make_app(storage, _settings(_broker(settings=own)))
    transport = httpx2.ASGITransport(cast(Any, app))
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        yield Person(Browser(client))


async def test_in_and_up_and_only_once(person: Person) -> None:
    """From the button to the page, a second factor in place, and nothing by the same form again."""
    browser = person.browser
    form = await person.answer(await browser.go_to_broker("/who"), "Low")
    assert (await person.send(form)).headers["location"] == "/who"
    seen = await browser.who()
    assert (seen["role"], seen["assurance"]) == ("guardian", 1)
    assert (await person.send(form)).status_code == 400
    assert (await browser.client.get("/secret", headers=HTML)).status_code == 401
    begun = await browser.client.get("/step-up", params={"next": "/secret"})
    form = await person.answer(begun.headers["location"], "Substantial")
    assert (await person.send(form)).headers["location"] == "/secret"
    assert (await browser.client.get("/secret", headers=HTML)).text == "the secret"


async def test_the_form_is_for_the_browser_that_began(person: Person) -> None:
    """Else somebody could sign one in as them: the log-in's cookie is asked for on the way on."""
    browser = person.browser
    form = await person.answer(await browser.go_to_broker("/"), "Low")
    browser.client.cookies.clear()
    assert (await person.send(form)).status_code == 400
    assert (await browser.who())["role"] is None


async def _kept(storage: Storage) -> list[Any]:
    async with storage.read(GLOBAL) as read:
        return list(await read.rows(sa.select(broker_answer)))


async def _use_up_turns(storage: Storage) -> None:
    async with storage.write(GLOBAL) as write:
        full = write.now.timestamp() + SECONDS_EACH * BURST
        await write.execute(sa.update(login_rate).values(paid_until=full))


async def test_what_anybody_can_send_is_counted_and_goes(person: Person, storage: Storage) -> None:
    """Forms come without a cookie: so they are few from one address, short, and soon gone."""
    path, form, client = "/sign-in/test/answer", {"SAMLResponse": "x"}, person.browser.client
    assert (await client.post(path, data=form, headers=CROSS_SITE)).status_code == 303
    (first,) = await _kept(storage)
    long = {"SAMLResponse": "x" * LONGEST_ANSWER}
    assert (await client.post(path, data=long, headers=CROSS_SITE)).status_code == 413
    async with storage.write(GLOBAL) as write:
        await write.execute(sa.update(broker_answer).values(expires_at=write.now))
    assert (await client.post(path, data=form, headers=CROSS_SITE)).status_code == 303
    (second,) = await _kept(storage)
    assert second.key != first.key
    await _use_up_turns(storage)
    refused = await client.post(path, data=form, headers=CROSS_SITE)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert await _kept(storage) == [second]


async def test_a_flood_at_a_municipalitys_own_broker_is_its_own(
    storage: Storage, town: Town, own: dict[str, Any]
) -> None:
    """The wall (decision 0042): no other municipality's audit tells of it."""
    await town.add("ulla0001", Kind.EMPLOYEE)
    await town.add("bo000001", Kind.EMPLOYEE, "Bakkeskolen", "Bakkeby")
    app = make_app(storage, _settings(_broker(settings=own, municipalities=("Skovby",))))
    transport = httpx2.ASGITransport(cast(Any, app))
    path, form = "/sign-in/test/answer", {"SAMLResponse": "x"}
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        assert (await client.post(path, data=form, headers=CROSS_SITE)).status_code == 303
        await _use_up_turns(storage)
        assert (await client.post(path, data=form, headers=CROSS_SITE)).status_code == 429
    async with storage.read(EVERYWHERE) as read:
        rows = await read.rows(sa.select(entry).where(entry.c.action == REFUSED))
    assert [(row.municipality_id, row.details["reason"]) for row in rows] == [
        (town.known["Skovby"], "too-many")
    ]


async def test_our_metadata_is_there_for_anybody(
    person: Person, open_browser: Callable[..., Browser]
) -> None:
    """The provider is told of us by an address; a broker that uses none has no such page."""
    found = await person.browser.client.get("/sign-in/test/metadata")
    assert found.status_code == 200
    assert found.headers["content-type"].startswith("application/samlmetadata+xml")
    assert f'Location="{URL}/sign-in/test/answer"' in found.text
    for path in ("/sign-in/nobody/metadata", "/sign-in/test/metadata"):
        assert (await open_browser().client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("broker", "key"),
    [
        (_broker(settings={}), "settings"),
        (_broker(settings={"sso_url": "x", "made_up": 1}), "settings"),
    ],
)
def test_wrong_settings_stop_the_start(broker: BrokerSettings, key: str) -> None:
    """The operator hears of it at the start, by the name of the key."""
    with pytest.raises(WrongBrokerSettings, match=f"login.brokers.test.{key}"):
        make_brokers(_settings(broker), aula_login_protocols())


def test_a_protocol_that_nobody_brings_stops_the_start() -> None:
    with pytest.raises(WrongBrokerSettings, match="no installed plugin speaks 'saml'"):
        make_brokers(_settings(_broker()))
