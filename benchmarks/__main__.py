"""``python -m benchmarks``: measure the flows on a private database, print a table, and end.

It only speaks to loopback, only with processes that it has started, and ends them all.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

import msgspec

from benchmarks.floor import measure_bare
from benchmarks.flow import Flow
from benchmarks.flows import find_flows
from benchmarks.installation import Failed, install, on_path, raise_open_files
from benchmarks.load import WrongAnswer
from benchmarks.processes import Died
from benchmarks.report import as_table
from benchmarks.results import Result
from benchmarks.town.size import BIG, SMALL, Size
from benchmarks.world import Effort, make_world
from workspace.postgres import URL_VARIABLE

_ROOT = Path(__file__).resolve().parent.parent


def _read_arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--flow", action="append", help="only this one; may be repeated")
    parser.add_argument("--big", action="store_true", help="and in a municipality of 100,000")
    parser.add_argument("--long", action="store_true", help="and an import of 100,000 people")
    parser.add_argument("--tiny", action="store_true", help="a sample that shows that it works")
    parser.add_argument("--requests", type=int, help="of each flow")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--folder", type=Path, help="where databases and files lie meanwhile")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Measure and return 0; 1 when an answer was wrong or something ended."""
    arguments = _read_arguments(given)
    raise_open_files()
    on_path(_ROOT)
    try:
        results = asyncio.run(_measure_all(arguments))
    except (Died, Failed, WrongAnswer) as fault:
        print(f"benchmarks: {fault}", file=sys.stderr)
        return 1
    print("\n".join(as_table(results)))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2))
    return 0


async def _measure_all(arguments: argparse.Namespace) -> list[Result]:
    flows = [flow for flow in find_flows() if not arguments.flow or flow.name in arguments.flow]
    databases = ["sqlite", "postgresql"]
    if arguments.database != "both":
        databases = [arguments.database]
    small, effort = (_TINY, _TINY_EFFORT) if arguments.tiny else (SMALL, Effort())
    effort = msgspec.structs.replace(
        effort, long=arguments.long, requests=arguments.requests or effort.requests
    )
    results: list[Result] = []
    for database in databases:
        found = await _measure(database, small, effort, flows, arguments)
        results += found
        if arguments.big:
            known = {result.flow: result for result in found}
            results += [
                _compare(result, known[result.flow])
                for result in await _measure(database, BIG, effort, flows, arguments)
            ]
    return results


_TINY = Size(classes=1, pupils=3, guardians=5, threads=3, long_threads=2, long_messages=4)
_TINY_EFFORT = Effort(
    requests=6,
    warm_up=2,
    seconds=10,
    connections=2,
    visitors=4,
    recorded=2,
    repeated=2,
    streams=8,
    imports=1,
)


async def _measure(
    database: str, size: Size, effort: Effort, flows: list[Flow], arguments: argparse.Namespace
) -> list[Result]:
    postgres = os.environ.get(URL_VARIABLE, "")
    results = []
    async with install(database, postgres, arguments.folder) as installation:
        _tell(f"{database}: {size.people} people, {size.messages} messages")
        async with make_world(installation, size, effort) as world:
            bare = await measure_bare(world)
            with installation.serve() as world.site:
                for flow in flows:
                    _tell(f"{database}: {flow.name}")
                    result = await flow.measure(world)
                    if result.per_second is not None:
                        result = msgspec.structs.replace(result, bare_ms=bare)
                    results.append(result)
    return results


def _compare(big: Result, small: Result) -> Result:
    if big.cpu_ms is None or not small.cpu_ms:
        return big
    return msgspec.structs.replace(big, growth=big.cpu_ms / small.cpu_ms)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
