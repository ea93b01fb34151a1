"""The whole site beside plugins that are broken in every way at once."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from aula_platform.plugin_host import Host, start_host
from aula_platform.plugin_host.discovery import Installed, installed_plugins
from aula_platform.settings import BudgetSettings
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite, run_site, settings_for
from aula_sdk.errors import Forbidden
from aula_sdk.people import Actor, Kind
from aula_sdk.testing.plugin import Browser, People
from tests.broken_plugins.factory import Shelf, add_good, names_of

BUDGETS = BudgetSettings(widget=0.4, badge=0.4, route=0.8, subscriber=0.4, job=0.4)

REFUSED = {
    "badimport": {"description": "import module_that_is_not_there"},
    "exits": {"description": "raise SystemExit(3)"},
    "number": {"description": "plugin = 7"},
    "untitled": {"description": """
        from aula_sdk.plugin import Plugin
        plugin = Plugin("untitled", 7, None, __name__)
        """},
    "future": {"sdk": ">=2,<3"},
    "hooksfail": {"hooks": "raise ValueError('hooks')"},
    "nohook": {"hooks": "@hookimpl\ndef aula_navitems():\n    return ()"},
    "greedy": {"hooks": """
        @hookimpl
        def aula_migrations():
            metadata = plugin_metadata("good")
            sa.Table("good_thing", metadata, sa.Column("id", sa.Integer, primary_key=True))
            yield Migrations(Path(__file__).parent, metadata)
        """},
    "rightless": {
        "rights": False,
        "hooks": "@hookimpl\ndef aula_permissions():\n    yield Action('good.use', _('Use'))",
    },
    "relation": {"rights": False, "hooks": """
        @hookimpl
        def aula_permissions():
            table = sa.Table("relation_it", sa.MetaData(), sa.Column("id", sa.Integer))
            broken = Relation("broken", _("broken"), lambda me: 1 / 0)
            yield Resource("relation.it", PROFILE, _("It"), table, (broken,))
            yield Action("relation.use", _("Use"), "relation.it")
            yield RoleDefault("guardian", "relation.use", "broken")
        """},
    "talker": {"hooks": """
        class Told(Event, frozen=True, kw_only=True):
            name: ClassVar[str] = "talker.told.v1"
            words: str
        """},
    "forger": {"hooks": """
        class Forged(Event, frozen=True, kw_only=True):
            name: ClassVar[str] = "good.noted.v1"
        """},
    "impostor": {"hooks": """
        @get("/", opt=needs("impostor.use") | {"plugin": "good"})
        async def page() -> str:
            return "not good"

        @hookimpl
        def aula_routes():
            yield Routes(pages=(page,))
        """},
    "namesake": {"hooks": """
        @get("/", name="static", opt=needs("namesake.use"))
        async def page() -> str:
            return "the platform has a handler of that name"

        @hookimpl
        def aula_routes():
            yield Routes(pages=(page,))
        """},
    "noroute": {"hooks": "@hookimpl\ndef aula_routes():\n    yield Routes(pages=(7,))"},
}  # fmt: skip
"""Plugins of which nothing is used."""

IN_PART = {
    "thief": ("aula_nav_items", """
        @hookimpl
        def aula_nav_items():
            yield NavItem("thief", _("Thief"), "/good", "home", "thief.use")
        """),
    "borrower": ("aula_widgets", """
        async def show(*given):
            return {}

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("W"), "good/box.html", "borrower.use", show)
        """),
    "shouter": ("aula_nav_items", """
        @hookimpl
        def aula_nav_items():
            yield NavItem("shouter", _("S"), "/shouter", "home", "shouter.use", order="last")
        """),
    "jobber": ("aula_jobs", """
        async def run(platform):
            return None

        @hookimpl
        def aula_jobs():
            yield Job("good.work", timedelta(hours=1), run)
        """),
    "listener": ("aula_subscribers", """
        class Anything(Event, frozen=True, kw_only=True):
            name: ClassVar[str] = "listener.any.v1"

        async def handle(event, write, platform):
            return None

        @hookimpl
        def aula_subscribers():
            yield Subscriber("good.note", Anything, handle)
        """),
    "double": ("aula_widgets", """
        async def show(*given):
            return {}

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("W"), "double/box.html", "double.use", show)
            yield Widget("w", _("W"), "double/box.html", "double.use", show)
        """),
}  # fmt: skip
"""Plugins of which one hook is not used, with that hook."""

ALIVE = {
    "hanger": """
        async def hang(*given):
            await asyncio.sleep(3600)

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Hanging box"), "hanger/box.html", "hanger.use", hang)

        @hookimpl
        def aula_nav_items():
            yield NavItem("n", _("Hanging place"), "/hanger", "home", "hanger.use", badge=hang)
        """,
    "raiser": """
        async def fail(*given):
            raise RuntimeError("no such thing")

        @get("/", opt=needs("raiser.use"))
        async def page() -> str:
            raise KeyError("page")

        @get("/end", opt=needs("raiser.use"))
        async def end() -> str:
            raise SystemExit(5)

        @hookimpl
        def aula_routes():
            yield Routes(pages=(page, end))

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Raising box"), "raiser/box.html", "raiser.use", fail)

        @hookimpl
        def aula_nav_items():
            yield NavItem("n", _("Raising place"), "/raiser", "home", "raiser.use", badge=fail)
        """,
    "misfit": """
        async def wrong(*given):
            return "a word"

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Misfit box"), "misfit/box.html", "misfit.use", wrong)

        @hookimpl
        def aula_nav_items():
            yield NavItem("n", _("Misfit place"), "/misfit", "home", "misfit.use", badge=wrong)
        """,
    "speller": """
        async def show(*given):
            return {}

        @hookimpl
        def aula_widgets():
            yield Widget("w", _("Misspelt box"), "speller/box.html", "speller.use", show)
        """,
    "stuck": """
        @get("/read", opt=needs("stuck.use"))
        async def read_forever(read: NamedDependency[ReadUnit]) -> str:
            await read.scalar(sa.select(sa.literal(1)))
            await asyncio.sleep(3600)
            return "never"

        @post("/write", opt=needs("stuck.use"))
        async def write_forever(
            read: NamedDependency[ReadUnit], write: NamedDependency[WriteUnit]
        ) -> None:
            await write.execute(sa.text("UPDATE stamdata_person SET name = 'lost'"))
            await asyncio.sleep(3600)

        @hookimpl
        def aula_routes():
            yield Routes(api=(read_forever, write_forever))
        """,
}
"""Plugins that are accepted, and fail when they are called."""


def install_all(shelf: Shelf) -> list[Installed]:
    """Put all of them on the shelf, and the good neighbour among them."""
    made = [shelf.add(name, **given) for name, given in REFUSED.items()]  # type: ignore[arg-type]  # A table of keywords.
    made.append(add_good(shelf))
    made += [shelf.add(name, hooks) for name, (_hook, hooks) in IN_PART.items()]
    box = {"speller": "{{ nowhere.at.all }}"}
    made += [
        shelf.add(name, hooks, files={f"templates/{name}/box.html": box.get(name, "<p>it</p>")})
        for name, hooks in ALIVE.items()
    ]
    # They are found as every other installed plugin is.
    names = names_of(made)
    found = [plugin for plugin in installed_plugins() if plugin.name in names]
    assert sorted(names_of(found)) == sorted(names)
    return found


@pytest.fixture
def host(shelf: Shelf) -> Host:
    """A host with all of them."""
    return start_host(install_all(shelf))


@pytest.fixture
def plugins() -> Sequence[str]:
    """The database needs none of their tables."""
    return ()


@pytest.fixture
async def running(database: str, tmp_path: Path, host: Host) -> AsyncIterator[RunningSite]:
    """The site, in which every one of them is switched on."""
    names = [*REFUSED, *IN_PART, *ALIVE, "good"]
    settings = msgspec.structs.replace(settings_for(database, names, tmp_path), budgets=BUDGETS)
    with capture_logs() as logs:
        async with run_site(settings, host) as site:
            site.app.state.test_logs = logs
            yield site


async def timed(client: httpx.AsyncClient, path: str) -> tuple[httpx.Response, float]:
    """Return the answer and how long it took."""
    began = time.monotonic()
    return await client.get(path), time.monotonic() - began


async def test_the_site_serves_and_names_each(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """B2: the neighbour's routes, box, place and texts are whole; every other one has a name."""
    client = await browser(people.teacher)
    assert (await client.get("/good")).text == "good page"
    assert (await client.get("/api/v1/good/ping")).json() == {"answer": 42}
    assert (await client.get("/health")).json() == {"status": "ok"}
    page, took = await timed(client, "/")
    assert page.status_code == 200
    assert took < 4, "two parts hang, each for its budget"
    assert "good neighbour" in page.text
    assert 'href="/good"' in page.text
    for title in ("Hanging box", "Raising box", "Misfit box", "Misspelt box"):
        assert f"{title} cannot be shown right now" in page.text
    for place in ("/hanger", "/raiser", "/misfit"):
        assert f'href="{place}"' in page.text, "the place is there, without a number"
    host: Host = running.app.state.host
    refused = {refusal.plugin: refusal for refusal in host.refusals}
    assert set(refused) == {*REFUSED, *IN_PART}
    assert {plugin: refused[plugin].hook for plugin in IN_PART} == {
        plugin: hook for plugin, (hook, _text) in IN_PART.items()
    }
    assert all(refusal.remedy and refusal.problem for refusal in host.refusals)
    told = {line["plugin"] for line in running.app.state.test_logs if "remedy" in line}
    assert told == set(refused)
    failed = {(fault.place.plugin, fault.place.name) for fault in host.faults}
    assert failed == {
        ("hanger", "widget w"), ("hanger", "badge n"), ("raiser", "widget w"),
        ("raiser", "badge n"), ("misfit", "widget w"), ("misfit", "badge n"),
        ("speller", "template speller/box.html"),
    }  # fmt: skip


