"""The first look at a delivery: what must be known of all of it before its people are read.

Files are looked at from the newest to the oldest; of several exports of one institution the newest
is read. Whoever is protected anywhere is so everywhere. Of the people nothing is kept but who is
protected, and which children have several institutions.
"""

from collections.abc import Iterator

import msgspec

from aula_plugins.stil.entries import BadEntry, Entry
from aula_plugins.stil.envelope import Envelope, read_envelope, read_filter, read_school_year
from aula_plugins.stil.grammar import SURVEY
from aula_plugins.stil.groups import guess_source_id, read_group, read_group_id
from aula_plugins.stil.institutions import read_institution, read_number
from aula_plugins.stil.package import events_of
from aula_plugins.stil.people import Alias, is_protected, known_as, read_alias
from aula_plugins.stil.problems import problem
from aula_plugins.stil.settings import NAMESPACE, StilSettings
from aula_sdk.stamdata_files import Package, PackageRefused
from aula_sdk.stamdata_source import GroupRecord, OrgRecord, RowError
from aula_sdk.stamdata_values import ZONE

MAX_INSTITUTIONS = 5_000
"""Of one delivery; like the others, a bound on what is remembered, far beyond any real one."""
MAX_GROUPS = 200_000
MAX_PEOPLE = 2_000_000
MAX_PROBLEMS = 100_000
"""What is wrong with anything but people, who are told of one by one."""


class Refused(Exception):
    """Nothing of the delivery can be taken."""

    def __init__(self, error: RowError) -> None:
        super().__init__(error.code)
        self.error = msgspec.structs.replace(error, fatal=True)


class Section(msgspec.Struct):
    """One institution in one file."""

    org: OrgRecord | None = None
    """Nothing when it is not to be read: unsound, or there is a newer export of it."""
    group_ids: dict[str, str] = {}
    """From the institution's own ids to those in all deliveries; empty for unsound groups."""


class Survey(msgspec.Struct):
    """What was found."""

    envelopes: dict[str, Envelope] = {}
    """By file, the newest first."""
    sections: dict[str, list[Section]] = {}
    """By file, in its order."""
    groups: list[GroupRecord] = []
    protected: dict[str, Alias] = {}
    several: set[str] = set()
    """Children whom more than one institution has."""
    problems: list[RowError] = []

    @property
    def orgs(self) -> Iterator[tuple[OrgRecord, Envelope]]:
        """Every institution that is read, with its file's envelope."""
        for file, sections in self.sections.items():
            for section in sections:
                if section.org is not None:
                    yield section.org, self.envelopes[file]

    @property
    def is_filtered(self) -> bool:
        """Whether people were left out, so that nobody may be taken to have left."""
        return any(envelope.filter.is_any for envelope in self.envelopes.values())


def take_survey(package: Package, settings: StilSettings) -> Survey:
    """Look at the whole delivery; raise `Refused`, `PackageRefused` or `XmlRefused`."""
    surveyor = _Surveyor(package, settings)
    surveyor.read_envelopes()
    for file in surveyor.found.envelopes:
        surveyor.read_file(file)
    surveyor.conclude()
    return surveyor.found


def namespaces_of(settings: StilSettings) -> frozenset[str]:
    """Return the namespaces in which elements mean what we take them to mean."""
    return frozenset({NAMESPACE, *settings.other_namespaces})


class _Pending:
    """What has been read of an institution that has not ended yet."""

    def __init__(self) -> None:
        self.groups: list[Entry] = []
        self.children: set[str] = set()
        self.protected: dict[str, Alias] = {}

    def note_people(self, entry: Entry) -> None:
        """Remember who is protected, and which child this is."""
        for student in entry.parts.get("Student", ()):
            self.children.update(known_as(person) for person in entry.parts.get("Person", ()))
            for contact in student.parts.get("ContactPerson", ()):
                self._note_protection(contact)
        self._note_protection(entry)

    def _note_protection(self, whose: Entry) -> None:
        for person in whose.parts.get("Person", ()):
            if is_protected(person) and (person_id := known_as(person)):
                keep_alias(self.protected, person_id, read_alias(person))


def keep_alias(protected: dict[str, Alias], person_id: str, alias: Alias) -> None:
    """Remember somebody as protected; an alias counts for more than none."""
    if protected.get(person_id, Alias()) == Alias():
        protected[person_id] = alias


