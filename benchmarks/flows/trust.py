"""What session, rights and audit add to a request, by a plugin that does nothing else (issue 4).

Who asks is a teacher with five roles in forty groups. Three requests are measured in one run, by
handlers that are given the same: for everybody and without a session; for who holds a right; and
about one person to whom the teacher must be related, which is in the audit for good before the
answer leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.tables import holder, role
from aula_platform.stamdata.tables import group, membership
from aula_platform.storage import EVERYWHERE
from aula_sdk.ids import PROFILE, new_id
from aula_sdk.people import Kind
from benchmarks.load import Request
from benchmarks.results import Figure, Result
from benchmarks.town.visitors import Visitor
from benchmarks.world import ROUNDS, Measured, World

_AT_MOST_MS = 0.6
_GROUPS, _ROLES = 40, 5
_TIMES = 5
"""How many times as often as elsewhere each is asked: they cost little."""
_PATH = "/api/v1/probe"


@dataclass(frozen=True)
class _Trust:
    name: str = "trust"
    what: str = "what session, rights and audit add"
    place: int = 25

    async def measure(self, world: World) -> Result:
        """Measure the three, and tell their differences."""
        teacher = next(one for one in world.visitors if one.seat.kind is Kind.EMPLOYEE)
        await _let_belong(world, teacher)
        person = PROFILE.format(teacher.room.of_kind(Kind.PUPIL)[0].profile_id)
        asked = [
            Request(f"{_PATH}/{path}/{person}", headers, row="world", rows=1)
            for path, headers in (
                ("open", {}),
                ("known", teacher.headers),
                ("people", teacher.headers),
            )
        ]
        # The first round meets what a site does when it begins; of the others the least is told.
        rounds = [[await _cost(world, one) for one in asked] for _each in range(ROUNDS)]
        least = [min(found, key=_cpu_ms) for found in zip(*rounds[1:], strict=True)]
        nobody, known, about = map(_cpu_ms, least)
        database = least[2].database_ms - least[0].database_ms
        outcome = least[-1].outcome
        return Result(
            flow=self.name,
            what=self.what,
            database=world.installation.database,
            people=world.size.people,
            messages=world.size.messages,
            requests=len(asked) * ROUNDS * _TIMES * world.effort.requests,
            cpu_ms=about,
            database_ms=least[-1].database_ms,
            per_second=outcome.count / outcome.seconds,
            p50=outcome.percentile(0.5),
            p95=outcome.percentile(0.95),
            p99=outcome.percentile(0.99),
            bytes=outcome.bytes / outcome.count,
            figures=(
                Figure("for everybody", nobody, "ms"),
                Figure("session and right", known - nobody, "ms"),
                Figure("relation to one person, and the audit", about - known, "ms"),
                Figure("together", about - nobody, "ms"),
                Figure(
                    "of it in the site's processes", about - nobody - database, "ms", _AT_MOST_MS
                ),
                Figure("of it in the database's", database, "ms"),
            ),
        )


async def _cost(world: World, request: Request) -> Measured:
    await world.measure([request] * world.effort.warm_up)
    return await world.measure([request] * (_TIMES * world.effort.requests))


def _cpu_ms(measured: Measured) -> float:
    return measured.cpu_ms


async def _let_belong(world: World, teacher: Visitor) -> None:
    """Put the teacher into many groups, and give the teacher several roles."""
    room, seat = teacher.room, teacher.seat
    here = {"municipality_id": room.municipality_id, "institution_id": room.institution_id}
    async with world.storage.write(EVERYWHERE) as write:
        sourced = {"municipality_id": room.municipality_id, "source": "probe"}
        held = {"valid_from": write.now.replace(year=write.now.year - 1)}
        groups = [new_id() for _each in range(_GROUPS)]
        roles = [new_id() for _each in range(_ROLES)]
        await write.execute(
            sa.insert(group),
            [
                sourced | held | {
                    "id": one, "institution_id": room.institution_id, "source_id": one.hex,
                    "name": one.hex, "sort_key": one.hex, "kind": "other",
                }
                for one in groups
            ],
        )  # fmt: skip
        member = {"profile_id": seat.profile_id, "role": "teacher"}
        await write.execute(
            sa.insert(membership),
            [sourced | held | member | {"id": new_id(), "group_id": one} for one in groups],
        )
        made = here | {"created_at": write.now}
        await write.execute(sa.insert(role), [made | {"id": one, "name": one.hex} for one in roles])
        await write.execute(
            sa.insert(holder),
            [
                made | held | {"id": new_id(), "profile_id": seat.profile_id, "role": one.hex}
                for one in roles
            ],
        )
        await raise_rights_epoch(write)


FLOW = _Trust()