async def test_what_keeps_failing_is_left_alone_and_the_page_is_quick(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """B2: after three times nobody waits for it; operators see why and since when, everywhere."""
    client = await browser(people.guardian)
    for _time in range(3):
        await client.get("/")
    page, took = await timed(client, "/")
    assert took < 0.4, "the hanging box is not asked any more"
    assert "Hanging box cannot be shown right now" in page.text
    assert "good neighbour" in page.text
    host: Host = running.app.state.host
    sentence = host.quarantined("hanger")
    assert sentence is not None
    assert "3 failures in a row: took longer than 0.4 s; since 2" in sentence
    assert host.quarantined("good") is None
    await running.app.state.shared_faults.share()
    admin = Actor(people.teacher.person_id, Kind.EMPLOYEE, "A", (), (), {"health.read": ()})
    report = await running.platform.health.report(admin)
    left_alone = {(each.plugin, each.place) for each in report.quarantines}
    assert ("hanger", "badge n") in left_alone
    assert ("raiser", "widget w") in left_alone
    assert {each.plugin for each in report.refused} == {*REFUSED, *IN_PART}
    assert (report.has_database, report.has_files, report.is_well) == (True, True, False)
    stranger = await running.actor(people.teacher)
    with pytest.raises(Forbidden):
        await running.platform.health.report(stranger)


async def test_a_route_that_fails_or_hangs_takes_nothing_with_it(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """B2: a page that raises is a 500, one that hangs a 503; the lock it held is free again."""
    client = await browser(people.teacher)
    host: Host = running.app.state.host
    for path in ("/raiser", "/raiser/end"):
        answer = await client.get(path)
        assert answer.status_code == 500
        assert "text/html" in answer.headers["content-type"]
        assert "Content-Security-Policy" in answer.headers
    for _time in range(3):
        answer = await client.get("/api/v1/stuck/read")
        assert (answer.status_code, answer.json()["code"]) == (503, "took-too-long")
    answer, took = await timed(client, "/api/v1/stuck/read")
    assert (answer.status_code, answer.json()["code"]) == (503, "quarantined")
    assert took < 0.4
    nobody = await browser()
    assert (await nobody.get("/api/v1/stuck/read")).status_code == 401, "as ever (rule 23)"
    assert host.quarantined("stuck"), "asking without rights was no proof that it works"
    written = await client.post("/api/v1/stuck/write")
    assert written.status_code == 503
    began = time.monotonic()
    assert (await client.post("/api/v1/good/note")).status_code == 201
    assert time.monotonic() - began < 2, "the writer's place is free again"
    assert await _lost_names(running) == 0
    failures = {fault.place.name: fault.failures for fault in host.faults}
    assert failures["route GET /raiser"] == 1
    assert failures["route GET /api/v1/stuck/read"] == 3
    assert (await client.get("/")).status_code == 200


async def _lost_names(running: RunningSite) -> int:
    statement = sa.text("SELECT count(*) FROM stamdata_person WHERE name = 'lost'")
    async with running.storage.read(EVERYWHERE) as read:
        found: Any = await read.scalar(statement)
    return int(found)
