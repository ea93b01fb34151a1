"""``python3 -m workspace``: what the Makefile, the noxfile and CI call."""

from __future__ import annotations

import argparse
import sys

from workspace import bench, checks, install, lock, suite
from workspace.activation import activate
from workspace.places import PYTHON, ROOT, VENV
from workspace.processes import Ended, SetUpFailed, end_on_signals, run_to_end


def main() -> int:
    """Run one command and return its exit code; ^C ends it with everything it started."""
    arguments = _read_arguments()
    end_on_signals()
    try:
        return _run(arguments)
    except SetUpFailed as failure:
        print(f"\nSet-up stopped: {failure}", file=sys.stderr)
        return 1
    except Ended as ended:
        # ^C is how one leaves the demo, so it is no failure there.
        return 0 if arguments.command == "demo" else ended.exit_code


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m workspace", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="fill .venv from the lock and build the assets")
    demo = commands.add_parser("demo", help="set up, then serve the fictional municipality")
    demo.add_argument("rest", nargs=argparse.REMAINDER, help="for `aula demo`")
    for name, text in (("test", "with bounded samples"), ("test-long", "in full")):
        tests = commands.add_parser(name, help=f"set up, then run the whole suite {text}")
        tests.add_argument("rest", nargs=argparse.REMAINDER, help="for pytest: a part only")
    measure = commands.add_parser("bench", help="set up, then measure what requests cost")
    measure.add_argument("rest", nargs=argparse.REMAINDER, help="for `python -m benchmarks`")
    cluster = commands.add_parser("postgres", help="run a command with a private PostgreSQL")
    cluster.add_argument("rest", nargs=argparse.REMAINDER, help="the command")
    check = commands.add_parser("check", help="run a check that needs no running code")
    check.add_argument("name", choices=["lint", "types", "imports"])
    commands.add_parser("sizes", help="print how large the distributions are")
    commands.add_parser("references", help="write docs/reference anew from the code")
    locking = commands.add_parser("lock", help="write requirements.lock anew")
    locking.add_argument("--upgrade", action="store_true", help="take the newest versions")
    # What follows `bench` are options first, which argparse does not leave to a remainder.
    arguments, unknown = parser.parse_known_args()
    if unknown and arguments.command != "bench":
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    arguments.rest = [*unknown, *getattr(arguments, "rest", [])]
    return arguments


def _run(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "lock":
            return lock.write_lock(upgrade=arguments.upgrade)
        case "postgres":
            return suite.run_with_cluster([part for part in arguments.rest if part != "--"])
        case "check":
            return checks.run_check(arguments.name)
        case "sizes":
            return checks.print_sizes()
        case _:
            install.set_up()
            return _run_set_up(arguments)


def _run_set_up(arguments: argparse.Namespace) -> int:
    """Run a command that needs the environment, which is there by now."""
    if arguments.command == "demo":
        command = [VENV / "bin" / "aula", "demo", *arguments.rest]
        return run_to_end(command, cwd=ROOT, env=activate())
    if arguments.command == "bench":
        return bench.run_benchmarks(arguments.rest)
    if arguments.command == "references":
        command = [PYTHON, "-m", "workspace.references"]
        return run_to_end(command, cwd=ROOT, env=activate())
    if arguments.command in {"test", "test-long"}:
        return suite.run_suite(arguments.rest, long=arguments.command == "test-long")
    return 0


sys.exit(main())