class _Surveyor:
    def __init__(self, package: Package, settings: StilSettings) -> None:
        self.found = Survey()
        self._package = package
        self._settings = settings
        self._namespaces = namespaces_of(settings)
        self._numbers: set[str] = set()
        self._children: set[str] = set()
        self._groups = 0
        self._people = 0

    def read_envelopes(self) -> None:
        """Read when each file was made; only its beginning is looked at."""
        files = sorted(self._package.names())
        if not files:
            raise PackageRefused("package.no-files")
        envelopes = {file: self._envelope_of(file) for file in files}
        first = envelopes[files[0]]
        for file, envelope in envelopes.items():
            if envelope.size is not first.size:
                raise Refused(problem(file, envelope.line, "accessLevel", "export.mixed"))
        newest = sorted(files, key=lambda file: envelopes[file].exported_at, reverse=True)
        self.found.envelopes = {file: envelopes[file] for file in newest}

    def _envelope_of(self, file: str) -> Envelope:
        # The first event is the root's beginning, or there is none and an exception.
        _what, root = next(events_of(self._package, file, SURVEY, self._namespaces))
        try:
            return read_envelope(root)
        except BadEntry as bad:
            raise Refused(bad.error) from bad

    def read_file(self, file: str) -> None:
        """Read everything but people's details."""
        envelope = self.found.envelopes[file]
        self.found.sections[file] = []
        pending = _Pending()
        for what, entry in events_of(self._package, file, SURVEY, self._namespaces):
            if entry.name == "Institution":
                if what == "end":
                    section = self._section(entry, pending, envelope)
                    self.found.sections[file].append(section)
                pending = _Pending()
            elif entry.name == "Group":
                pending.groups.append(entry)
                self._groups += 1
            elif entry.name == "InstitutionPerson":
                self._people += 1
                pending.note_people(entry)
            elif entry.name == "Filter":
                envelope.filter = envelope.filter.joined(read_filter(entry))
            elif entry.name == "ImportSource":
                envelope.school_year = read_school_year(entry)
                self.found.problems += entry.problems
            self._keep_bounds(file)

    def _keep_bounds(self, file: str) -> None:
        reached = (
            (len(self.found.sections[file]), MAX_INSTITUTIONS),
            (self._groups, MAX_GROUPS),
            (self._people, MAX_PEOPLE),
            (len(self.found.problems), MAX_PROBLEMS),
        )
        if any(number > bound for number, bound in reached):
            raise PackageRefused("package.too-large", file)

    def _section(self, entry: Entry, pending: _Pending, envelope: Envelope) -> Section:
        section = Section()
        number = read_number(entry)
        if number in self._numbers:
            entry.problems.append(entry.error("InstitutionNumber", "export.superseded"))
        elif number:
            self._numbers.add(number)
            try:
                section.org = read_institution(entry, number, self._settings.institution_kinds)
            except BadEntry as bad:
                self.found.problems.append(bad.about("org", number))
        self.found.problems += entry.problems
        if section.org is not None:
            self._take(section, number, pending, envelope)
        return section

    def _take(self, section: Section, number: str, pending: _Pending, envelope: Envelope) -> None:
        for entry in pending.groups:
            self._take_group(section, number, entry, envelope)
            self.found.problems += entry.problems
        for person_id, alias in pending.protected.items():
            keep_alias(self.found.protected, person_id, alias)
        self.found.several |= self._children & pending.children
        self._children |= pending.children

    def _take_group(self, section: Section, number: str, entry: Entry, envelope: Envelope) -> None:
        group_id = ""
        try:
            group_id = _new_group_id(entry, section)
            group = read_group(entry, number, group_id)
            section.group_ids[group_id] = group.source_id
            self.found.groups.append(group)
        except BadEntry as bad:
            exported = envelope.exported_at.astimezone(ZONE).date()
            known = guess_source_id(entry, number, group_id, exported) if group_id else ""
            self.found.problems.append(bad.about("group", known))

    def conclude(self) -> None:
        """Say what holds for the delivery as a whole."""
        filtered = [file for file, each in self.found.envelopes.items() if each.filter.is_any]
        if filtered and len(filtered) < len(self.found.envelopes):
            self.found.problems.append(problem(filtered[0], 0, "Filter", "export.filtered"))


def _new_group_id(entry: Entry, section: Section) -> str:
    group_id = read_group_id(entry)
    if group_id in section.group_ids:
        raise BadEntry(entry.error("GroupId", "guid.duplicate"))
    section.group_ids[group_id] = ""
    return group_id
