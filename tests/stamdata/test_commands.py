"""``aula import`` as an operator uses it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aula_platform.stamdata import OWNER
from aula_platform.stamdata.commands import import_stamdata
from aula_platform.storage import Storage
from aula_platform.storage.migrate import migrate
from aula_sdk.i18n import gettext_for, use_locale
from aula_sdk.stamdata_source import Delivery, Record, RowError, StamdataSource
from tests.stamdata.deliveries import (
    ALL_KINDS,
    family_school,
    make_municipalities,
    person,
    pupil,
    without,
)

_ = gettext_for("aula")


@dataclass
class Kernel:
    """As much of a kernel as the command needs."""

    storage: Storage

    def as_set(self, source: StamdataSource, _municipality: str) -> StamdataSource:
        """Here nothing can be set."""
        return source


@dataclass
class Operator:
    """Somebody at the command line, with one format whose files are what ``records`` says."""

    url: str
    records: list[Record | RowError] = field(default_factory=lambda: [*family_school()])

    @property
    def sources(self) -> dict[str, StamdataSource]:
        def read(_path: Path) -> Iterator[Record | RowError]:
            yield from self.records

        def inspect(_path: Path) -> Delivery:
            return Delivery("Records 1", "bulk", ALL_KINDS)

        return {"records": StamdataSource("records", _("Records"), inspect, read)}

    @asynccontextmanager
    async def kernel(self) -> AsyncIterator[Kernel]:
        storage = Storage(self.url)
        await migrate(storage, [OWNER])
        await make_municipalities(storage)
        yield Kernel(storage)
        await storage.close()

    def run(self, *options: str) -> Result:
        arguments = ["records", "folder", "--municipality", "solvig", *options]
        return CliRunner().invoke(import_stamdata, arguments, obj=self, catch_exceptions=False)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(f"sqlite:///{tmp_path}/site.db")


def test_preview_then_apply_then_nothing_left_to_do(operator: Operator) -> None:
    """Issue 2: preview first; applied only when asked; the second time there is nothing."""
    preview = operator.run()
    assert preview.exit_code == 0
    assert "Solvig Skole" in preview.output
    assert "forhåndsvisning" in preview.output
    assert "Ida Holm" in preview.output
    assert "Det er udført." in operator.run("--apply").output
    assert "Der er ingen forskel" in operator.run().output


def test_report_is_also_in_english(operator: Operator) -> None:
    use_locale("en")
    try:
        assert "This is a preview" in operator.run().output
    finally:
        use_locale("da")


def test_too_many_leaving_ends_with_one_until_confirmed(operator: Operator) -> None:
    operator.run("--apply")
    operator.records = list(without(family_school(), "ida"))
    stopped = operator.run("--apply")
    assert stopped.exit_code == 1
    assert "Solvig Skole ville miste 2 af 5 personer" in stopped.output
    assert operator.run("--apply", "--yes-remove").exit_code == 0


def test_programs_get_json_without_names(operator: Operator) -> None:
    """What a machine keeps of a preview names nobody."""
    operator.records = [*family_school(), pupil("nobody")]
    output = operator.run("--json").output
    report = json.loads(output)
    assert report["state"] == "preview"
    assert report["error_count"] == 1
    assert report["errors"][0]["code"] == "reference.unknown"
    counts = {(count["institution"], count["kind"]): count["added"] for count in report["counts"]}
    assert counts["Solvig Skole", "pupil"] == 2
    assert "Holm" not in output


def test_protected_person_is_not_in_the_sample(operator: Operator) -> None:
    """R8: a preview on an office screen does not show who is in hiding, not even the alias."""
    from msgspec.structs import replace

    hidden = replace(person("x", "Skjult Navn"), protected=True)
    operator.records = [*family_school(), hidden, pupil("x")]
    output = operator.run().output
    assert "Skjult" not in output
    assert "Ida Holm" in output


def test_unknown_format_names_the_known_ones(operator: Operator) -> None:
    wrong = CliRunner().invoke(
        import_stamdata, ["csv", "folder", "--municipality", "solvig"], obj=operator
    )
    assert wrong.exit_code == 2
    assert "known: records" in wrong.output


def test_reading_the_file_does_not_stop_the_loop(operator: Operator) -> None:
    """A slow disk holds up nobody else: rows are read in a thread."""

    async def work() -> int:
        beats = 0
        running = asyncio.get_running_loop()

        def slow() -> Iterator[Record | RowError]:
            import time

            for record in family_school():
                time.sleep(0.01)
                yield record

        async def beat() -> None:
            nonlocal beats
            while True:
                await asyncio.sleep(0.005)
                beats += 1

        from aula_platform.stamdata.importing.run import Wish, run_import

        source = StamdataSource(
            "slow", _("Slow"), lambda _path: Delivery("S", "bulk", ALL_KINDS), lambda _path: slow()
        )
        async with operator.kernel() as kernel:
            pulse = running.create_task(beat())
            await run_import(kernel.storage, source, Path(), Wish("solvig"))
            pulse.cancel()
        return beats

    assert asyncio.run(work()) > 10
