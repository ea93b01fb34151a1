"""Groups of an institution, with the time they hold.

A school may give the same id to this year's 3.A and next year's: other children, another class.
So a group that says when it begins is known by its id and the school year of that day (GRP-5).
"""

from datetime import date, timedelta

from aula_plugins.stil.entries import BadEntry, Entry
from aula_sdk.stamdata_source import GroupKind, GroupRecord
from aula_sdk.stamdata_values import BadValue, read_date, read_guid, read_text, start_of

_KINDS = {
    "hovedgruppe": GroupKind.MAIN,
    "årgang": GroupKind.YEAR,
    "hold": GroupKind.TEAM,
    "team": GroupKind.TEAM,
    "sfo": GroupKind.SFO,
    "retning": GroupKind.OTHER,
    "andet": GroupKind.OTHER,
}
_LEVELS = frozenset({"DT", *map(str, range(11)), "U1", "U2", "U3", "U4", "VU"})
_NAME_LENGTH = 120
_FIRST_MONTH = 8
"""A school year begins on 1 August."""


def read_group_id(entry: Entry) -> str:
    """Return the institution's own id of a group; raise `BadEntry` when it has none."""
    return entry.required("GroupId", read_guid)


def read_group(entry: Entry, number: str, group_id: str) -> GroupRecord:
    """Return the group; raise `BadEntry` when it cannot be taken."""
    begins, ends = _day(entry, "FromDate"), _day(entry, "ToDate")
    if begins and ends and ends < begins:
        raise BadEntry(entry.error("ToDate", "date.order"))
    return GroupRecord(
        source_id=source_id_of(number, group_id, begins),
        org_source_id=number,
        name=entry.required("GroupName", lambda text: read_text(text, _NAME_LENGTH)),
        kind=entry.optional("GroupType", _read_kind, GroupKind.OTHER),
        level=entry.optional("GroupLevel", read_level, ""),
        valid_from=start_of(begins) if begins else None,
        # The last day is part of the time.
        valid_to=start_of(ends + timedelta(days=1)) if ends else None,
    )


def guess_source_id(entry: Entry, number: str, group_id: str, exported: date) -> str:
    """Return the id by which a group that cannot be taken is known, as far as can be told."""
    if not entry.is_given("FromDate"):
        return source_id_of(number, group_id, None)
    try:
        return source_id_of(number, group_id, _day(entry, "FromDate"))
    except BadEntry:
        return source_id_of(number, group_id, exported)


def _day(entry: Entry, field: str) -> date | None:
    """Return the day, if one is given; a wrong one would let the group hold at the wrong time."""
    return entry.required(field, read_date) if entry.is_given(field) else None


def source_id_of(number: str, group_id: str, begins: date | None) -> str:
    """Return the id by which a group is known among all institutions' groups of all years."""
    known = f"{number}:{group_id}"
    if begins is None:
        return known
    return f"{known}:{begins.year if begins.month >= _FIRST_MONTH else begins.year - 1}"


def read_level(text: str) -> str:
    """Return a level: DT for day-care, 0 to 10, U1 to U4, VU; nothing for ``Andet``."""
    folded = text.upper().lstrip("0") or "0"
    if folded == "ANDET":
        return ""
    if folded not in _LEVELS:
        raise BadValue("value.unknown")
    return folded


def _read_kind(text: str) -> GroupKind:
    if text.casefold() not in _KINDS:
        raise BadValue("value.unknown")
    return _KINDS[text.casefold()]
