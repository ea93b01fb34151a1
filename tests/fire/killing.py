"""People who write without a pause to a server that is killed again and again, and their own log.

What they hold on to is what they were told: which key was answered with which message. Everything
that is said about the database afterwards is judged by that log.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import uuid4

import httpx

from workspace.places import ROOT

WRITERS = 6
LONGEST_LIFE = 0.4
AGAIN = 0.25
"""How often somebody sends again what has been answered already."""
_CREATED = 201
_PATIENCE = 60.0


class Server:
    """The site in a process that a zygote forks (see `zygote`)."""

    def __init__(self, configuration: Path, port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "tests.fire.zygote", str(configuration), str(port)]
        self._log = log
        with log.open("wb") as out:
            self._zygote = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out,
                start_new_session=True,
            )  # fmt: skip

    async def start(self) -> int:
        """Let a new process begin to serve; return its id."""
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(b"start\n")
        self._zygote.stdin.flush()
        return int(await self._line())

    async def kill(self, pid: int) -> None:
        """Kill it as the kernel would; return when it is gone."""
        os.kill(pid, signal.SIGKILL)
        assert await self._line() == "gone"

    async def _line(self) -> str:
        assert self._zygote.stdout is not None
        line = await asyncio.to_thread(self._zygote.stdout.readline)
        assert line, self._log.read_text()
        return line.decode().strip()

    @property
    def last_words(self) -> str:
        """The end of what it has logged, for who has to find out why it does not answer."""
        return self._log.read_text(errors="replace")[-4000:]

    def end(self) -> None:
        """Leave nothing behind."""
        os.killpg(self._zygote.pid, signal.SIGKILL)
        self._zygote.communicate(timeout=10)


class Writers:
    """Several people who write all the time; a write that is not answered is sent again."""

    def __init__(self, clients: Sequence[httpx.AsyncClient], threads: Sequence[str]) -> None:
        self._clients, self._threads = clients, threads
        self._stopping = False
        self.answered: defaultdict[str, set[str]] = defaultdict(set)
        """The messages that each key was answered with: what was acknowledged."""
        self.kills = 0
        self.cut: Counter[int] = Counter()
        """How many requests each kill has cut off."""

    async def run(self, random_of: random.Random) -> None:
        """Write until `stop`; every key has been answered when this returns."""
        await asyncio.gather(
            *(
                self._write(client, random.Random(random_of.random()))  # No secret.
                for client in self._clients
            )
        )

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopping = True

    async def until_answered(self, server: Server, more: int = 1) -> None:
        """Wait until so many more writes have been acknowledged."""
        wanted, until = len(self.answered) + more, time.monotonic() + _PATIENCE
        while len(self.answered) < wanted:
            assert time.monotonic() < until, f"nobody is answered any more: {server.last_words}"
            await asyncio.sleep(0.005)

    async def _write(self, client: httpx.AsyncClient, chance: random.Random) -> None:
        while not self._stopping:
            key, thread = uuid4().hex, chance.choice(self._threads)
            await self._send(client, key, thread)
            if chance.random() < AGAIN:
                await self._send(client, key, thread)

    async def _send(self, client: httpx.AsyncClient, key: str, thread: str) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            kills = self.kills
            try:
                answer = await client.post(
                    f"/api/v1/messages/threads/{thread}/messages",
                    json={"html": f"<p>{key}</p>"},
                    headers={"Idempotency-Key": key},
                )
            except httpx.ConnectError:
                answer = None
            except httpx.HTTPError:
                answer = None
                self.cut[kills] += 1
            if answer is not None and answer.status_code == _CREATED:
                self.answered[key].add(answer.json()["message"])
                return
            if answer is not None:
                assert answer.status_code >= 500, answer.text  # Ours, not theirs.
                self.cut[kills] += 1
            assert time.monotonic() < until, f"{key} is never answered: {answer}"
            await asyncio.sleep(0.02)


async def kill_again_and_again(
    server: Server,
    writers: Writers,
    times: int,
    chance: random.Random,
    kill_other: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Kill the server at random moments of writing; now and then do ``kill_other`` instead.

    The last one lives, and everything that was begun has been answered.
    """
    pid = await server.start()
    writing = asyncio.create_task(writers.run(chance))
    for number in range(times):
        await writers.until_answered(server)
        await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
        if kill_other is not None and number % 3 == 1:
            writers.kills += 1
            await kill_other()
        else:
            writers.kills += 1
            await server.kill(pid)
            pid = await server.start()
    await writers.until_answered(server, WRITERS)
    writers.stop()
    await writing
