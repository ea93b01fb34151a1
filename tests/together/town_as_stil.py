"""The demo's fictional municipality as UNI-Login style XML, one export for each institution.

The format has no word for some of what the generator makes: the municipality as an institution,
administrators' roles, who leads a group and who helps there, guardians without a child. What
both formats can say is held against each other in `test_two_formats`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from aula_plugins.demo.generator.model import Agent, Group, Org, Person, Post
from aula_plugins.demo.generator.town import Town

NAMESPACE = "urn:aula-platform:stil-export:1"
KINDS = {"school": "Folkeskole", "local": "Dagtilbud", "department": "Forvaltning"}
EMPLOYEE_ROLES = ("Lærer", "Pædagog", "Vikar", "Leder", "Ledelse", "TAP", "Konsulent")


def write_exports(town: Town, folder: Path, *, at: str) -> Path:
    """Write ``<number>.xml`` for each institution; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(town)
    for org in town.orgs[1:]:
        lines = "\n".join(writer.export(org, at))
        (folder / f"{org.number}.xml").write_text(lines, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class _Tie:
    adult: Person
    agent: Agent


class _Writer:
    def __init__(self, town: Town) -> None:
        self._town = town
        self._terms = {term.id: term for term in (town.term, town.last_term)}
        self._groups = {group.id: group for group in town.groups}
        self._seats: dict[tuple[str, str], list[Group]] = {}
        for seat in town.seats:
            places = self._seats.setdefault((seat.person, seat.org), [])
            places.append(self._groups[seat.group])
        self._ties: dict[str, list[_Tie]] = {}
        for adult in town.people:
            for agent in adult.agents:
                self._ties.setdefault(agent.child, []).append(_Tie(adult, agent))

    def export(self, org: Org, at: str) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield (
            f'<UNILoginExport xmlns="{NAMESPACE}" exportDateTime="{at}" '
            'accessLevel="fullmyndighed">'
        )
        year = self._town.school_year
        yield f'<ImportSource source="Demo" schoolYear="{year}-{year + 1}"/>'
        yield "<Institution>"
        yield from _fields(
            InstitutionNumber=org.number, InstitutionName=org.name, InstitutionType=KINDS[org.type]
        )
        for group in self._town.groups:
            if group.org == org.id:
                yield from self._group(group)
        for person in self._town.people:
            yield from self._institution_person(person, org)
        yield "</Institution>"
        yield "</UNILoginExport>"

    def _group(self, group: Group) -> Iterator[str]:
        term = self._terms[group.term]
        yield "<Group>"
        yield from _fields(
            GroupId=self._group_id(group),
            GroupName=group.title,
            GroupType=group.group_type,
            GroupLevel=group.level,
            FromDate=str(term.begins),
            ToDate=str(term.ends - timedelta(days=1)),
        )
        yield "</Group>"

    def _group_id(self, group: Group) -> str:
        return f"{group.title}/{self._terms[group.term].title}"

    def _institution_person(self, person: Person, org: Org) -> Iterator[str]:
        posts = [post for post in person.posts if post.org == org.id]
        parts = [
            *self._student(person, org, posts),
            *self._employee(person, org, posts),
            *self._external(person, org, posts),
        ]
        if parts:
            yield "<InstitutionPerson>"
            yield from _person(person)
            yield from parts
            yield "</InstitutionPerson>"

    def _student(self, person: Person, org: Org, posts: list[Post]) -> Iterator[str]:
        if not any(post.role == "student" for post in posts):
            return
        yield "<Student>"
        groups = self._seats.get((person.id, org.id), [])
        main = [group for group in groups if group.homeroom and group.term == self._town.term.id]
        yield from _fields(
            Role="Barn" if person.level == "DT" else "Elev",
            Level=person.level,
            MainGroupId=self._group_id(main[0]),
        )
        for group in groups:
            yield from _fields(GroupId=self._group_id(group))
        for tie in self._ties.get(person.id, ()):
            agent = tie.agent
            yield (
                f"<ContactPerson relation={quoteattr(agent.relation)} "
                f'childCustody="{str(agent.custody).lower()}" accessLevel="{agent.access_level}">'
            )
            yield from _person(tie.adult)
            yield "</ContactPerson>"
        yield "</Student>"

    def _employee(self, person: Person, org: Org, posts: list[Post]) -> Iterator[str]:
        worn = [post for post in posts if post.role not in {"student", "parent", "guardian"}]
        employed = [post for post in worn if post.role != "proctor"]
        if not employed:
            return
        yield "<Employee>"
        for title in dict.fromkeys(post.danish_role for post in employed):
            known = title in EMPLOYEE_ROLES
            yield from _fields(Role=title if known else "TAP", Occupation="" if known else title)
        for group in self._seats.get((person.id, org.id), ()):
            yield from _fields(GroupId=self._group_id(group))
        yield "</Employee>"

    def _external(self, person: Person, org: Org, posts: list[Post]) -> Iterator[str]:
        for post in posts:
            if post.role == "proctor":
                yield "<Extern>"
                yield from _fields(Role=post.danish_role)
                for group in self._seats.get((person.id, org.id), ()):
                    yield from _fields(GroupId=self._group_id(group))
                yield "</Extern>"


def _person(person: Person) -> Iterator[str]:
    alias = person.alias or ("", "")
    street, _comma, town = person.address.partition(", ")
    code, _space, district = town.partition(" ")
    yield '<Person protected="true">' if person.alias else "<Person>"
    yield from _fields(
        UserId=person.uniid,
        CivilRegistrationNumber="0101991234",
        FirstName=person.given,
        FamilyName=person.family,
        AliasFirstName=alias[0],
        AliasFamilyName=alias[1],
        EmailAddress=person.email,
        BirthDate=str(person.birth or ""),
    )
    yield "<Address>"
    yield from _fields(StreetAddress=street, PostalCode=code, PostalDistrict=district)
    yield "</Address>"
    if person.mobile:
        mark = ' protected="true"' if person.mobile_protected else ""
        yield f"<MobilePhoneNumber{mark}>{person.mobile}</MobilePhoneNumber>"
    yield "</Person>"


def _fields(**fields: str) -> Iterator[str]:
    for name, text in fields.items():
        if text:
            yield f"<{name}>{escape(text)}</{name}>"
