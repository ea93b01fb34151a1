"""Where a real vendor has a database: made-up plans, the same each time they are asked for."""

import hashlib
from datetime import date, timedelta
from typing import Any

_SUBJECTS = (
    ("Dansk", "vi læser videre i klassens bog, husk den hjemmefra"),
    ("Matematik", "brøker på bane og tavle, side 34 til 36"),
    ("Natur og teknologi", "vi samler blade til herbariet"),
    ("Idræt", "udendørs, tag tøj med til vejret"),
    ("Musik", "vi øver til morgensangen på fredag"),
    ("Engelsk", "små samtaler to og to om weekenden"),
    ("Billedkunst", "vi maler færdigt, gammel skjorte er god at have på"),
)
_TIMES = ("08:10", "09:50", "11:40", "13:00")
_AHEAD = timedelta(weeks=4)
_FREE = 24  # Of 256: about one day in ten has nothing planned.


class NoPlan(Exception):
    """The school has not made a plan for this week yet."""


def week_of(child: str, week: str) -> list[dict[str, Any]]:
    """Return five days with what is planned on each.

    Raises ValueError for a week that is none, `NoPlan` for one that is not planned yet.
    A day on which nothing is planned has an empty list: that is a fact, not a failure.
    """
    year, separator, number = week.partition("-W")
    if not separator or len(year) != len("2026") or len(number) != len("48"):
        raise ValueError(week)
    monday = date.fromisocalendar(int(year), int(number), 1)
    if monday > date.today() + _AHEAD:  # noqa: DTZ011 - plans are made by the calendar on the wall.
        raise NoPlan
    return [_day(child, monday + timedelta(days=offset)) for offset in range(5)]


def _day(child: str, day: date) -> dict[str, Any]:
    chance = hashlib.sha256(f"{child}{day}".encode()).digest()
    count = 0 if chance[0] < _FREE else 1 + chance[0] % len(_TIMES)
    entries = [
        {"time": time, "subject": subject, "text": text}
        for time, (subject, text) in zip(
            _TIMES,
            (_SUBJECTS[chance[place + 1] % len(_SUBJECTS)] for place in range(count)),
            strict=False,
        )
    ]
    return {"date": day.isoformat(), "entries": entries}
