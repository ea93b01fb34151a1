"""With whom people share their contact data: without answers nobody would see any in a list."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Storage
from aula_plugins.contacts.models import Audience, sharing
from aula_sdk import stamdata

_AT_ONCE = 5000
_ANSWERED = 0.8
_WIDTHS = {Audience.CLASS: 6, Audience.YEAR: 2, Audience.INSTITUTION: 1, Audience.NOBODY: 1}
"""How often each answer is given, of ten."""
_tie, _child = stamdata.guardianship, stamdata.profile.alias("child")
_guardian = stamdata.profile.alias("guardian")
_FAMILIES = (
    sa.select(_guardian.c.person_id, _child.c.person_id, _tie.c.municipality_id)
    .join_from(_tie, _guardian, _guardian.c.id == _tie.c.guardian_id)
    .join(_child, _child.c.id == _tie.c.child_id)
    .where(_tie.c.custody.is_(True))
    .order_by(_guardian.c.person_id, _child.c.person_id)
)
Row = dict[str, object]


async def fill_sharing(storage: Storage) -> None:
    """Let guardians with custody answer for themselves and for their children (CNS-5)."""
    async with storage.read(EVERYWHERE) as read:
        rows = list(_answer(await read.rows(_FAMILIES), random.Random(5), read.now))
    for start in range(0, len(rows), _AT_ONCE):
        async with storage.write(EVERYWHERE) as write:
            await write.execute(sa.insert(sharing), rows[start : start + _AT_ONCE])


def _answer(families: Sequence[sa.Row[Any]], rng: random.Random, now: datetime) -> Iterator[Row]:
    answered = set()
    for row in families:
        guardian, child, municipality = tuple(row)
        if rng.random() > _ANSWERED:
            continue
        for person in (guardian, child):
            if (person, guardian) not in answered:
                answered.add((person, guardian))
                audience = rng.choices(list(_WIDTHS), list(_WIDTHS.values()))[0]
                yield {
                    "person_id": person,
                    "chooser_id": guardian,
                    "width": audience.width,
                    "chosen_at": now,
                    "municipality_id": municipality,
                }
