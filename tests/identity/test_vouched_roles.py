"""Roles that come with a log-in (OIOSAML Basic Privilege Profile), and go with the next one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import httpx2
import msgspec
import pytest
import sqlalchemy as sa
from time_machine import TimeMachineFixture

from aula_platform.audit.tables import entry, subject
from aula_platform.identity.broker_settings import WrongBrokerSettings
from aula_platform.identity.epochs import read_epochs
from aula_platform.identity.sessions import SessionRow, load_session
from aula_platform.kernel import forget_snapshots
from aula_platform.permissions.tables import holder
from aula_platform.permissions.vouched_roles import VouchedRoles
from aula_platform.settings import (
    BrokerSettings,
    LoginSettings,
    MunicipalitySettings,
    Settings,
    SiteSettings,
)
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.db import utc_now
from aula_sdk.grants import GRANT
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import INSTITUTION_ADMIN
from plugins.saml.tests.test_privileges import ADMIN, PRIVILEGES, encode, group, listed
from tests.identity.saml_person import Person, run_provider
from tests.identity.site import Browser, Town, make_app

URL = "https://aula.example.dk"
COOKIE = "__Host-aula_session"
HERE, THERE = (f"urn:dk:gov:saml:cvrNumberIdentifier:{cvr}" for cvr in ("11111111", "22222222"))
pytestmark = pytest.mark.xdist_group("saml_provider")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the broker's settings say of the provider, which runs."""
    with run_provider(tmp_path_factory.mktemp("bpp"), f"{URL}/sign-in/test/answer") as known:
        yield known


def _settings(settings: dict[str, Any], **broker: Any) -> Settings:
    values = {
        "protocol": "saml",
        "issuer": "https://idp.example",
        "client_id": f"{URL}/saml",
        "title": "SAML",
        "privileges": {ADMIN: INSTITUTION_ADMIN},
        "settings": settings,
        **broker,
    }
    return Settings(
        site=SiteSettings(mode="demo", url=URL),
        login=LoginSettings(brokers={"test": BrokerSettings(**values)}),
        municipalities={
            "Skovby": MunicipalitySettings(name="Skovby", cvr="11111111"),
            "Bakkeby": MunicipalitySettings(name="Bakkeby", cvr="22222222"),
        },
    )


class Employee:
    """An employee of two municipalities, at the site and at the provider."""

    def __init__(self, app: Any, client: httpx2.AsyncClient, storage: Storage) -> None:
        self.app, self.storage = app, storage
        self.person = Person(Browser(client))

    async def sign_in(self, *groups: str) -> Actor:
        """Log in with these privileges; return as whom one acts."""
        address = await self.person.browser.go_to_broker("/who")
        value = {PRIVILEGES: encode(listed(*groups))} if groups else {}
        form = await self.person.answer(address, "Low", **value)
        assert (await self.person.send(form)).headers["location"] == "/who"
        return await self.actor()

    async def actor(self, **changes: Any) -> Actor:
        """Return as whom the session acts, were it changed so."""
        cookie = self.person.browser.client.cookies[COOKIE]
        async with self.storage.read(EVERYWHERE) as read:
            session = await load_session(read, cookie)
            assert isinstance(session, SessionRow)
            changed = msgspec.structs.replace(session, **changes)
            actor = await self.app.state.actors.for_session(read, changed)
        assert actor is not None
        return cast(Actor, actor)


@pytest.fixture
async def employee(storage: Storage, town: Town, own: dict[str, Any]) -> AsyncIterator[Employee]:
    for place, key in (("Skovskolen", "Skovby"), ("Bakkeskolen", "Bakkeby")):
        await town.add("ulla0001", Kind.EMPLOYEE, place, key)
    # What the kernel makes of each audit is part of what a log-in costs everybody.
    storage.recorders.append(forget_snapshots)
    app = make_app(storage, _settings(own, acr={"Low": "low"}))
    transport = httpx2.ASGITransport(cast(Any, app))
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        yield Employee(app, client, storage)


async def _rows(storage: Storage, statement: sa.Select[Any]) -> list[Any]:
    async with storage.read(EVERYWHERE) as read:
        return list(await read.rows(statement))


def _where(actor: Actor) -> set[UUID]:
    """Return where the actor may do what administrators of institutions may."""
    held = actor.holdings.get(GRANT, ())
    return {municipality for holding in held for municipality in holding.municipalities}


async def test_a_privilege_gives_its_role_where_it_is_of(employee: Employee, town: Town) -> None:
    """In the municipality of its CVR number, and in no other in which the person is somebody."""
    assert _where(await employee.sign_in()) == set()
    assert _where(await employee.sign_in(group(HERE, ADMIN))) == {town.known["Skovby"]}
    assert _where(await employee.sign_in(group(THERE, ADMIN))) == {town.known["Bakkeby"]}
    both = await employee.sign_in(group(HERE, ADMIN, "urn:unknown"), group(THERE, ADMIN))
    assert _where(both) == set(town.known.values())


