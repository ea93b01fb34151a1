"""What stands before several processes of one site, as far as clients notice."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count
from typing import Any

import httpx


class Balancer(httpx.AsyncBaseTransport):
    """Gives each request to the next of the applications that take part now."""

    def __init__(self) -> None:
        self._ready: list[Any] = []
        self._open: Counter[int] = Counter()
        self._numbers = count()
        self.served: Counter[int] = Counter()
        """How many requests each application has had, by ``id``."""

    def add(self, app: Any) -> None:
        """Let the application have requests from now on."""
        self._ready.append(app)

    async def drain(self, app: Any) -> None:
        """Give it no more requests; return when those it has are answered."""
        self._ready.remove(app)
        while self._open[id(app)]:
            await asyncio.sleep(0.01)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on."""
        app = self._ready[next(self._numbers) % len(self._ready)]
        self._open[id(app)] += 1
        try:
            return await httpx.ASGITransport(app, raise_app_exceptions=False).handle_async_request(
                request
            )
        finally:
            self._open[id(app)] -= 1
            self.served[id(app)] += 1
