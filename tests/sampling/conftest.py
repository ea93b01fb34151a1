"""The site of the administration's tests, with a log of last month to draw from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from aula_platform.sampling.period import Period, last_period
from aula_platform.stamdata.tables import group, guardianship, institution, membership, profile
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.db import utc_now
from tests.administration.conftest import office, plugins, running

__all__ = ["office", "plugins", "running"]


@pytest.fixture
async def period(running: RunningSite) -> Period:
    """The month that a sample is about; everybody has been where they are since long before."""
    began = datetime(2020, 1, 1, tzinfo=UTC)
    async with running.storage.write(EVERYWHERE) as write:
        for table in (institution, profile, group, membership, guardianship):
            await write.execute(sa.update(table).values(valid_from=began))
    return last_period(utc_now(), 1)
