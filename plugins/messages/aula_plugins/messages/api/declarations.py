"""Parameters that several handlers declare, and how ids on the wire become ids."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter

from aula_plugins.messages.ids import DRAFT, MESSAGE, THREAD
from aula_plugins.messages.queries.inbox import Box
from aula_sdk.ids import FILE, PERSON, PROFILE
from aula_sdk.openapi import path_id

ThreadPath = Annotated[str, path_id(THREAD.pattern, "The conversation")]
MessagePath = Annotated[str, path_id(MESSAGE.pattern, "The message")]
DraftPath = Annotated[str, path_id(DRAFT.pattern, "The draft")]
After = Annotated[
    str | None,
    QueryParameter(name="after", required=False, max_length=100, description="`next` of a page"),
]
ShownBox = Annotated[
    Box, QueryParameter(name="box", required=False, description="Which conversations")
]
Child = Annotated[
    str | None,
    QueryParameter(
        name="child",
        required=False,
        description="One of one's own children: only what is about that child",
        schema_extra={"pattern": PERSON.pattern},
    ),
]
Origin = Annotated[
    str | None,
    QueryParameter(
        name="origin",
        required=False,
        description="Only the direct answers to this conversation",
        schema_extra={"pattern": THREAD.pattern},
    ),
]


def profile_of(sender: str | None) -> UUID | None:
    """Return the profile that is to write; None lets the service choose."""
    return PROFILE.parse(sender) if sender else None


def profiles_of(keys: Iterable[str]) -> tuple[UUID, ...]:
    """Return the profiles behind ids on the wire."""
    return tuple(PROFILE.parse(key) for key in keys)


def files_of(keys: Iterable[str]) -> tuple[UUID, ...]:
    """Return the files behind ids on the wire."""
    return tuple(FILE.parse(key) for key in keys)


def message_of(key: str | None) -> UUID | None:
    """Return the message behind an id on the wire, None for none."""
    return MESSAGE.parse(key) if key else None
