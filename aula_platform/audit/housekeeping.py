"""The audit's own work: sealing what was written, anchoring the chains, letting old months go."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from aula_platform.audit.anchoring import anchor_heads
from aula_platform.audit.anchors import AnchorStore
from aula_platform.audit.expiring import expire
from aula_platform.audit.sealing import SOON, seal
from aula_platform.storage import Storage
from aula_sdk.contributions import Job
from aula_sdk.protocols import Platform

SEAL_EVERY = timedelta(seconds=5)
SEAL_LATE_EVERY = timedelta(minutes=10)


def make_jobs(
    storage: Storage, anchors: AnchorStore, anchor_every: timedelta, months: Mapping[UUID, int]
) -> tuple[Job, ...]:
    """Return the jobs; ``months`` says how long each municipality keeps its audit."""

    async def seal_new(_platform: Platform) -> None:
        await seal(storage, late=SOON)

    async def seal_all(_platform: Platform) -> None:
        await seal(storage)

    async def anchor_all(_platform: Platform) -> None:
        await anchor_heads(storage, anchors, months)

    async def expire_all(_platform: Platform) -> None:
        for municipality_id, kept in months.items():
            await expire(storage, municipality_id, kept)

    return (
        Job("audit.seal", SEAL_EVERY, seal_new),
        Job("audit.seal-late", SEAL_LATE_EVERY, seal_all),
        Job("audit.anchor", anchor_every, anchor_all),
        Job("audit.expire", timedelta(hours=24), expire_all),
    )
