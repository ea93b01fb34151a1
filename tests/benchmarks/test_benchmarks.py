"""The benchmarks run from end to end on a sample, and their checks can fail; no time matters."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from benchmarks.__main__ import main
from benchmarks.floor import with_new_ids
from benchmarks.flows import find_flows
from benchmarks.load import Load, Outcome, Request, WrongAnswer, run_load
from benchmarks.plans import looked_through, rows_touched
from benchmarks.processes import Died, find_free_port, read_cpu, run_server
from benchmarks.recording import Statement
from benchmarks.report import AIMED_AT_MS, as_table
from benchmarks.results import Figure, Result
from benchmarks.town.size import BIG, SMALL
from workspace.places import ROOT

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]
_TOO_SHORT = "ms of processor time"
"""So few requests take less of it than the clock of processes tells: it can be nothing at all."""
SPECIAL = {"streams", "import", "start", "trust"}
"""Flows that are not one request many times; each says what it found in figures of its own."""


@pytest.fixture(autouse=True)
def package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs that the benchmarks start import them too; what they install goes again."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that answers everything with one small document."""
    port, log = find_free_port(), tmp_path_factory.mktemp("bare") / "log"
    command = ["-m", "uvicorn", "--app-dir", str(ROOT), "benchmarks.floor:app"]
    with run_server([*command, "--port", str(port)], port, log):
        yield port


