"""How much of the tables a request touches, by the databases' own accounts of its statements.

PostgreSQL says of each step of a plan how many rows it read; SQLite counts the steps of its virtual
machine. Neither depends on the machine or on what else it does, so a list that looks through a
whole table shows in the municipality of 100,000 as many times the figure of the small one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.floor import Embedded, Server, open_driver
from benchmarks.recording import Statement
from benchmarks.results import Figure
from benchmarks.world import World

_STEPS = 10
"""Steps of SQLite's virtual machine are counted by so many."""
_LARGE = 1000
"""Reading so many rows of a table one after the other is looking through it."""


async def read_plans(world: World, recorded: Sequence[Sequence[Statement]]) -> tuple[Figure, ...]:
    """Return what one request's reading statements touch, on average, and at worst one of them."""
    async with open_driver(world) as driver:
        if isinstance(driver, Server):
            found = [await _explain(driver, statements) for statements in recorded]
        else:
            found = [_count_steps(driver, statements) for statements in recorded]
    unit = "rows" if world.installation.database == "postgresql" else "steps"
    touched = [sum(rows for rows, _whole in each) for each in found]
    figures = [Figure("its statements touch", sum(touched) / len(touched), unit)]
    if unit == "rows":
        whole = {name for each in found for _rows, names in each for name in names}
        figures.append(Figure("tables looked through", len(whole), " ".join(sorted(whole)), 0))
    return tuple(figures)


_Found = list[tuple[int, tuple[str, ...]]]


async def _explain(server: Server, statements: Sequence[Statement]) -> _Found:
    found: _Found = []
    for each in _reading(statements):
        plan = json.loads(await server.connection.fetchval(await _prepare(server, each)))
        found.append((rows_touched(plan[0]["Plan"]), tuple(looked_through(plan[0]["Plan"]))))
        await server.connection.execute("DEALLOCATE explained")
    return found


async def _prepare(server: Server, statement: Statement) -> str:
    """Prepare it as the site's connections do, and return what explains the plan that they use."""
    await server.connection.execute(f"PREPARE explained AS {statement.text}")
    values = ", ".join(map(_literal, statement.parameters[0]))
    execute = f"EXECUTE explained({values})" if values else "EXECUTE explained"
    return f"EXPLAIN (ANALYZE, FORMAT JSON) {execute}"


def _literal(value: Any) -> str:
    """Write a parameter as SQL; a utility statement takes none. They are the benchmark's own."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, list | tuple):
        inner = ",".join(f'"{each}"' for each in value)
        return f"'{{{inner}}}'"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return "'" + text.replace("'", "''") + "'"


def _count_steps(database: Embedded, statements: Sequence[Statement]) -> _Found:
    found: _Found = []
    for each in _reading(statements):
        steps = [0]

        def count(steps: list[int] = steps) -> int:
            steps[0] += _STEPS
            return 0

        database.connection.set_progress_handler(count, _STEPS)
        database.connection.execute(each.text, each.parameters[0]).fetchall()
        database.connection.set_progress_handler(None, 0)
        found.append((steps[0], ()))
    return found


def _reading(statements: Sequence[Statement]) -> Iterator[Statement]:
    asks = ("SELECT", "WITH")
    return (one for one in statements if one.text.lstrip().startswith(asks) and not one.writes)


def rows_touched(plan: Mapping[str, Any]) -> int:
    """Return how many rows the scans of a plan have read, those included that a filter dropped."""
    return sum(_rows_of(step) for step in _steps(plan) if "Relation Name" in step)


def looked_through(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the tables of which a plan read very many rows one after the other."""
    for step in _steps(plan):
        if step["Node Type"] == "Seq Scan" and _rows_of(step) >= _LARGE:
            yield step["Relation Name"]


def _rows_of(step: Mapping[str, Any]) -> int:
    dropped = step.get("Rows Removed by Filter", 0) + step.get("Rows Removed by Index Recheck", 0)
    return int((step["Actual Rows"] + dropped) * step["Actual Loops"])


def _steps(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _steps(inner)
