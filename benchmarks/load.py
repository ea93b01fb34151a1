"""What the load client is told, and what it tells; shared by it and by whoever starts it."""

from __future__ import annotations

import asyncio
import sys

import msgspec

_GRACE_SECONDS = 30.0


class WrongAnswer(Exception):
    """The site answered something else than it must: what was measured means nothing."""


class Request(msgspec.Struct, frozen=True):
    """A request and what its answer must be."""

    path: str
    headers: dict[str, str] = {}
    method: str = "GET"
    body: bytes = b""
    status: int = 200
    row: str = ""
    """What each row of the answer holds once."""
    rows: int = 0


class Load(msgspec.Struct, frozen=True):
    """Requests over some connections, each of which waits for its answer; then it is over."""

    port: int
    requests: list[Request]
    connections: int = 8
    seconds: float = 60.0
    """After so long no request is begun any more."""


class Outcome(msgspec.Struct, frozen=True):
    """How it went, in the order in which the answers came."""

    seconds: float
    latencies: list[float]
    """Of each answered request, in seconds."""
    bytes: int
    """Of all bodies as they came, mostly compressed."""
    wrong: list[str]
    """What was wrong with answers: nothing personal, and only the first few."""
    locations: list[str]
    """Where the answers that redirect lead."""

    @property
    def count(self) -> int:
        """How many were answered."""
        return len(self.latencies)

    def percentile(self, share: float) -> float:
        """Return the latency within which this share of the answers came, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def run_load(load: Load) -> Outcome:
    """Run the client as a process of its own; raise `WrongAnswer` when one answer was wrong."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.client",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(load.seconds + _GRACE_SECONDS):
            said, _nothing = await process.communicate(msgspec.msgpack.encode(load))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise WrongAnswer("the load client has failed; see above")
    outcome = msgspec.msgpack.decode(said, type=Outcome)
    if outcome.wrong:
        raise WrongAnswer("; ".join(outcome.wrong))
    if not outcome.count:
        raise WrongAnswer("nothing was answered in time")
    return outcome
