"""How fast one account may ask: more than anybody reads, less than who copies everything.

Somebody's session in the hands of a program would otherwise fetch page after page of all that the
person may see (ASVS 2.4.1). Access keys have a limit of their own, across all processes (`bearer`).
"""

import time
from collections.abc import Callable
from uuid import UUID

_MINUTE = 60.0
PATIENCE = 2.0
"""Seconds for which a request waits at most. What somebody has typed is late then, and not lost."""


class Pace:
    """A leaky bucket for each account that asks by sessions, in this process.

    What is kept of an account is gone a minute after its bucket has run empty.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """``per_minute`` requests may come at once or over a minute; ``clock`` counts seconds."""
        self._each = _MINUTE / per_minute
        self._clock = clock
        self._empty_at: dict[UUID, float] = {}
        self._tidy_at = 0.0

    def take_turn(self, account_id: UUID) -> float | None:
        """Return in how many seconds the request may be answered: 0.0 for at once. None where it
        would be later than `PATIENCE`; then it has taken no turn from those that wait.
        """
        now = self._clock()
        if now >= self._tidy_at:
            self._tidy(now)
        empty_at = max(self._empty_at.get(account_id, now), now) + self._each
        late = empty_at - now - _MINUTE
        if late > PATIENCE:
            return None
        self._empty_at[account_id] = empty_at
        return max(0.0, late)

    def _tidy(self, now: float) -> None:
        self._empty_at = {whose: at for whose, at in self._empty_at.items() if at > now}
        self._tidy_at = now + _MINUTE

    def __len__(self) -> int:
        """How many accounts are remembered."""
        return len(self._empty_at)
