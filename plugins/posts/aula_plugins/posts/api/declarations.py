"""Parameters that several handlers declare, and how ids on the wire become ids."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter

from aula_plugins.posts.ids import COMMENT, DRAFT, POST, REPORT
from aula_plugins.posts.queries.feed import Box
from aula_sdk.ids import FILE, GROUP, PERSON, PROFILE
from aula_sdk.openapi import path_id

PostPath = Annotated[str, path_id(POST.pattern, "The post")]
CommentPath = Annotated[str, path_id(COMMENT.pattern, "The comment")]
ReportPath = Annotated[str, path_id(REPORT.pattern, "The report")]
GroupPath = Annotated[str, path_id(GROUP.pattern, "The group")]
DraftPath = Annotated[str, path_id(DRAFT.pattern, "The draft")]
After = Annotated[
    str | None,
    QueryParameter(name="after", required=False, max_length=100, description="`next` of a page"),
]
ShownBox = Annotated[Box, QueryParameter(name="box", required=False, description="Which posts")]
Child = Annotated[
    str | None,
    QueryParameter(
        name="child",
        required=False,
        description="One of one's own children: only what one reads on account of that child",
        schema_extra={"pattern": PERSON.pattern},
    ),
]
InGroup = Annotated[
    str | None,
    QueryParameter(
        name="group",
        required=False,
        description="Only what is for this group",
        schema_extra={"pattern": GROUP.pattern},
    ),
]
Decided = Annotated[
    bool,
    QueryParameter(
        name="decided", required=False, description="Those that were decided, not those that wait"
    ),
]


def profile_of(sender: str | None) -> UUID | None:
    """Return the profile that is to write; None lets the service choose."""
    return PROFILE.parse(sender) if sender else None


def files_of(keys: Iterable[str]) -> tuple[UUID, ...]:
    """Return the files behind ids on the wire, each once."""
    return tuple(dict.fromkeys(FILE.parse(key) for key in keys))
