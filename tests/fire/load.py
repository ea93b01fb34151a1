"""People who use the site all the time, and note every answer that they get."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any, NamedTuple

import httpx

FAILED = "no answer"
_PATIENCE = 60.0
Ask = Callable[[httpx.AsyncClient], Any]


class Answer(NamedTuple):
    """What somebody got, and when they had asked."""

    name: str
    status: int | str
    asked_at: float
    took: float


class Load:
    """What the people have got so far."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def statuses(self) -> Counter[int | str]:
        """Return how often each status came."""
        return Counter(answer.status for answer in self.answers)

    async def wait_for(self, name: str, asked_after: float) -> None:
        """Return when somebody has been answered who asked for this after that moment."""
        async with asyncio.timeout(_PATIENCE):
            while not any(one.name == name and one.asked_at > asked_after for one in self.answers):
                await asyncio.sleep(0.01)

    def failed(self) -> list[Answer]:
        """Return what was answered neither as on nor as off."""
        return [one for one in self.answers if one.status not in {200, 201, 204, 404}]


@asynccontextmanager
async def under_load(
    clients: Sequence[httpx.AsyncClient], asks: Sequence[tuple[str, Ask]]
) -> AsyncIterator[Load]:
    """Let each client carry out the requests one after the other, again and again, in the block.

    Requests that are open when the block ends are answered before this returns.
    """
    load, stopping = Load(), asyncio.Event()

    async def use(client: httpx.AsyncClient, start: int) -> None:
        rounds = cycle([*asks[start:], *asks[:start]])
        while not stopping.is_set():
            name, ask = next(rounds)
            began = time.monotonic()
            try:
                status: int | str = (await ask(client)).status_code
            except httpx.HTTPError as error:
                status = f"{FAILED}: {type(error).__name__}"
            load.answers.append(Answer(name, status, began, time.monotonic() - began))

    using = [
        asyncio.create_task(use(client, number * len(asks) // len(clients)))
        for number, client in enumerate(clients)
    ]
    try:
        yield load
    finally:
        stopping.set()
        await asyncio.gather(*using)
