"""The whole site beside plugins that are broken in every way at once."""

from __future__ import annotations

import time

import pytest

from aula_platform.plugin_host import Host, start_host
from aula_platform.testing import RunningSite
from aula_sdk.people import Actor, Kind
from aula_sdk.testing.plugin import Browser, People
from tests.broken_plugins.factory import Shelf
from tests.broken_plugins.kinds import IN_PART, REFUSED, find_installed, install_all


@pytest.fixture
def host(shelf: Shelf) -> Host:
    """A host with all of them."""
    return start_host(find_installed(install_all(shelf)))


@pytest.mark.expects_fault("plugin_refused", reason="the shelf is full of plugins to refuse")
async def test_the_site_serves_and_names_each(
    running: RunningSite, browser: Browser, people: People
) -> None:
    """B2: the neighbour's routes, box, place and texts are whole; every other one has a name."""
    client = await browser(people.teacher)
    assert (await client.get("/good")).text == "good page"
    assert (await client.get("/api/v1/good/ping")).json() == {"answer": 42}
    assert (await client.get("/health")).json() == {"status": "ok"}
    began = time.monotonic()
    page = await client.get("/")
    assert time.monotonic() - began < 4, "two parts hang, each for its budget"
    assert page.status_code == 200
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
    admin = Actor(people.teacher.person_id, Kind.EMPLOYEE, "A", (), (), {"health.read": ()})
    report = await running.platform.health.report(admin)
    assert {each.plugin for each in report.refused} == set(refused)
    assert all(each.remedy for each in report.refused)
    assert (report.has_database, report.has_files, report.is_well) == (True, True, False)
