"""The head of an institution: its number, what it is called, and what it is."""

import re
from collections.abc import Mapping

from aula_plugins.stil.entries import BadEntry, Entry
from aula_sdk.stamdata_source import OrgKind, OrgRecord
from aula_sdk.stamdata_values import BadValue, read_text

_NUMBER = re.compile(r"[0-9A-ZÆØÅ]{6}\Z")
_NAME_LENGTH = 200
_TYPES = {
    OrgKind.SCHOOL: (
        "skole folkeskole grundskole friskole privatskole specialskole efterskole ungdomsskole "
        "gymnasium kostskole school"
    ),
    OrgKind.DAYCARE: (
        "dagtilbud daginstitution børnehave børnehus vuggestue dagpleje sfo fritidshjem "
        "fritidsordning klub daycare"
    ),
    OrgKind.MUNICIPALITY: "kommune municipality",
    OrgKind.ADMINISTRATION: "forvaltning administration ppr",
}
_KINDS = {word: kind for kind, words in _TYPES.items() for word in words.split()}


def read_number(entry: Entry) -> str:
    """Return the institution's number, or nothing when it cannot be read (noted)."""
    try:
        return entry.required("InstitutionNumber", _read_number)
    except BadEntry as bad:
        entry.problems.append(bad.error)
        return ""


def read_institution(entry: Entry, number: str, kinds: Mapping[str, OrgKind]) -> OrgRecord:
    """Return the institution; raise `BadEntry` when it has no name or it is not known what it is.

    ``kinds`` are the municipality's word on some of its numbers, which counts for more than the
    export's (ID-7).
    """
    name = entry.required("InstitutionName", lambda text: read_text(text, _NAME_LENGTH))
    kind = kinds.get(number) or entry.required("InstitutionType", _read_kind)
    return OrgRecord(number, kind, name, identifier=number)


def _read_number(text: str) -> str:
    if not _NUMBER.match(text.upper()):
        raise BadValue("institution-number.malformed")
    return text.upper()


def _read_kind(text: str) -> OrgKind:
    if text.casefold() not in _KINDS:
        raise BadValue("value.unknown")
    return _KINDS[text.casefold()]
