"""The second look at a delivery: its people, one element at a time.

Somebody can be named many times: as a pupil, as an employee elsewhere, as the contact person of
each child. The first time counts for what is kept about the person; rights come from all of them.
"""

from collections.abc import Iterator

from aula_plugins.stil.entries import BadEntry, Entry
from aula_plugins.stil.envelope import Envelope, PackageSize
from aula_plugins.stil.grammar import PEOPLE
from aula_plugins.stil.guardians import Families, agree, least
from aula_plugins.stil.package import events_of
from aula_plugins.stil.people import People, known_as, read_person_id
from aula_plugins.stil.problems import problem
from aula_plugins.stil.roles import Post, memberships, posts_of
from aula_plugins.stil.settings import StilSettings
from aula_plugins.stil.survey import Section, Survey, namespaces_of
from aula_sdk.stamdata_files import Package, PackageRefused
from aula_sdk.stamdata_source import (
    Complete,
    GuardianshipRecord,
    OrgRecord,
    PersonRecord,
    Record,
    RowError,
    Unchanged,
)


class Persons:
    """Reads the people of a delivery that has been surveyed."""

    def __init__(self, package: Package, survey: Survey, settings: StilSettings) -> None:
        size = next(iter(survey.envelopes.values())).size
        self._package = package
        self._survey = survey
        self._namespaces = namespaces_of(settings)
        self._size: PackageSize = size
        self._people = People(
            survey.protected, size, names_are_aliases=settings.delivered_names_are_aliases
        )
        self._families = Families(settings.extended_access_from)
        self._taken: set[str] = set()
        self._here: set[str] = set()

    def read(self) -> Iterator[Record | RowError]:
        """Yield everybody, each followed by what they are where, and by their contact persons."""
        for file, envelope in self._survey.envelopes.items():
            yield from self._read_file(file, envelope)
        yield from self._families.kept()

    def _read_file(self, file: str, envelope: Envelope) -> Iterator[Record | RowError]:
        sections = iter(self._survey.sections[file])
        section: Section | None = Section()
        has_told = False
        for what, entry in events_of(self._package, file, PEOPLE, self._namespaces):
            if entry.name == "Institution" and what == "begin":
                section = next(sections, None)
                self._here.clear()
            elif entry.name == "InstitutionPerson":
                if section is None:
                    # Somebody has changed the file since it was surveyed.
                    raise PackageRefused("package.damaged", file)
                if section.org is not None:
                    yield from self._read_entry(entry, section, section.org, envelope)
                    if not has_told and (more := self._unexpected(entry)) is not None:
                        has_told = True
                        yield more

    def _unexpected(self, entry: Entry) -> RowError | None:
        """Return a report when the package carries what its name does not promise."""
        for student in entry.parts.get("Student", ()):
            for contact in student.parts.get("ContactPerson", ()):
                if not self._size.carries_families:
                    return problem(entry.file, contact.line, contact.name, "export.more")
        return None

    def _read_entry(
        self, entry: Entry, section: Section, org: OrgRecord, envelope: Envelope
    ) -> Iterator[Record | RowError]:
        """Yield one person at one institution whole, or say why nothing of them is taken."""
        try:
            person_id = self._arrive(entry)
            posts = _posts_of(entry, person_id, org)
            yield from self._person(_person_in(entry), person_id)
        except BadEntry as bad:
            yield from self._left_as_it_was(entry, bad)
            yield from dict.fromkeys(entry.problems)
            return
        for post in posts:
            yield post.profile
        for post in posts:
            yield from memberships(post, section.group_ids)
        student = entry.part("Student")
        if student is not None and self._size.carries_families:
            yield from self._contact_persons(student, person_id)
        yield from self._said_whole(person_id, envelope, is_pupil=student is not None)
        yield from dict.fromkeys(entry.problems)

    def _arrive(self, entry: Entry) -> str:
        """Return who it is; raise `BadEntry` when the institution has named the person before."""
        person = _person_in(entry)
        person_id = read_person_id(person)
        if person_id in self._here:
            raise BadEntry(person.error("UserId", "guid.duplicate"))
        self._here.add(person_id)
        return person_id

    def _person(self, person: Entry, person_id: str) -> Iterator[PersonRecord]:
        """Yield the person the first time; raise `BadEntry` when nobody may be taken."""
        if person_id not in self._taken:
            record = self._people.read(person, person_id)
            self._taken.add(person_id)
            yield record

    def _left_as_it_was(self, entry: Entry, bad: BadEntry) -> Iterator[RowError | Unchanged]:
        """Yield the report; whom it is about stays as before, and so do a child's guardians."""
        person = entry.part("Person")
        yield self._report(bad, person)
        if person is None or not self._people.may_stay(person):
            return
        for student in entry.parts.get("Student", ()):
            for contact in student.parts.get("ContactPerson", ()):
                guardian = known_as(contact.part("Person"))
                if guardian:
                    yield Unchanged("person", (guardian,))

    def _report(self, bad: BadEntry, person: Entry | None) -> RowError:
        """Return the report, saying who stays as before."""
        stays = person is not None and self._people.may_stay(person)
        return bad.about("person", known_as(person)) if stays else bad.error

    def _contact_persons(
        self, student: Entry, child: str
    ) -> Iterator[PersonRecord | GuardianshipRecord | RowError]:
        """Yield a child's contact persons; those of a child of several institutions come later."""
        found: dict[str, GuardianshipRecord] = {}
        for contact in student.parts.get("ContactPerson", ()):
            try:
                guardian = _guardian_in(contact, child)
                yield from self._person(_person_in(contact), guardian)
            except BadEntry as bad:
                yield self._report(bad, contact.part("Person"))
                continue
            record = self._families.read(contact, guardian, child)
            earlier = found.get(guardian, record)
            if not agree(earlier, record):
                yield contact.error("", "guardian.contradiction")
            found[guardian] = least(earlier, record)
            if child in self._survey.several and not self._families.keep(found[guardian]):
                yield contact.error("", "guardian.contradiction")
        if child not in self._survey.several:
            yield from found.values()

    def _said_whole(
        self, person_id: str, envelope: Envelope, *, is_pupil: bool
    ) -> Iterator[Complete]:
        """Yield of what a filtered export says everything for whoever is in it (R7)."""
        if not self._survey.is_filtered:
            return
        if is_pupil and self._size.carries_families:
            yield Complete("guardianship", (person_id,))
        if envelope.filter.keeps_people_whole:
            yield Complete("profile", (person_id,))
            yield Complete("membership", (person_id,))


def _person_in(entry: Entry) -> Entry:
    """Return the ``Person`` of an element; raise `BadEntry` when there is none to be read."""
    person = entry.part("Person")
    if entry.is_too_large:
        raise BadEntry(entry.error("Person", "element.too-large"))
    if person is None:
        raise BadEntry(entry.error("Person", "value.missing"))
    return person


def _posts_of(entry: Entry, person_id: str, org: OrgRecord) -> list[Post]:
    posts = list(posts_of(entry, person_id, org.source_id, org.kind))
    if not posts:
        raise BadEntry(entry.error("", "person.no-role"))
    return posts


def _guardian_in(contact: Entry, child: str) -> str:
    guardian = read_person_id(_person_in(contact))
    if guardian == child:
        raise BadEntry(contact.error("Person", "reference.itself"))
    return guardian
