"""The life of a release: draft → submitted → approved → suspended, retired (WID-R4)."""

from datetime import UTC, datetime
from typing import Literal

import msgspec

from aula_registry.database import Database, transaction
from aula_registry.problems import ReleaseUnknown, WrongState
from aula_registry.tables import Release, Transition

State = Literal["draft", "submitted", "approved", "suspended", "retired"]

ALLOWED: frozenset[tuple[State, State]] = frozenset(
    {
        ("draft", "submitted"),
        ("submitted", "draft"),
        ("submitted", "approved"),
        ("approved", "suspended"),
        ("suspended", "approved"),
        ("approved", "retired"),
        ("suspended", "retired"),
    }
)


class TransitionRow(msgspec.Struct, frozen=True):
    """One change of state, as the history shows it."""

    from_state: str
    to_state: State
    actor: str
    reason: str
    at: datetime


async def move(
    database: Database, address: str, to_state: State, *, actor: str, reason: str = ""
) -> None:
    """Move the release ``vendor/name@version`` to a state and write down who did it and why.

    Raises `ReleaseUnknown`, or `WrongState` when that state cannot follow the one it is in.
    """
    async with transaction(database):
        row = (
            await Release.select(Release.id, Release.state)
            .where(Release.address == address)
            .first()
        )
        if row is None:
            raise ReleaseUnknown(address)
        if (row["state"], to_state) not in ALLOWED:
            raise WrongState(f"{address} is {row['state']}, and cannot become {to_state}")
        now = datetime.now(UTC)
        # The state in the condition lets only one of two that come at once go through.
        changed = (
            await Release.update({Release.state: to_state, Release.changed_at: now})
            .where((Release.id == row["id"]) & (Release.state == row["state"]))
            .returning(Release.id)
        )
        if not changed:
            raise WrongState(f"{address} has just changed")
        await record(row["id"], row["state"], to_state, actor=actor, reason=reason, at=now)


async def record(
    release_id: int, from_state: str, to_state: State, *, actor: str, reason: str, at: datetime
) -> None:
    """Add a row to the history, in the transaction of the change itself."""
    await Transition(
        release=release_id,
        from_state=from_state,
        to_state=to_state,
        actor=actor,
        reason=reason,
        at=at,
    ).save()


async def history(address: str) -> list[TransitionRow]:
    """Return what became of a release, oldest first."""
    rows = (
        await Transition.select(
            Transition.from_state,
            Transition.to_state,
            Transition.actor,
            Transition.reason,
            Transition.at,
        )
        .where(Transition.release.address == address)
        .order_by(Transition.id)
    )
    return msgspec.convert(rows, list[TransitionRow])
