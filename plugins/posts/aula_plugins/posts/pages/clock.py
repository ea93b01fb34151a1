"""Moments as forms hold them: local time, ``2026-11-25T10:00`` (rule 14)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aula_plugins.posts import _
from aula_plugins.posts.errors import wrong_field

ZONE = ZoneInfo("Europe/Copenhagen")
_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")


def read_moment(text: str, field: str) -> datetime | None:
    """Return the moment that was typed, None for nothing; raise `Invalid` naming the field.

    Where a browser has no field for moments, a date and a time with a blank between are taken too.
    """
    typed = text.strip()
    if not typed:
        return None
    for pattern in _FORMATS:
        try:
            # The zone is the place's, added on the next line.
            local = datetime.strptime(typed, pattern)  # noqa: DTZ007
        except ValueError:
            continue
        return local.replace(tzinfo=ZONE).astimezone(UTC)
    raise wrong_field(field, _("Write it as 2026-11-25 10:00"), "malformed")


def write_moment(moment: datetime | None) -> str:
    """Return a moment as a form holds it, to the minute; nothing for none."""
    return moment.astimezone(ZONE).strftime(_FORMATS[0]) if moment else ""
