"""A private PostgreSQL cluster for one run: a free port on loopback, a folder that goes away."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from workspace.machine import find_postgres
from workspace.processes import SetUpFailed, start_group

URL_VARIABLE = "AULA_TEST_POSTGRES"
START_SECONDS = 60.0
SUPERUSER = "superuser"
"""Whose cluster it is. Tests run as another role, because the wall does not hold for this one."""

# Nothing in the cluster outlives the run, so it need not survive a power cut.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}
DURABLE = {**SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""What is measured keeps its word, as an installation would."""


@contextlib.contextmanager
def run_cluster(settings: Mapping[str, str] = SETTINGS) -> Iterator[str]:
    """Yield the URL of a fresh cluster; afterwards it is gone.

    Its role may make databases and is otherwise an ordinary one, for which row-level security
    holds as it does in production.
    """
    programs = find_postgres()
    if programs is None:
        message = "PostgreSQL is not installed; `make test` installs it."
        raise SetUpFailed(message)
    user = _choose_user()
    folder = Path(tempfile.mkdtemp(prefix="aula-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        _initialise(programs / "initdb", data, user)
        _make_role(programs / "postgres", data, user)
        port = _find_free_port()
        chosen = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(port), *chosen]
        log = folder / "server.log"
        # QUIT is PostgreSQL's immediate stop: its data is deleted on the next line anyway.
        with start_group(
            server, cwd=folder, user=user, stop_signal=signal.SIGQUIT, output=log
        ) as process:
            _wait_until_ready(programs / "pg_isready", port, process, log)
            yield f"postgresql+asyncpg://aula@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _choose_user() -> str | None:
    """PostgreSQL refuses to run as root: then its own user, or nobody, runs it."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _initialise(initdb: Path, data: Path, user: str | None) -> None:
    """Make the cluster with C order: the platform sorts by stored keys, never by the database."""
    options = ["-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [initdb, "-D", data, *options],
        user=user,
        extra_groups=[] if user else None,
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        message = f"initdb failed:\n{made.stdout}{made.stderr}"
        raise SetUpFailed(message)


def _make_role(postgres: Path, data: Path, user: str | None) -> None:
    made = subprocess.run(
        [postgres, "--single", "-D", data, "postgres"],
        # To drop a database it must be able to send away a vacuum that has just begun there.
        input="CREATE ROLE aula LOGIN CREATEDB IN ROLE pg_signal_backend\n",
        user=user,
        extra_groups=[] if user else None,
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode or "ERROR" in made.stderr:
        message = f"the role cannot be made:\n{made.stdout}{made.stderr}"
        raise SetUpFailed(message)


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(
    pg_isready: Path, port: int, process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    question: list[str | Path] = [pg_isready, "-q", "-h", "127.0.0.1", "-p", str(port)]
    while process.poll() is None and time.monotonic() < deadline:
        if subprocess.run(question, check=False).returncode == 0:
            return
        time.sleep(0.1)
    message = f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}"
    raise SetUpFailed(message)
