"""Organisations: which of them are institutions, and to which institution the others belong.

A municipality is a ``district``; a school a ``school``; a day-care a ``local`` org or one that
``metadata.institutionType`` calls so. A ``department`` inside a school is part of the school; one
that stands alone is an administration (ID-7). States and nations are no institutions of ours.
"""

from collections.abc import Iterator

import msgspec

from aula_plugins.oneroster.contents import Contents
from aula_plugins.oneroster.rows import BadRow, Row, Seen, read_rows, take_id
from aula_plugins.oneroster.tables import ORGS
from aula_sdk.stamdata_files import Package
from aula_sdk.stamdata_source import OrgKind, OrgRecord, Removed, RowError
from aula_sdk.stamdata_values import BadValue, read_guid, read_text

_TYPES = {
    "school": OrgKind.SCHOOL,
    "local": OrgKind.DAYCARE,
    "district": OrgKind.MUNICIPALITY,
    "department": OrgKind.ADMINISTRATION,
    "state": None,
    "national": None,
}
_INSTITUTION_TYPES = {
    "school": OrgKind.SCHOOL,
    "skole": OrgKind.SCHOOL,
    "daycare": OrgKind.DAYCARE,
    "dagtilbud": OrgKind.DAYCARE,
    "municipality": OrgKind.MUNICIPALITY,
    "kommune": OrgKind.MUNICIPALITY,
    "administration": OrgKind.ADMINISTRATION,
    "forvaltning": OrgKind.ADMINISTRATION,
}


class Org(msgspec.Struct, frozen=True):
    """One row of ``orgs.csv``."""

    kind: OrgKind | None
    name: str
    identifier: str
    parent: str


class Orgs:
    """The organisations of a delivery, by their ids."""

    def __init__(self, *, complete: bool) -> None:
        self.complete = complete
        self._known: dict[str, Org] = {}
        self._homes: dict[str, str] = {}

    def add(self, org_id: str, org: Org) -> None:
        """Remember an organisation."""
        self._known[org_id] = org

    def home_of(self, org_id: str) -> str | None:
        """Return the institution that an id stands for; ``None`` when there is none.

        An id that a delta does not explain stands for itself: the platform knows it already.
        """
        if org_id not in self._homes:
            self._homes[org_id] = self._find_home(org_id)
        return self._homes[org_id] or None

    def kind_of(self, home: str) -> OrgKind | None:
        """Return what an institution is, if the delivery says so."""
        return self._known[home].kind if home in self._known else None

    def institutions(self) -> Iterator[OrgRecord]:
        """Yield every institution, parents first."""
        records = {
            org_id: self._record(org_id, org)
            for org_id, org in self._known.items()
            if self.home_of(org_id) == org_id and org.kind is not None
        }
        written: set[str] = set()
        for org_id in records:
            chain = [org_id]
            while (above := records[chain[-1]].parent_source_id) in records and above not in chain:
                chain.append(above)
            for each in reversed(chain):
                if each not in written:
                    written.add(each)
                    yield records[each]

    def _record(self, org_id: str, org: Org) -> OrgRecord:
        parent = self.home_of(org.parent) if org.parent else None
        return OrgRecord(
            source_id=org_id,
            kind=org.kind or OrgKind.SCHOOL,
            name=org.name,
            identifier=org.identifier,
            parent_source_id=parent if parent and parent != org_id else "",
        )

    def _find_home(self, org_id: str) -> str:
        visited: set[str] = set()
        while org_id not in visited:
            visited.add(org_id)
            org = self._known.get(org_id)
            if org is None:
                return "" if self.complete else org_id
            above = self._known.get(org.parent)
            is_part = above is not None and above.kind in {OrgKind.SCHOOL, OrgKind.DAYCARE}
            if org.kind is not OrgKind.ADMINISTRATION or not is_part:
                return org_id if org.kind is not None else ""
            org_id = org.parent
        return ""


def read_orgs(package: Package, contents: Contents, orgs: Orgs) -> Iterator[Removed | RowError]:
    """Fill ``orgs``; yield what is gone and what cannot be taken."""
    if not contents.reads(ORGS):
        return
    seen = Seen()
    for row in read_rows(package, ORGS):
        if isinstance(row, RowError):
            yield row
            continue
        org_id = ""
        try:
            org_id = take_id(row, seen)
            if row.is_removed():
                if contents.is_delta:
                    yield Removed("org", (org_id,))
                continue
            orgs.add(org_id, _read_org(row))
        except BadRow as bad:
            yield bad.about("org", org_id)
        yield from row.problems


def _read_org(row: Row) -> Org:
    return Org(
        kind=_read_kind(row),
        name=row.required("name", lambda text: read_text(text, 200)),
        identifier=row.optional("identifier", read_guid, ""),
        parent=row.optional("parentSourcedId", read_guid, ""),
    )


def _read_kind(row: Row) -> OrgKind | None:
    stated = row.optional("metadata.institutionType", _institution_type, None)
    native = row.required("type", _native_type)
    return stated or native


def _institution_type(text: str) -> OrgKind:
    if text.casefold() not in _INSTITUTION_TYPES:
        raise BadValue("value.unknown")
    return _INSTITUTION_TYPES[text.casefold()]


def _native_type(text: str) -> OrgKind | None:
    if text.casefold() not in _TYPES:
        raise BadValue("value.unknown")
    return _TYPES[text.casefold()]