@pytest.mark.parametrize(
    "said",
    [
        group("urn:dk:gov:saml:cvrNumberIdentifier:99999999", ADMIN),
        group("urn:dk:gov:saml:productionUnitIdentifier:1111111111", ADMIN),
        group(HERE + "0", ADMIN),
        group(HERE, ADMIN + "/2"),
        "<PrivilegeGroup><Privilege>" + ADMIN + "</Privilege></PrivilegeGroup>",
    ],
    ids=["other CVR", "other kind", "longer", "other privilege", "no scope"],
)
async def test_what_is_of_others_gives_nothing(
    employee: Employee, storage: Storage, said: str
) -> None:
    """The person is let in all the same, with what the stamdata says."""
    assert _where(await employee.sign_in(said)) == set()
    assert await _rows(storage, sa.select(holder)) == []


async def test_a_later_log_in_without_it_takes_it_away(
    employee: Employee, storage: Storage, town: Town
) -> None:
    """R7: by the next request, in every session; the audit has both, about the person."""
    await employee.sign_in(group(HERE, ADMIN))
    first = employee.person.browser.client.cookies[COOKIE]
    assert _where(await employee.sign_in(group(HERE, ADMIN))) == {town.known["Skovby"]}
    (row,) = await _rows(storage, sa.select(holder))
    assert (row.broker, row.granted_by) == ("test", None)
    assert row.valid_to - row.valid_from >= timedelta(hours=10)
    assert first != employee.person.browser.client.cookies[COOKIE]
    assert _where(await employee.sign_in()) == set()
    noted = sa.select(entry).where(entry.c.kind == "grant").order_by(entry.c.id)
    entries = await _rows(storage, noted)
    assert [one.action for one in entries] == ["permissions.role_vouched", "permissions.role_ended"]
    assert {one.municipality_id for one in entries} == {town.known["Skovby"]}
    assert entries[0].details == {"role": INSTITUTION_ADMIN, "broker": "test"}
    about = await _rows(storage, sa.select(subject.c.profile_id))
    assert {one.profile_id for one in about} == {row.profile_id}


async def test_a_morning_of_log_ins_lets_nobodys_snapshot_go_stale(
    employee: Employee, storage: Storage, town: Town
) -> None:
    """R21: what a log-in brings is in its session at once, and moves the epoch for nobody; what
    ends before its time moves it.
    """
    async with storage.read(EVERYWHERE) as read:
        before = (await read_epochs(read)).rights
    assert _where(await employee.sign_in()) == set()
    assert _where(await employee.sign_in(group(HERE, ADMIN))) == {town.known["Skovby"]}
    assert _where(await employee.sign_in(group(HERE, ADMIN))) == {town.known["Skovby"]}
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(holder).values(valid_to=write.now))
    assert _where(await employee.sign_in(group(HERE, ADMIN))) == {town.known["Skovby"]}
    async with storage.read(EVERYWHERE) as read:
        assert (await read_epochs(read)).rights == before
    assert _where(await employee.sign_in()) == set()
    async with storage.read(EVERYWHERE) as read:
        assert (await read_epochs(read)).rights > before


async def test_another_session_of_the_account_has_it_soon(
    employee: Employee, town: Town, time_machine: TimeMachineFixture
) -> None:
    """A session that began before has its actor no longer than half a minute."""
    assert _where(await employee.sign_in()) == set()
    cookie = employee.person.browser.client.cookies[COOKIE]
    employee.person.browser.client.cookies.clear()
    assert _where(await employee.sign_in(group(HERE, ADMIN))) == {town.known["Skovby"]}
    employee.person.browser.client.cookies.clear()
    employee.person.browser.client.cookies.set(COOKIE, cookie)
    time_machine.move_to(utc_now() + timedelta(seconds=31))
    assert _where(await employee.actor()) == {town.known["Skovby"]}


async def test_it_counts_in_sessions_of_its_broker_and_ends_with_them(
    employee: Employee, storage: Storage
) -> None:
    """Who comes in another way has not shown it; who never comes again has it no longer."""
    await employee.sign_in(group(HERE, ADMIN))
    assert _where(await employee.actor())
    assert _where(await employee.actor(broker="another")) == set()
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(holder).values(valid_to=write.now))
    assert _where(await employee.actor(rights_epoch=-1)) == set()


async def test_a_municipalitys_own_broker_gives_nothing_elsewhere(
    storage: Storage, town: Town, own: dict[str, Any]
) -> None:
    """The wall, whatever CVR number its privileges name."""
    for place, key in (("Skovskolen", "Skovby"), ("Bakkeskolen", "Bakkeby")):
        await town.add("ulla0001", Kind.EMPLOYEE, place, key)
    settings = _settings(own, municipalities=("Skovby",))
    app = make_app(storage, settings, town.places_of(settings))
    transport = httpx2.ASGITransport(cast(Any, app))
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as client:
        employee = Employee(app, client, storage)
        await employee.sign_in(group(THERE, ADMIN))
    assert await _rows(storage, sa.select(holder)) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"privileges": {"urn:x": "institution_admn"}}, "expected one of institution_admin,"),
        ({"privileges": {"urn:x": "employee"}}, "expected one of"),
        ({"municipalities": ("Uden",)}, "no municipality of the broker has a cvr"),
    ],
)
def test_a_table_that_cannot_work_stops_the_start(changes: dict[str, Any], says: str) -> None:
    """Nobody becomes a guardian or an employee by a privilege: that is the stamdata's."""
    settings = _settings({}, **changes)
    places = {**settings.municipalities, "Uden": MunicipalitySettings(name="Uden")}
    with pytest.raises(WrongBrokerSettings, match=says):
        VouchedRoles(msgspec.structs.replace(settings, municipalities=places))