@pytest.mark.parametrize(
    ("database", "names"),
    [
        ("sqlite", [flow.name for flow in find_flows()]),
        ("postgresql", ["inbox", "class-message", "streams"]),
    ],
    ids=["sqlite", "postgresql"],
)
def test_a_sample_of_the_flows_is_measured(
    database: str, names: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything from the import to the table, with each answer checked, and nothing left."""
    written = tmp_path / "results.json"
    chosen = [part for name in names for part in ("--flow", name)]
    folder = ["--folder", str(tmp_path), "--json", str(written)]
    assert main(["--tiny", "--database", database, *chosen, *folder]) == 0
    results = msgspec.json.decode(written.read_bytes(), type=list[Result])
    assert [result.flow for result in results] == names
    for result in results:
        assert result.database == database
        if result.flow in SPECIAL:
            assert result.figures
            assert all(figure.value > 0 for figure in result.figures if _is_told(result, figure))
        else:
            assert result.requests > 0
            assert result.statements is not None
            assert result.statements > 1
            assert result.flow == "sign-in" or result.figures[0].value > 1
    printed = capsys.readouterr().out
    assert all(name in printed for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def _is_told(result: Result, figure: Figure) -> bool:
    """Whether so small a sample gives a figure that is more than nothing; memory may be there."""
    return not (result.flow == "trust" or "hold" in figure.name or figure.unit == _TOO_SHORT)


def test_each_flow_is_found_by_its_file() -> None:
    """A new flow is one new file; two of one name would hide each other in a comparison."""
    names = [flow.name for flow in find_flows()]
    assert len(set(names)) == len(names)
    assert {"inbox", "thread", "overview", "class-message", "sign-in", *SPECIAL} <= set(names)


def test_sizes_are_what_the_docs_say() -> None:
    """Twelve classes of 81 people; and more than 100,000 people with 1,000,000 messages."""
    assert (SMALL.people_of_class, SMALL.people) == (81, 972)
    assert BIG.people >= 100_000
    assert BIG.messages >= 1_000_000


def load(port: int, **expected: object) -> Load:
    request = msgspec.convert({"path": "/", "row": "world", "rows": 1, **expected}, Request)
    return Load(port, [request] * 5, connections=2)


@pytest.mark.anyio
async def test_right_answers_are_counted(bare: int) -> None:
    """Each request has one latency."""
    outcome = await run_load(load(bare))
    assert outcome.count == 5
    assert outcome.bytes == 5 * len('{"hello":"world"}')


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("expected", "said"),
    [({"rows": 2}, "1 rows instead of 2"), ({"status": 201}, "200 instead of 201")],
)
async def test_a_wrong_answer_ends_the_run(
    bare: int, expected: dict[str, object], said: str
) -> None:
    """Fewer rows or another status than there must be: nothing is reported as measured."""
    with pytest.raises(WrongAnswer, match=said):
        await run_load(load(bare, **expected))


@pytest.mark.anyio
async def test_a_load_ends_by_itself(bare: int) -> None:
    """When its time is over no request is begun, however many wait."""
    with pytest.raises(WrongAnswer, match="in time"):
        await run_load(msgspec.structs.replace(load(bare), seconds=-1.0))


def test_a_server_that_ends_is_not_measured(tmp_path: Path) -> None:
    """Its last words are told."""
    with (
        pytest.raises(Died, match="No module named nowhere"),
        run_server(["-m", "nowhere"], find_free_port(), tmp_path / "log"),
    ):
        pytest.fail("nothing answers there")


def test_processor_time_of_children_counts(tmp_path: Path, bare: int) -> None:
    """What a child has used counts for its parent's tree, before and after it has ended."""
    assert bare
    before = read_cpu([os.getpid()])
    with run_server(["-m", "http.server", str(port := find_free_port())], port, tmp_path / "log"):
        during = read_cpu([os.getpid()])
    assert before < during <= read_cpu([os.getpid()])


def test_repeated_statements_get_new_ids() -> None:
    """The driver's floor makes the same rows again without meeting the ones that are there."""
    text = 'INSERT INTO a (id, "key", name) VALUES (?, ?, ?)'
    made = Statement(text, [(b"1" * 16, "k", "name")], many=False, writes=True)
    about = Statement("UPDATE b SET a_id = ?", [(b"1" * 16,)], many=False, writes=True)
    first, second = with_new_ids([made, about])
    (new_id, new_key, name), (named,) = first.parameters[0], second.parameters[0]
    assert new_id != b"1" * 16
    assert named == new_id
    assert (new_key != "k", name) == (True, "name")


def test_rows_in_a_document_get_new_ids_too() -> None:
    """What refers to them in another document follows; what is only read stays as it is."""
    text = "WITH entered AS \n(INSERT INTO a (id) SELECT 1) INSERT INTO b (a_id) SELECT 2"
    entries, about = '[{"id":"11","name":"11-12"}]', '[{"a_id":"11"}]'
    (again,) = with_new_ids([Statement(text, [(entries, about)], many=False, writes=True)])
    ((new_entries, new_about),) = again.parameters
    fresh = msgspec.json.decode(new_entries)[0]["id"]
    assert fresh != "11"
    assert new_entries == entries.replace('"11"', f'"{fresh}"')
    assert new_about == about.replace('"11"', f'"{fresh}"')
    asked = Statement("SELECT 1", [(entries,)], many=False, writes=False)
    assert list(with_new_ids([asked])) == [asked]


def test_an_aim_is_that_of_the_hour() -> None:
    """Where a bare handler costs twice as much, twice as much is aimed at; seconds stay seconds."""
    figures = (Figure("part", 1.5, "ms", 1.0), Figure("ready", 3.0, "s", 4.0))
    result = Result(
        flow="flow", what="", database="sqlite", people=1, messages=0, cpu_ms=5.0, cpu_at_most=4.0,
        bare_ms=2 * AIMED_AT_MS, figures=figures,
    )  # fmt: skip
    _titles, row, *told = as_table([result])
    assert row.split()[3:5] == ["5.00", "8.0"]
    assert [line.strip() for line in told] == ["part: 1.50 ms (aim 2)", "ready: 3.00 s (aim 4)"]
    _titles, row, *_told = as_table([msgspec.structs.replace(result, bare_ms=None)])
    assert row.split()[4] == "4.0"
    faster = msgspec.structs.replace(result, bare_ms=AIMED_AT_MS / 2)
    _titles, row, *_told = as_table([faster])
    assert row.split()[4] == "4.0"


def test_percentiles_are_of_the_answers() -> None:
    """In milliseconds, of the slowest at the most."""
    outcome = Outcome(1.0, [0.003, 0.001, 0.002], 0, [], [])
    assert outcome.percentile(0.5) == 2.0
    assert outcome.percentile(0.99) == 3.0


def test_what_a_plan_touches_is_counted_with_what_it_dropped() -> None:
    """Rows that a filter removed were read too; only reading very many in a row is a search."""
    lookup = {
        "Node Type": "Index Scan", "Relation Name": "profile", "Actual Rows": 1,
        "Rows Removed by Filter": 2, "Actual Loops": 20,
    }  # fmt: skip
    small = {"Node Type": "Seq Scan", "Relation Name": "epoch", "Actual Rows": 1, "Actual Loops": 1}
    large = small | {"Relation Name": "person", "Rows Removed by Filter": 5000}
    join = {"Node Type": "Nested Loop", "Actual Rows": 20, "Actual Loops": 1}
    assert rows_touched(join | {"Plans": [lookup, small]}) == 61
    assert list(looked_through(join | {"Plans": [lookup, small]})) == []
    assert list(looked_through(join | {"Plans": [lookup, large]})) == ["person"]
