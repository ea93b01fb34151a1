"""Times as people say them ("i dag 14.30", "i morgen"), in the reader's language."""

from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time

from aula_sdk.db import utc_now
from aula_sdk.i18n import current_locale, gettext_for

_ = gettext_for("aula")
ZONE = ZoneInfo("Europe/Copenhagen")
Style = Literal["words", "exact", "date", "clock"]
_A_WEEK = 7
_parse = cache(Locale.parse)  # Babel would read the name anew for each of its steps.


def say_time(when: datetime | date, style: Style = "words") -> str:
    """Return ``when`` in words; moments are shown in Danish time.

    ``words``: "i dag 14.30", "i går 8.15", "man. 9.00", "3. okt." and with the year when it is not
    this one. ``exact``: weekday, date and time in full. ``date`` and ``clock``: that part alone.
    """
    locale = _parse(current_locale())
    if not isinstance(when, datetime):
        return _say_day(when, utc_now().astimezone(ZONE).date(), locale)
    local = when.astimezone(ZONE)
    clock = format_time(local, "HH.mm" if locale.language == "da" else "HH:mm", locale=locale)
    if style == "clock":
        return clock
    if style == "date":
        return _say_day(local.date(), utc_now().astimezone(ZONE).date(), locale)
    if style == "exact":
        return f"{format_date(local, 'full', locale=locale)} {clock}"
    today = utc_now().astimezone(ZONE).date()
    day = _say_day(local.date(), today, locale)
    is_near = abs((local.date() - today).days) < _A_WEEK
    return f"{day} {clock}" if is_near else day


def _say_day(day: date, today: date, locale: Locale) -> str:
    near = {
        today: _("today"),
        today - timedelta(days=1): _("yesterday"),
        today + timedelta(days=1): _("tomorrow"),
    }
    if day in near:
        return str(near[day])
    if abs((day - today).days) < _A_WEEK:
        return format_datetime(datetime(day.year, day.month, day.day), "EEE", locale=locale)  # noqa: DTZ001  # A day has no zone.
    pattern = "d. MMM" if locale.language == "da" else "d MMM"
    if day.year != today.year:
        pattern += " y"
    return format_date(day, pattern, locale=locale)
