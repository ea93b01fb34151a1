"""Who is signed in: sessions as a log-in leaves them, without a broker."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec

from aula_platform.identity.accounts import open_account
from aula_platform.identity.cookies import session_cookie_name
from aula_platform.identity.csrf import HEADER
from aula_platform.identity.sessions import NewSession, csrf_token, load_session, start_session
from aula_platform.settings import Settings
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_sdk.login import ProvedIdentity
from aula_sdk.people import Assurance, Kind
from benchmarks.town.roster import Room, Seat

ISSUER = "https://broker.example"


class Visitor(msgspec.Struct, frozen=True):
    """Somebody with a session."""

    seat: Seat
    room: Room
    headers: dict[str, str]
    """Cookie and token against forged requests, as a browser sends them."""


def choose_visitors(
    rooms: Sequence[Room], count: int, rng: random.Random
) -> list[tuple[Room, Seat]]:
    """Return teachers and guardians in turn, at random and each once; fewer where there are not
    so many.
    """
    teachers = [(room, room.teacher) for room in rooms]
    guardians = [(room, seat) for room in rooms for seat in room.of_kind(Kind.GUARDIAN)]
    rng.shuffle(teachers)
    rng.shuffle(guardians)
    half = min(count // 2, len(teachers))
    return teachers[:half] + guardians[: count - half]


async def sign_in(
    storage: Storage, settings: Settings, chosen: Sequence[tuple[Room, Seat]]
) -> list[Visitor]:
    """Start a session for each, in one transaction."""
    values = []
    async with storage.write(EVERYWHERE) as write:
        for _room, seat in chosen:
            proved = ProvedIdentity(ISSUER, seat.uniid, seat.uniid, Assurance.LOW, write.now)
            profiles = await LOGIN_PEOPLE.find_by_uniid(write, seat.uniid)
            account = await open_account(write, proved, profiles)
            new = NewSession(account, "test", seat.kind, Assurance.LOW, write.now, "Benchmark")
            values.append(await start_session(write, new, settings.login))
    name = session_cookie_name(settings.site.url)
    visitors = []
    async with storage.read(EVERYWHERE) as read:
        for (room, seat), value in zip(chosen, values, strict=True):
            session = await load_session(read, value)
            if session is None:
                raise LookupError("a session that was just started is not there")
            headers = {"Cookie": f"{name}={value}", HEADER: csrf_token(session)}
            visitors.append(Visitor(seat, room, headers))
    return visitors
