"""Contact persons: who has custody of a child, or access to it without.

What two elements say of the same two people is put together, and where they differ what gives less
is taken: a source that errs gives less, not more.
"""

import re
from collections.abc import Iterator

import msgspec

from aula_plugins.stil.entries import Entry
from aula_sdk.stamdata_source import GuardianshipRecord
from aula_sdk.stamdata_values import BadValue, read_boolean

_NUMBER = re.compile(r"[0-9]{1,4}\Z")
_RELATIONS = {
    word.casefold(): word for word in ("Mor", "Far", "Andet", "Officielt tilknyttet person")
}


class Families:
    """The contact persons of a delivery, as one municipality reads them."""

    def __init__(self, extended_access_from: int) -> None:
        self._extended_from = extended_access_from
        self._apart: dict[tuple[str, str], GuardianshipRecord] = {}

    def read(self, entry: Entry, guardian: str, child: str) -> GuardianshipRecord:
        """Return what a ``ContactPerson`` is to the child; nothing readable gives no access."""
        level = entry.optional("accessLevel", _read_level, 0)
        return GuardianshipRecord(
            guardian_source_id=guardian,
            child_source_id=child,
            relation=entry.optional("relation", _read_relation, ""),
            custody=entry.optional("childCustody", read_boolean, False),
            extended_access=bool(self._extended_from) and level >= self._extended_from,
        )

    def keep(self, record: GuardianshipRecord) -> bool:
        """Remember what is said of a child that several institutions have; say if it agrees."""
        pair = (record.guardian_source_id, record.child_source_id)
        earlier = self._apart.get(pair)
        self._apart[pair] = record if earlier is None else least(earlier, record)
        return earlier is None or agree(earlier, record)

    def kept(self) -> Iterator[GuardianshipRecord]:
        """Yield what was remembered."""
        yield from self._apart.values()


def agree(one: GuardianshipRecord, other: GuardianshipRecord) -> bool:
    """Whether both give the same rights."""
    return (one.custody, one.extended_access) == (other.custody, other.extended_access)


def least(one: GuardianshipRecord, other: GuardianshipRecord) -> GuardianshipRecord:
    """Return what both give."""
    return msgspec.structs.replace(
        one,
        relation=one.relation or other.relation,
        custody=one.custody and other.custody,
        extended_access=one.extended_access and other.extended_access,
    )


def _read_level(text: str) -> int:
    if not _NUMBER.match(text):
        raise BadValue("number.malformed")
    return int(text)


def _read_relation(text: str) -> str:
    if text.casefold() not in _RELATIONS:
        raise BadValue("value.unknown")
    return _RELATIONS[text.casefold()]
