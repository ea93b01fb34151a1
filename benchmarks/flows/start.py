"""How long an operator waits for the site after starting it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.processes import find_free_port, read_cpu
from benchmarks.results import Figure, Result
from benchmarks.world import World

_TIMES = 3
_READY_SECONDS = 2.0


@dataclass(frozen=True)
class _Start:
    name: str = "start"
    what: str = "from the start to the first answer"
    place: int = 60

    async def measure(self, world: World) -> Result:
        """Start the site beside itself some times; the best of them is what it takes."""
        taken = []
        for _each in range(_TIMES):
            port = find_free_port()
            begun = time.perf_counter()
            with world.installation.serve(port) as pid:
                taken.append((time.perf_counter() - begun, read_cpu([pid])))
        return Result(
            flow=self.name,
            what=self.what,
            database=world.installation.database,
            people=world.size.people,
            messages=world.size.messages,
            requests=_TIMES,
            figures=(
                Figure("ready after", min(wall for wall, _cpu in taken), "s", _READY_SECONDS),
                Figure("processor time", min(cpu for _wall, cpu in taken), "s"),
            ),
        )


FLOW = _Start()
