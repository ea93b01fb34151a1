"""What a unit of work tells others of: who acts, what is audited, which pages have changed."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from aula_sdk.audit import AuditKind
from aula_sdk.people import Actor


class Topic(NamedTuple):
    """A live topic that has changed for these profiles."""

    name: str
    profiles: tuple[UUID, ...]


class Who(NamedTuple):
    """Somebody who acts though there is no `Actor` yet: at the door, signing in."""

    account_id: UUID | None
    person_id: UUID | None
    profiles: tuple[UUID, ...]
    role: str
    assurance: int


class AuditNote(NamedTuple):
    """What is to be written into the audit: by the transaction itself, or of a reading."""

    action: str
    municipality_id: UUID
    object_id: UUID | None
    subjects: tuple[UUID, ...]
    details: Mapping[str, str | int | bool]
    kind: AuditKind = AuditKind.WRITE
    by: Actor | Who | None = None
    basis: str = ""
    """The action whose holding let the request in."""
    request_id: str = ""
