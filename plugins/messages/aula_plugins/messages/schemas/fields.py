"""Fields that several Structs share: ids typed by their prefix, texts with a limit, a person."""

from typing import Annotated, Self
from uuid import UUID

import msgspec

from aula_plugins.messages.ids import DRAFT, MESSAGE, THREAD
from aula_plugins.messages.models import MAX_HTML, MAX_SUBJECT
from aula_plugins.messages.service.choices import MAX_CHOICES, PATTERN
from aula_sdk.ids import FILE, INSTITUTION, PROFILE, IdKind

ThreadId = Annotated[str, msgspec.Meta(pattern=THREAD.pattern)]
MessageId = Annotated[str, msgspec.Meta(pattern=MESSAGE.pattern)]
DraftId = Annotated[str, msgspec.Meta(pattern=DRAFT.pattern)]
ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
InstitutionId = Annotated[str, msgspec.Meta(pattern=INSTITUTION.pattern)]
FileId = Annotated[str, msgspec.Meta(pattern=FILE.pattern)]
RecipientId = Annotated[
    str,
    msgspec.Meta(
        pattern=PATTERN,
        description="A person `pro_…`, the guardians of a child `pro_…:guardian`, or the people of "
        "one kind in a group `grp_…:guardian`.",
    ),
]
Recipients = Annotated[list[RecipientId], msgspec.Meta(max_length=MAX_CHOICES)]
Children = Annotated[list[ProfileId], msgspec.Meta(max_length=MAX_CHOICES)]
Attachments = Annotated[list[FileId], msgspec.Meta(max_length=20)]
Subject = Annotated[str, msgspec.Meta(max_length=MAX_SUBJECT)]
Html = Annotated[str, msgspec.Meta(max_length=MAX_HTML)]


def key_of(kind: IdKind, value: UUID | None) -> str | None:
    """Return an id as it is written on the wire, None for none."""
    return None if value is None else kind.format(value)


class Who(msgspec.Struct, frozen=True):
    """A person by the name that may be shown; no id when the person was erased."""

    id: ProfileId | None
    name: str

    @classmethod
    def of(cls, profile_id: UUID | None, name: str | None) -> Self:
        return cls(key_of(PROFILE, profile_id), name or "")
