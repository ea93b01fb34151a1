"""Exports that were damaged on their way, imported: all that is refused changes nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aula_platform.stamdata import OWNER, tables
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import EVERYWHERE, Storage
from aula_plugins.stil.hooks import aula_stamdata_sources
from aula_sdk.errors import Invalid
from tests.databases import KINDS, open_database
from tests.stamdata.deliveries import everything, make_municipalities

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]
SAMPLE = Path(__file__).parents[2] / "plugins" / "stil" / "tests" / "data" / "full.xml"
DAMAGES = st.tuples(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(b'<>"/ 0a\xff')), max_size=3),
    st.none() | st.integers(1, 10**6),
)
"""Which bytes become others, and where the file is cut off."""


@pytest.fixture(params=KINDS)
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    """An empty database with two municipalities."""
    async with open_database(request.param, tmp_path, [OWNER]) as opened:
        await make_municipalities(opened)
        yield opened


def damage(changes: list[tuple[int, int]], end: int | None) -> bytes:
    """Return the sample with a few bytes changed, and with its end missing."""
    content = bytearray(SAMPLE.read_bytes())
    for place, sign in changes:
        content[place % len(content)] = sign
    return bytes(content if end is None else content[: end % len(content)])


@settings(
    max_examples=200 if os.environ.get("AULA_LONG") == "1" else 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(harm=DAMAGES)
async def test_what_is_refused_changes_nothing(
    storage: Storage, tmp_path: Path, harm: tuple[list[tuple[int, int]], int | None]
) -> None:
    """Whatever comes, there is a report or a refusal in words, and nobody is there by half."""
    [stil] = aula_stamdata_sources()
    path = tmp_path / "export.xml"
    wish = Wish("solvig", apply=True, confirmed=True)
    path.write_bytes(SAMPLE.read_bytes())
    await run_import(storage, stil, path, wish)
    before = await everything(storage)
    path.write_bytes(damage(*harm))
    try:
        state = str((await run_import(storage, stil, path, wish)).state)
    except Invalid:
        state = "invalid"
    assert state in {"applied", "refused", "invalid"}
    if state != "applied":
        assert await everything(storage) == before
    assert await _people_without_a_place(storage) == 0


async def _people_without_a_place(storage: Storage) -> int:
    person, profile = tables.person, tables.profile
    async with storage.read(EVERYWHERE) as read:
        now = sa.literal(read.now, person.c.valid_from.type)
        placed = sa.exists().where(
            profile.c.person_id == person.c.id,
            sa.or_(profile.c.valid_to.is_(None), profile.c.valid_to > now),
        )
        holds = sa.or_(person.c.valid_to.is_(None), person.c.valid_to > now)
        return int(await read.scalar(sa.select(sa.func.count()).where(holds, ~placed)) or 0)
