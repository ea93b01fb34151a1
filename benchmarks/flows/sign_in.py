"""A log-in from the broker's answer on: the code is redeemed, checked, and becomes a session.

Most log-ins come from a browser that the account has used before; one that is new to it costs the
owner's question too (R13), and is told beside them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from aula_platform.identity.cookies import device_cookie_name
from aula_platform.identity.secrets import new_secret
from aula_plugins.demo.broker.tokens import LOW
from benchmarks.installation import CLIENT_ID
from benchmarks.load import Request, WrongAnswer
from benchmarks.processes import HOST, run_server
from benchmarks.recording import record
from benchmarks.results import Figure, Result
from benchmarks.town.visitors import Visitor
from benchmarks.world import ROUNDS, Measured, World

_LOGINS = 200
_AT_ONCE = 8
"""Brokers answer a few at a time."""
_SEE_OTHER = 303
_AT_MOST_MS = 4.0


@dataclass(frozen=True)
class _SignIn:
    name: str = "sign-in"
    what: str = "a log-in after the broker's answer"
    place: int = 25

    async def measure(self, world: World) -> Result:
        """Begin log-ins and let the broker answer, then measure what the site makes of it."""
        effort = world.effort
        with _broker(world):
            count = min(effort.requests, _LOGINS)
            await world.measure(await _answers(world, _some(world, effort.warm_up // 4 or 1)))
            new = await _measure(world, count)
            browsers = {visitor.seat.uniid: new_secret() for visitor in world.visitors}
            await world.measure(await _answers(world, world.visitors, browsers))
            found = await _measure(world, count, browsers)
            some = _some(world, effort.recorded)
            recorded = await record(world, await _answers(world, some, browsers))
        outcome = found.outcome
        if set(outcome.locations) != {"/"}:
            raise WrongAnswer(f"log-ins lead to {sorted(set(outcome.locations))}")
        return Result(
            flow=self.name,
            what=self.what,
            database=world.installation.database,
            people=world.size.people,
            messages=world.size.messages,
            requests=outcome.count,
            cpu_ms=found.cpu_ms,
            database_ms=found.database_ms,
            per_second=outcome.count / outcome.seconds,
            p50=outcome.percentile(0.5),
            p95=outcome.percentile(0.95),
            p99=outcome.percentile(0.99),
            bytes=outcome.bytes / outcome.count,
            statements=sum(map(len, recorded)) / max(1, len(recorded)),
            figures=(
                Figure("from a browser that is new", new.cpu_ms, "ms"),
                Figure(
                    "of it in the site's processes",
                    found.cpu_ms - found.database_ms,
                    "ms",
                    _AT_MOST_MS,
                ),
                Figure("of it in the database's", found.database_ms, "ms"),
            ),
        )


async def _measure(world: World, count: int, browsers: Mapping[str, str] | None = None) -> Measured:
    """Return the round of so many log-ins that took the least processor time."""
    at_once = min(_AT_ONCE, world.effort.connections)
    rounds = []
    for _each in range(ROUNDS):
        answers = await _answers(world, _some(world, count), browsers)
        rounds.append(await world.measure(answers, connections=at_once))
    return min(rounds, key=lambda measured: measured.cpu_ms)


@contextlib.contextmanager
def _broker(world: World) -> Iterator[None]:
    """Run the demo's broker, whose time is not counted."""
    place = world.installation
    people = place.folder / "people.json"
    people.write_bytes(
        msgspec.json.encode(
            [
                {
                    "uniid": visitor.seat.uniid,
                    "name": visitor.seat.uniid,
                    "side": visitor.seat.kind.value,
                    "municipalities": [],
                    "description": {"da": "", "en": ""},
                }
                for visitor in world.visitors
            ]
        )
    )
    command = ["-m", "aula_plugins.demo.broker", "--port", str(place.broker_port)]
    command += ["--people", str(people), "--client-id", CLIENT_ID]
    command += ["--redirect-uri", f"http://{HOST}:{place.port}/sign-in/callback"]
    with run_server(command, place.broker_port, place.folder / "broker.log", "/jwks"):
        yield


def _some(world: World, count: int) -> list[Visitor]:
    return [world.any_visitor() for _each in range(count)]


async def _answers(
    world: World, visitors: Sequence[Visitor], browsers: Mapping[str, str] | None = None
) -> Sequence[Request]:
    """Return the requests with which their browsers come back from the broker; ``browsers`` says by
    what each person's is known again.
    """
    async with httpx.AsyncClient(timeout=60) as client:
        return [await _begin(world, client, each, browsers or {}) for each in visitors]


async def _begin(
    world: World, client: httpx.AsyncClient, visitor: Visitor, browsers: Mapping[str, str]
) -> Request:
    client.cookies.clear()
    begun = await client.get(f"http://{HOST}:{world.installation.port}/sign-in/demo")
    if begun.status_code != _SEE_OTHER:
        raise WrongAnswer(f"a log-in could not be begun: {begun.status_code}")
    asked = urlsplit(begun.headers["location"])
    cookie = begun.headers["set-cookie"].partition(";")[0]
    if known := browsers.get(visitor.seat.uniid):
        cookie += f"; {device_cookie_name(f'http://{HOST}')}={known}"
    picked = [*parse_qsl(asked.query), ("uniid", visitor.seat.uniid), ("level", LOW)]
    answer = await client.post(
        f"{asked.scheme}://{asked.netloc}{asked.path}", data=dict(picked), follow_redirects=False
    )
    back = urlsplit(answer.headers["location"])
    return Request(f"{back.path}?{back.query}", {"Cookie": cookie}, status=_SEE_OTHER)


FLOW = _SignIn()
