"""OneRoster 1.2 files of a municipality, and the list of who can sign in."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import msgspec

from aula_plugins.demo.cast import CAST
from aula_plugins.demo.generator.model import Agent, Person
from aula_plugins.demo.generator.town import Town

Rows = Iterable[tuple[object, ...]]

_HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId,"
    "metadata.institutionType",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
    "parentSourcedId,schoolYear",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,"
    "classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods,"
    "metadata.groupType",
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
    "userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
    "primaryOrgSourcedId,pronouns,metadata.relation,metadata.childCustody,metadata.accessLevel,"
    "metadata.protected,metadata.aliasGivenName,metadata.aliasFamilyName,metadata.address,"
    "metadata.smsProtected",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"
    "orgSourcedId,userProfileSourcedId,metadata.danishRole,metadata.external",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex,"
    "americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
    "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,"
    "publicSchoolResidenceStatus",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,"
    "userSourcedId,role,primary,beginDate,endDate",
}
_ABSENT = (
    "categories", "classResources", "courses", "courseResources", "lineItems",
    "lineItemLearningObjectiveIds", "lineItemScoreScales", "resources", "results",
    "resultLearningObjectiveIds", "resultScoreScales", "scoreScales", "userProfiles",
    "userResources",
)  # fmt: skip


def write_town(town: Town, folder: Path) -> None:
    """Write the files of one municipality, replacing what lies there under the same names."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, Rows] = {
        "orgs": _orgs(town),
        "academicSessions": _terms(town),
        "classes": _classes(town),
        "users": _users(town),
        "roles": _roles(town),
        "demographics": _births(town),
        "enrollments": _enrollments(town),
    }
    for name, rows in tables.items():
        _write(folder / f"{name}.csv", _HEADERS[name].split(","), rows)
    modes = sorted({**dict.fromkeys(tables, "bulk"), **dict.fromkeys(_ABSENT, "absent")}.items())
    _write(
        folder / "manifest.csv",
        ["propertyName", "value"],
        [
            ("manifest.version", "1.0"),
            ("oneroster.version", "1.2"),
            *((f"file.{name}", mode) for name, mode in modes),
            ("source.systemName", f"Demo {town.name}"),
            ("source.systemCode", town.code),
        ],
    )


def write_people(path: Path) -> None:
    """Write who can sign in, for the log-in broker and for those who look at the demo."""
    people = [
        {
            "uniid": member.uniid,
            "name": member.name,
            "side": member.side,
            "municipalities": [f"{town} Kommune" for town in member.towns],
            "description": {"da": member.da, "en": member.en},
        }
        for member in CAST
    ]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(people), indent=2) + b"\n")


def _write(path: Path, header: list[str], rows: Rows) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode())


def _orgs(town: Town) -> Rows:
    for org in town.orgs:
        yield org.id, "", "", org.name, org.type, org.number, org.parent, org.institution_type


def _terms(town: Town) -> Rows:
    for term in (town.last_term, town.term):
        year = term.ends.year
        yield term.id, "", "", term.title, "schoolYear", term.begins, term.ends, "", year


def _classes(town: Town) -> Rows:
    for group in town.groups:
        kind = "homeroom" if group.homeroom else "scheduled"
        yield (
            group.id, "", "", group.title, group.level, "", "", kind, "", group.org, group.term,
            "", "", "", group.group_type,
        )  # fmt: skip


def _users(town: Town) -> Rows:
    for person in town.people:
        alias = person.alias or ("", "")
        yield (
            person.id, "", "", "true", person.uniid, f"{{uniid:{person.uniid}}}", person.given,
            person.family, "", "", person.email, person.mobile, "",
            ",".join(agent.child for agent in person.agents), person.level, "", "", "", "", "",
            person.posts[0].org if person.posts else "", "",
            *_ties(person.agents), "true" if person.alias else "", *alias, person.address,
            "true" if person.mobile_protected else "",
        )  # fmt: skip


def _ties(agents: list[Agent]) -> tuple[str, str, str]:
    return (
        ",".join(agent.relation for agent in agents),
        ",".join(str(agent.custody).lower() for agent in agents),
        ",".join(str(agent.access_level) for agent in agents),
    )


def _roles(town: Town) -> Rows:
    for person in town.people:
        yield from _roles_of(town, person)


def _roles_of(town: Town, person: Person) -> Rows:
    for number, post in enumerate(person.posts):
        yield (
            town.id_of(f"role:{person.id}:{number}"), "", "", person.id,
            "secondary" if number else "primary", post.role, "", "", post.org, "",
            post.danish_role, "true" if post.external else "",
        )  # fmt: skip


def _births(town: Town) -> Rows:
    for person in town.people:
        if person.birth:
            yield (person.id, "", "", person.birth, *[""] * 12)


def _enrollments(town: Town) -> Rows:
    for number, seat in enumerate(town.seats):
        yield (
            town.id_of(f"enrollment:{number}"), "", "", seat.group, seat.org, seat.person,
            seat.role, str(seat.primary).lower(), seat.begins or "", seat.ends or "",
        )  # fmt: skip
