"""The audit's own work: sealing what was written, anchoring the chains, letting old months go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from aula_platform.audit.anchoring import anchor_heads
from aula_platform.audit.anchors import AnchorStore
from aula_platform.audit.expiring import expire
from aula_platform.audit.sealing import SOON, seal
from aula_platform.storage import Storage
from aula_sdk.contributions import Job
from aula_sdk.db import utc_now
from aula_sdk.protocols import Platform

SEAL_EVERY = timedelta(seconds=5)
LOOK_BACK_EVERY = timedelta(minutes=10)


def make_jobs(
    storage: Storage, anchors: AnchorStore, anchor_every: timedelta, months: Mapping[UUID, int]
) -> tuple[Job, ...]:
    """Return the jobs; ``months`` says how long each municipality keeps its audit."""
    looked_back: datetime | None = None

    async def seal_all(_platform: Platform) -> None:
        nonlocal looked_back
        begun = utc_now()
        if looked_back is not None and looked_back <= begun < looked_back + LOOK_BACK_EVERY:
            await seal(storage, late=SOON)
            return
        # First after a pause: what is sealed of the time since would put out of reach what was
        # committed late before it.
        await seal(storage)
        looked_back = begun

    async def anchor_all(_platform: Platform) -> None:
        await anchor_heads(storage, anchors, months)

    async def expire_all(_platform: Platform) -> None:
        for municipality_id, kept in months.items():
            await expire(storage, municipality_id, kept)

    return (
        Job("audit.seal", SEAL_EVERY, seal_all),
        Job("audit.anchor", anchor_every, anchor_all),
        Job("audit.expire", timedelta(hours=24), expire_all),
    )
