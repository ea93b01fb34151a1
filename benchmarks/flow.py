"""What a flow is, and the kind that most are: one request, many times, by several people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from benchmarks.floor import measure_driver
from benchmarks.load import Request
from benchmarks.plans import read_plans
from benchmarks.recording import record
from benchmarks.results import Result
from benchmarks.world import World


class Flow(Protocol):
    """Something that people or operators do, measured while the site runs."""

    @property
    def name(self) -> str:
        """One word or two, as given on the command line."""
        ...

    @property
    def place(self) -> int:
        """Where it stands among the others; what disturbs them comes last."""
        ...

    async def measure(self, world: World) -> Result:
        """Do it and return what it came to; raise `WrongAnswer` when an answer was wrong."""
        ...


@dataclass(frozen=True)
class Aim:
    """What the flow is to cost on PostgreSQL with two workers."""

    cpu_ms: float
    per_second: float | None = None


@dataclass(frozen=True)
class RequestFlow:
    """One request of the site; ``make`` chooses who sends it and what it is about."""

    name: str
    what: str
    make: Callable[[World], Request]
    aim: Aim
    place: int = 10
    verify: Callable[[World, int], Awaitable[None]] | None = None
    """Looks at the database after so many requests, and raises `WrongAnswer`."""

    async def measure(self, world: World) -> Result:
        """Warm up, measure, then count and repeat the statements."""
        effort = world.effort
        await world.measure(self._requests(world, effort.warm_up))
        found = await world.measure(self._requests(world, effort.requests))
        if self.verify is not None:
            await self.verify(world, found.outcome.count + effort.warm_up)
        recorded = await record(world, self._requests(world, effort.recorded))
        outcome = found.outcome
        return Result(
            flow=self.name,
            what=self.what,
            database=world.installation.database,
            people=world.size.people,
            messages=world.size.messages,
            requests=outcome.count,
            cpu_ms=found.cpu_ms,
            database_ms=found.database_ms,
            cpu_at_most=self.aim.cpu_ms,
            per_second=outcome.count / outcome.seconds,
            per_second_at_least=self.aim.per_second,
            p50=outcome.percentile(0.5),
            p95=outcome.percentile(0.95),
            p99=outcome.percentile(0.99),
            bytes=outcome.bytes / outcome.count,
            statements=sum(map(len, recorded)) / max(1, len(recorded)),
            driver_ms=await measure_driver(world, recorded),
            figures=await read_plans(world, recorded),
        )

    def _requests(self, world: World, count: int) -> list[Request]:
        return [self.make(world) for _each in range(count)]
