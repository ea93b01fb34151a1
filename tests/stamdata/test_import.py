"""An import: what it changes, what it says it will change, and what it leaves alone."""

from __future__ import annotations

import pytest

from aula_platform.storage import Storage
from tests.stamdata.deliveries import Importer, everything, family_school, tally, without

pytestmark = pytest.mark.anyio


async def test_first_import_adds_everything_and_derives_the_guardians(importer: Importer) -> None:
    report = await importer(family_school())
    assert report.state == "applied"
    assert report.error_count == 0, report.errors
    assert tally(report, "added") == {
        "institution": 1,
        "person": 5,
        "pupil": 2,
        "employee": 1,
        "guardian": 2,
        "role": 1,
        "group": 1,
        "membership": 3,
        "guardianship": 3,
    }


async def test_same_file_twice_changes_nothing(importer: Importer, storage: Storage) -> None:
    """Issue 2: the second preview is all zero, and applying it writes not a single row."""
    await importer(family_school())
    before = await everything(storage)
    report = await importer(family_school())
    assert (report.state, report.changes) == ("applied", 0)
    assert await everything(storage) == before


async def test_preview_changes_nothing(importer: Importer, storage: Storage) -> None:
    report = await importer(family_school(), apply=False)
    assert report.state == "preview"
    assert report.changes == 19
    assert not any((await everything(storage)).values())


async def test_who_leaves_is_closed_and_comes_back_whole(
    importer: Importer, storage: Storage
) -> None:
    """GRP-6: the same person and profile ids; a new time in the class; the old one stays known."""
    await importer(family_school())
    first = await everything(storage)
    report = await importer(without(family_school(), "ida"))
    assert tally(report, "leaving") == {
        "person": 1,
        "pupil": 1,
        "guardian": 1,
        "membership": 1,
        "guardianship": 2,
    }
    report = await importer(family_school())
    assert tally(report, "returning") == {
        "person": 1,
        "pupil": 1,
        "guardian": 1,
        "membership": 1,
        "guardianship": 2,
    }
    back = await everything(storage)
    for whole in ("person", "profile", "group", "institution", "contact"):
        assert back[whole] == first[whole]
    assert len(back["membership"]) == len(first["membership"]) + 1
    assert (await importer(family_school())).changes == 0
