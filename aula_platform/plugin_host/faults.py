"""What of each plugin fails, and what is left alone for a while because it keeps failing.

Known in memory, so that asking costs nothing; `records` shares it with the other workers.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from aula_platform.plugin_host.running import Place
from aula_platform.settings import QuarantineSettings
from aula_sdk.db import utc_now
from aula_sdk.errors import Problem
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_log = structlog.get_logger("aula.plugins")
_MOST_DOUBLINGS = 20


class Quarantined(Problem):
    """This part of a plugin has failed again and again, and is not called for a while."""

    status = 503
    code = "quarantined"
    title = _("This part is paused, because it has failed")


@dataclass(slots=True)
class Fault:
    """What is known of one place."""

    place: Place
    failures: int = 0
    """In all workers, as far as this one knows."""
    error: str = ""
    """Type and place of the last failure; never its message."""
    failed_at: datetime | None = None
    reason: str = ""
    """Why it is in quarantine; empty when it is not."""
    since: datetime | None = None
    until: datetime | None = None
    times: int = 0
    """How many quarantines in a row, which decides how long the next one is."""
    unshared: int = 0
    """Failures that only this worker knows of."""
    streak: list[Hashable] = field(default_factory=list)
    is_changed: bool = False
    is_tried: bool = False
    """Whether somebody has been let through, to see whether it works again."""

    def is_closed(self, now: datetime) -> bool:
        """Whether nobody may call it now."""
        return self.until is not None and (now < self.until or self.is_tried)


def next_pause(times: int, first: float, longest: float) -> timedelta:
    """Return how long a quarantine lasts after so many before it: doubled each time."""
    return timedelta(seconds=min(first * 2 ** min(times, _MOST_DOUBLINGS), longest))


class Faults:
    """The faults of this process's plugins, by place."""

    def __init__(
        self,
        settings: QuarantineSettings | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings = settings or QuarantineSettings()
        self.on_change: Callable[[], None] = lambda: None
        """Called when there is something to share with other workers."""
        self._clock = clock
        self._known: dict[Place, Fault] = {}

    def __iter__(self) -> Iterator[Fault]:
        """Yield the fault of every place that has ever failed."""
        yield from list(self._known.values())

    def of(self, place: Place) -> Fault:
        """Return what is known of the place."""
        return self._known.setdefault(place, Fault(place))

    def is_closed(self, place: Place) -> bool:
        """Whether the place is in quarantine; asking changes nothing."""
        fault = self._known.get(place)
        return fault is not None and fault.is_closed(self._clock())

    def enter(self, place: Place) -> None:
        """Pass; raise `Quarantined` while the place is left alone.

        When the time is over, one caller passes, and the others when that one has come back well.
        """
        fault = self._known.get(place)
        if fault is None or fault.until is None:
            return
        if fault.is_closed(self._clock()):
            raise Quarantined(headers={"Retry-After": "60"})
        fault.is_tried = True

    def left(self, place: Place) -> None:
        """Take back `enter`: the caller was cut off, so nothing is known of the place."""
        if (fault := self._known.get(place)) is not None:
            fault.is_tried = False

    def worked(self, place: Place) -> None:
        """Note that the place has worked: its failures were not in a row."""
        fault = self._known.get(place)
        if fault is None or not (fault.streak or fault.until):
            return
        fault.streak.clear()
        if fault.until is not None:
            _log.warning("plugin_works_again", plugin=place.plugin, place=place.name)
            self._end(fault)

    def failed(
        self,
        place: Place,
        error: str,
        *,
        key: Hashable = None,
        closes: bool = True,
    ) -> None:
        """Count a failure, and begin a quarantine when there are too many in a row.

        With a ``key`` only failures of different keys make a row: one poisoned stream must not
        stop a subscriber's others. Without ``closes`` failures are counted and no more.
        """
        fault = self.of(place)
        fault.failures += 1
        fault.unshared += 1
        fault.error, fault.failed_at = error, self._clock()
        if closes and (key is None or key not in fault.streak):
            fault.streak.append(key)
        _log.warning(
            "plugin_failed",
            plugin=place.plugin,
            place=place.name,
            error=error,
            failures=fault.failures,
        )
        if fault.is_tried or len(fault.streak) >= self.settings.failures:
            self._begin(fault, f"{max(len(fault.streak), 1)} failures in a row: {error}")
        self._changed(fault)

    def quarantined(self, plugin: str) -> str | None:
        """Return which part of the plugin is in quarantine, why and since when; None if none is."""
        for fault in self:
            if fault.place.plugin == plugin and fault.until is not None:
                since = f"{fault.since:%Y-%m-%d %H:%M} UTC" if fault.since else "?"
                return f"{fault.place.name}: {fault.reason}; since {since}"
        return None

    def _begin(self, fault: Fault, reason: str) -> None:
        settings, now = self.settings, self._clock()
        pause = next_pause(fault.times, settings.first_seconds, settings.longest_seconds)
        fault.since = fault.since or now
        fault.reason, fault.until = reason, now + pause
        fault.times += 1
        fault.is_tried = False
        fault.streak.clear()
        _log.error(
            "plugin_quarantined",
            plugin=fault.place.plugin,
            place=fault.place.name,
            reason=reason,
            until=fault.until.isoformat(),
        )

    def _end(self, fault: Fault) -> None:
        fault.reason, fault.since, fault.until, fault.times = "", None, None, 0
        fault.is_tried = False
        self._changed(fault)

    def _changed(self, fault: Fault) -> None:
        fault.is_changed = True
        self.on_change()
