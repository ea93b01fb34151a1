"""A database with the audit's recorder, and people who act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from aula_platform import audit
from aula_platform.storage import Storage
from aula_sdk.ids import new_id
from aula_sdk.people import Actor, ActorProfile, Assurance, Kind
from tests.databases import KINDS, open_database


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=KINDS)
async def storage(
    request: pytest.FixtureRequest, tmp_path: Path, anyio_backend: str
) -> AsyncIterator[Storage]:
    async with open_database(request.param, tmp_path, [audit.OWNER]) as opened:
        opened.recorders.append(audit.record)
        yield opened


def _profile(municipality: UUID) -> ActorProfile:
    return ActorProfile(
        id=new_id(),
        person_id=new_id(),
        institution_id=new_id(),
        municipality_id=municipality,
        kind=Kind.EMPLOYEE,
        name="Bo Berg",
        institution_name="Skovskolen",
    )


@pytest.fixture
def actor() -> Actor:
    """An employee in two municipalities."""
    return Actor(
        account_id=new_id(),
        role=Kind.EMPLOYEE,
        name="Bo Berg",
        profiles=(_profile(new_id()), _profile(new_id())),
        children=(),
        holdings={},
        assurance=Assurance.SUBSTANTIAL,
    )
