"""Guardians: agents of the standard become contact persons of children.

The standard says only that two users have to do with each other, in either user's row. Who is the
child follows from their roles. ``metadata.relation``, ``childCustody`` and ``accessLevel`` stand in
the order of ``agentSourcedIds``, or once for all of them. Where the file has no word on custody at
all, parents and guardians have it and relatives do not; where it has the column, an empty cell
means no custody. An agent of whom a delta says nothing is known to the platform already, and so is
what the two are to each other, unless the row says it anew.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from aula_plugins.oneroster.problems import problem
from aula_plugins.oneroster.roles import HeldRoles
from aula_plugins.oneroster.rows import Row
from aula_sdk.stamdata_source import GuardianshipRecord, RowError, Unchanged
from aula_sdk.stamdata_values import BadValue, read_boolean, read_guid, read_text

_ORDINARY_ACCESS = 1
"""STIL gives access levels no published meaning; a higher one than this extends the access."""

_NUMBER = re.compile(r"[0-9]{1,4}\Z")

T = TypeVar("T")
Pair = tuple[str, str]


class Link(msgspec.Struct, frozen=True, gc=False):
    """One agent of one user, and what the row says of the two."""

    person: str
    agent: str
    line: int
    relation: str = ""
    custody: bool | None = None
    extended: bool | None = None


def links_of(row: Row, person_id: str) -> Iterator[Link]:
    """Yield the agents of a user's row; what is wrong is noted on the row."""
    agents = row.items("agentSourcedIds")
    relations = _aligned(row, "metadata.relation", len(agents), lambda text: read_text(text, 60))
    custody = _aligned(row, "metadata.childCustody", len(agents), read_boolean)
    access = _aligned(row, "metadata.accessLevel", len(agents), _extends)
    for place, agent in enumerate(agents):
        try:
            read_guid(agent)
        except BadValue as bad:
            row.problems.append(row.error("agentSourcedIds", bad.reason, show=False))
            continue
        if agent == person_id:
            row.problems.append(row.error("agentSourcedIds", "reference.itself", show=False))
            continue
        yield Link(
            person_id, agent, row.line, relations[place] or "", custody[place], access[place]
        )


class Guardians:
    """The families of a delivery, put together when all users are known."""

    def __init__(self, people: Mapping[str, HeldRoles], refused: set[str]) -> None:
        self.links: list[Link] = []
        self.speaks_of_custody = False
        self._people = people
        self._refused = refused

    def resolve(self, *, complete: bool) -> Iterator[GuardianshipRecord | Unchanged | RowError]:
        """Yield each guardianship once.

        The profiles that guardians need where their children go are the platform's to make.
        """
        pairs: dict[Pair, Link] = {}
        for link in self.links:
            if link.agent not in self._people and complete:
                if link.agent not in self._refused:
                    yield _report(link, "reference.unknown")
                continue
            pair = self._guardian_and_child(link)
            if pair is None:
                if not complete and self._is_unclear(link):
                    yield _report(link, "guardian.unclear")
                if not complete:
                    yield Unchanged("guardianship", (link.agent, link.person))
                continue
            earlier = pairs.get(pair)
            if earlier is not None and _contradict(earlier, link):
                yield _report(link, "guardian.contradiction")
            pairs[pair] = link if earlier is None else _least(earlier, link)
        for (guardian, child), link in pairs.items():
            yield GuardianshipRecord(
                guardian_source_id=guardian,
                child_source_id=child,
                relation=link.relation,
                custody=self._has_custody(guardian, link),
                extended_access=bool(link.extended),
            )

    def _guardian_and_child(self, link: Link) -> Pair | None:
        """Return who is whose guardian; nothing when the two are something else to each other."""
        person = self._people.get(link.person, HeldRoles())
        agent = self._people.get(link.agent, HeldRoles())
        related = bool(link.relation)
        if person.is_pupil and (agent.is_guardian or (related and not agent.is_pupil)):
            return link.agent, link.person
        if agent.is_pupil and (person.is_guardian or (related and not person.is_pupil)):
            return link.person, link.agent
        if person.is_pupil and not agent.has_roles and _is_stated(link):
            return link.agent, link.person
        if person.is_guardian and not agent.has_roles and _is_stated(link):
            return link.person, link.agent
        return None

    def _is_unclear(self, link: Link) -> bool:
        """Whether a delta says something of two people without saying who is the child."""
        ends = (self._people.get(link.person), self._people.get(link.agent))
        return _is_stated(link) and not any(held and held.has_roles for held in ends)

    def _has_custody(self, guardian: str, link: Link) -> bool:
        if link.custody is not None:
            return link.custody
        known = self._people.get(guardian)
        return not self.speaks_of_custody and known is not None and known.is_parent


def _aligned(row: Row, column: str, count: int, reader: Callable[[str], T]) -> list[T | None]:
    """Return one value for each agent from a list cell that has one for each, or one for all."""
    text = row.text(column)
    parts = [part.strip() for part in text.split(",")] if text else []
    if len(parts) == 1:
        parts *= count
    if parts and len(parts) != count:
        row.problems.append(row.error(column, "list.uneven", show=False))
        parts = []
    values: list[T | None] = [None] * count
    for place, part in enumerate(parts):
        try:
            values[place] = reader(part) if part else None
        except BadValue as bad:
            row.problems.append(row.error(column, bad.reason))
    return values


def _extends(text: str) -> bool:
    if not _NUMBER.match(text):
        raise BadValue("number.malformed")
    return int(text) > _ORDINARY_ACCESS


def _is_stated(link: Link) -> bool:
    return link.custody is not None or link.extended is not None


def _contradict(one: Link, other: Link) -> bool:
    return any(
        ours is not None and theirs is not None and ours != theirs
        for ours, theirs in ((one.custody, other.custody), (one.extended, other.extended))
    )


def _least(one: Link, other: Link) -> Link:
    """Return what both rows agree on at least: a source that errs gives less, not more."""
    return Link(
        one.person,
        one.agent,
        one.line,
        one.relation or other.relation,
        _both((one.custody, other.custody)),
        _both((one.extended, other.extended)),
    )


def _both(stated: tuple[bool | None, bool | None]) -> bool | None:
    known = [word for word in stated if word is not None]
    return all(known) if known else None


def _report(link: Link, code: str) -> RowError:
    return problem("users.csv", link.line, "agentSourcedIds", code)
