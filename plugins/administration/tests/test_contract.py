"""What the plugin has promised: no tables, a described API, pages for administrators alone."""

import re

from aula_plugins.administration import hooks
from aula_sdk.ids import INSTITUTION
from aula_sdk.testing.kernel import Running
from aula_sdk.testing.plugin import Browser, People


def test_nothing_is_kept() -> None:
    """README: the plugin has no tables, so there is nothing to give out or to erase."""
    assert not hasattr(hooks, "aula_migrations")
    assert not hasattr(hooks, "aula_personal_data")


async def test_the_api_is_described(running: Running) -> None:
    """Every operation tells what it does, its refusals as problem documents, its ids by pattern."""
    document = running.app.openapi_schema.to_schema()
    found = [
        (f"{verb} {path}", operation)
        for path, item in document["paths"].items()
        if path.startswith("/api/v1/administration/")
        for verb, operation in item.items()
        if isinstance(operation, dict)
    ]
    assert len(found) == 56
    for name, operation in found:
        assert operation["description"], name
        assert {"401", "403"} <= set(operation["responses"]), name
        for parameter in operation.get("parameters", ()):
            if parameter["name"].endswith("_id"):
                assert re.search(r"_\[0-9a-f\]\{32\}", parameter["schema"]["pattern"]), name


async def test_an_institutions_administrator_sees_that_all_is_locked(
    running: Running, browser: Browser, people: People
) -> None:
    """0012: a configuration that leaves nothing open is told feature by feature."""
    client = await browser(people.admin)
    place = INSTITUTION.format(people.admin.institution_id)
    page = await client.get(f"/administration/places/{place}")
    assert page.status_code == 200
    assert "Decided elsewhere" in page.text
    assert "You can choose" not in page.text
    for member in (people.teacher, people.guardian, people.pupil, people.stranger):
        assert (await (await browser(member)).get("/administration")).status_code == 403
