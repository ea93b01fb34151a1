"""A whole municipality at once: bounded memory, and no statement that grows out of hand."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.storage import Storage
from aula_sdk.i18n import gettext_for
from aula_sdk.stamdata_source import (
    Delivery,
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    Record,
    StamdataSource,
)
from tests.stamdata.deliveries import ALL_KINDS, make_municipalities, person, pupil, school

_ = gettext_for("aula")
pytestmark = [pytest.mark.anyio, pytest.mark.benchmark, pytest.mark.timeout(900)]
PUPILS = 40_000 if os.environ.get("AULA_LONG") else 1_200
SECONDS = 0.02
"""For each pupil with two guardians; measured 0.001 on an idle machine, and not to be quadratic."""


def municipality() -> Iterator[Record]:
    """Pupils in schools of 500 and classes of 25, each with two guardians: 100,000 when long."""
    schools = [f"s{number}" for number in range(-(-PUPILS // 500))]
    yield from (school(key, key) for key in schools)
    yield from (person(f"p{number}", uniid=f"p{number}") for number in range(PUPILS))
    yield from (person(f"g{number}", uniid=f"g{number}") for number in range(PUPILS * 3 // 2))
    yield from (pupil(f"p{number}", schools[number // 500]) for number in range(PUPILS))
    for number in range(0, PUPILS, 25):
        key = f"c{number // 25}"
        yield GroupRecord(key, schools[number // 500], key, GroupKind.MAIN)
    for number in range(PUPILS):
        yield MembershipRecord(f"c{number // 25}", f"p{number}")
        for guardian in (number, (number + PUPILS // 2) % (PUPILS * 3 // 2)):
            yield GuardianshipRecord(f"g{guardian}", f"p{number}", "Mor", custody=True)


async def test_large_delivery_stays_small_in_memory_and_quick(storage: Storage) -> None:
    """Issue 2: 100,000 people within 500 MB; the second import finds nothing to change."""
    await make_municipalities(storage)
    source = StamdataSource(
        "large",
        _("Large"),
        lambda _path: Delivery("L", "bulk", ALL_KINDS),
        lambda _path: municipality(),
    )
    tracemalloc.start()
    begun = time.perf_counter()
    first = await run_import(storage, source, Path(), Wish("solvig", apply=True))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    second = await run_import(storage, source, Path(), Wish("solvig", apply=True))
    took = time.perf_counter() - begun
    assert (first.state, first.error_count) == ("applied", 0), first.errors
    assert sum(each.added for each in first.counts if each.kind == "person") == PUPILS * 5 // 2
    assert second.changes == 0
    assert peak < 300_000_000
    assert took < 20 + SECONDS * PUPILS
