"""What a person is at an institution, and in which of its groups.

A pupil, an employee and an external are profiles of different kinds; several roles of an employee
are one profile, led by the role with duties. The export does not say what somebody does in a group,
so it follows from the roles (see README.md).
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from aula_plugins.stil.entries import Entry
from aula_plugins.stil.groups import read_level
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import MembershipRecord, OrgKind, ProfileRecord
from aula_sdk.stamdata_values import BadValue, read_guid, read_text

_PUPILS = {"barn": "Barn", "elev": "Elev", "studerende": "Studerende"}
_EMPLOYEES = {
    word.casefold(): word
    for word in ("Lærer", "Pædagog", "Vikar", "Leder", "Ledelse", "TAP", "Konsulent")
}
_EXTERNALS = {"praktikant": "Praktikant", "ekstern": "Ekstern"}
_LEADERS = frozenset({"Leder", "Ledelse"})
_TEACHES = frozenset({"Lærer", "Vikar", "Leder", "Ledelse", "Konsulent"})

MemberRole = Literal["member", "teacher", "aide"]


class Post(msgspec.Struct, frozen=True):
    """One profile and the groups that come with it, by the institution's own ids of them."""

    profile: ProfileRecord
    in_groups: MemberRole
    groups: tuple[tuple[Entry, str, str], ...]
    """Where each was said: the element and its field; then the id."""


def posts_of(entry: Entry, person_id: str, number: str, kind: OrgKind) -> Iterator[Post]:
    """Yield what a person is at the institution; nothing when the element does not say."""
    for name, read in (("Student", _pupil), ("Employee", _employee), ("Extern", _external)):
        part = entry.part(name)
        if part is not None:
            yield read(part, person_id, number, kind)


def memberships(post: Post, source_ids: dict[str, str]) -> Iterator[MembershipRecord]:
    """Yield who is in which group, once each; an id that is not there is noted.

    ``source_ids`` are the ids of groups in all deliveries, by the institution's own; an empty one
    is that of a group that could not be taken.
    """
    written: set[str] = set()
    for entry, field, group_id in post.groups:
        source_id = source_ids.get(group_id)
        if source_id is None:
            entry.problems.append(entry.error(field, "reference.unknown"))
        elif source_id and source_id not in written:
            written.add(source_id)
            yield MembershipRecord(source_id, post.profile.person_source_id, post.in_groups)


def _pupil(part: Entry, person_id: str, number: str, _kind: OrgKind) -> Post:
    part.optional("Role", lambda text: _word(_PUPILS, text), "")
    level = part.optional("Level", read_level, "")
    profile = ProfileRecord(person_id, number, Kind.PUPIL, level=level)
    return Post(profile, "member", _groups(part, "MainGroupId", "GroupId"))


def _employee(part: Entry, person_id: str, number: str, kind: OrgKind) -> Post:
    roles = part.every("Role", lambda text: _word(_EMPLOYEES, text))
    leading = [role for role in roles if role in _LEADERS]
    occupation = part.optional("Occupation", lambda text: read_text(text, 80), "")
    profile = ProfileRecord(
        person_id,
        number,
        Kind.EMPLOYEE,
        title=occupation or next(iter([*leading, *roles]), ""),
        roles=("leader",) if leading else (),
    )
    return Post(profile, _does_in_groups(roles, kind), _groups(part, "GroupId"))


def _external(part: Entry, person_id: str, number: str, _kind: OrgKind) -> Post:
    role = part.optional("Role", lambda text: _word(_EXTERNALS, text), "Ekstern")
    profile = ProfileRecord(person_id, number, Kind.EXTERNAL, title=role)
    return Post(profile, "aide", _groups(part, "GroupId"))


def _does_in_groups(roles: list[str], kind: OrgKind) -> MemberRole:
    """Return whether somebody leads the groups or helps there: in a day-care pedagogues lead."""
    if any(role in _TEACHES for role in roles):
        return "teacher"
    return "teacher" if "Pædagog" in roles and kind is OrgKind.DAYCARE else "aide"


def _groups(part: Entry, *fields: str) -> tuple[tuple[Entry, str, str], ...]:
    return tuple((part, field, each) for field in fields for each in part.every(field, read_guid))


def _word(known: dict[str, str], text: str) -> str:
    if text.casefold() not in known:
        raise BadValue("value.unknown")
    return known[text.casefold()]
