"""What a request asks of the database: the application in this process, its driver listened to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
import sqlalchemy as sa

from aula_platform.app import create_app
from aula_platform.plugin_host import start_host
from aula_platform.storage import Storage
from benchmarks.client import find_wrong
from benchmarks.load import Request, WrongAnswer
from benchmarks.world import World

_INSERT = re.compile(r"(?:WITH \w+ AS\s+\()?INSERT INTO \S+ \((.*?)\) VALUES", re.DOTALL)
_WRITES = re.compile(r"\s*(WITH \w+ AS\s+\()?(INSERT|UPDATE|DELETE)\b")
_ROWS = "[{"


class Statement(msgspec.Struct, frozen=True):
    """A statement as the driver was given it."""

    text: str
    parameters: list[tuple[Any, ...]]
    """Of each row."""
    many: bool
    writes: bool

    @property
    def inserted(self) -> list[str]:
        """The columns that an INSERT of values gives, in the order of the parameters."""
        found = _INSERT.match(self.text)
        return [name.strip(' \n"') for name in found.group(1).split(",")] if found else []

    @property
    def documents(self) -> list[str]:
        """The parameters that are rows written in JSON."""
        every = [value for row in self.parameters for value in row] if self.writes else []
        return [value for value in every if isinstance(value, str) and value.startswith(_ROWS)]


class Recorder:
    """Keeps what the engines of a storage hand to the driver."""

    def __init__(self, storage: Storage) -> None:
        self.statements: list[Statement] = []
        for engine in {storage.engines.reading, storage.engines.writing, storage.engines.noting}:
            sa.event.listen(engine.sync_engine, "before_cursor_execute", self._keep)

    def _keep(
        self,
        _connection: object,
        _cursor: object,
        text: str,
        parameters: Any,
        _context: object,
        executemany: bool,  # noqa: FBT001  # SQLAlchemy calls by position.
    ) -> None:
        rows = [tuple(row) for row in parameters] if executemany else [tuple(parameters)]
        writes = _WRITES.match(text) is not None
        if not text.startswith("BEGIN"):
            self.statements.append(Statement(text, rows, many=executemany, writes=writes))


async def record(world: World, requests: Sequence[Request]) -> list[list[Statement]]:
    """Return the statements of each request of somebody who is remembered from one before."""
    settings = world.installation.settings()
    app: Any = create_app(settings, start_host(), background=False)
    recorder = Recorder(app.state.storage)
    found = []
    async with (
        app.lifespan(),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=settings.site.url
        ) as client,
    ):
        for request in requests:
            # Nothing is here; but who asks is known afterwards, and every statement is compiled.
            await client.get("/nowhere", headers=request.headers)
            recorder.statements.clear()
            await _ask(client, request)
            found.append(list(recorder.statements))
    return found


async def _ask(client: httpx.AsyncClient, request: Request) -> None:
    answer = await client.request(
        request.method, request.path, headers=request.headers, content=request.body
    )
    if wrong := find_wrong(request, answer.status_code, answer.content):
        raise WrongAnswer(wrong)
