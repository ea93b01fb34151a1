"""One statement that is whole by itself (decision 0048)."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from aula_platform.storage import EVERYWHERE, OWNER, Storage, Write
from aula_platform.storage.tables import idempotency
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from tests.databases import open_database

_ADD = sa.insert(idempotency)
_TIMES = 4
"""The first time a statement is met, the second it is asked of SQLAlchemy how it is written."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_database(request.param, tmp_path, [OWNER]) as opened:
        yield opened


def _row(key: str, account: UUID) -> dict[str, object]:
    return {"account_id": account, "key": key, "object_id": new_id(), "created_at": utc_now()}


async def _count(storage: Storage) -> int:
    async with storage.read(EVERYWHERE) as read:
        return int(await read.scalar(sa.select(sa.func.count()).select_from(idempotency)))


async def test_it_is_there_for_good_when_its_block_ends(storage: Storage) -> None:
    """On PostgreSQL others see it before that: no transaction was begun for it."""
    for number in range(_TIMES):
        async with storage.write_one(EVERYWHERE) as write:
            assert (await write.execute(_ADD, _row("key", new_id()))).rowcount == 1
            seen = await _count(storage)
        assert seen == number + (0 if storage.is_sqlite else 1)
        assert await _count(storage) == number + 1


async def test_one_that_fails_leaves_nothing(storage: Storage) -> None:
    """Whoever comes next gets a connection in which nothing is open."""
    account = new_id()
    async with storage.write_one(EVERYWHERE) as write:
        await write.execute(_ADD, _row("there", account))
    for number in range(_TIMES):
        with pytest.raises(IntegrityError):
            async with storage.write_one(EVERYWHERE) as write:
                await write.execute(_ADD, _row("there", account))
        async with storage.write(EVERYWHERE) as write:
            await write.execute(_ADD, _row(str(number), account))
    assert await _count(storage) == 1 + _TIMES


@pytest.mark.parametrize(
    "tell",
    [
        lambda unit: unit.changed("topic", [new_id()]),
        lambda unit: unit.audit("some.deed", municipality_id=new_id()),
        lambda unit: unit.looked("some.right", municipality_id=new_id()),
    ],
    ids=["topic", "audit", "look"],
)
async def test_what_is_to_be_told_beside_it_is_refused(
    storage: Storage, tell: Callable[[Write], None]
) -> None:
    """It would be a statement more, which nothing holds together with the first."""
    with pytest.raises(RuntimeError, match="one statement"):
        async with storage.write_one(EVERYWHERE) as write:
            tell(write)
    assert await _count(storage) == 0
