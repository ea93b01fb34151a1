"""Parameters that several handlers declare."""

from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter

from aula_plugins.groups.ids import APPLICATION, TEMPLATE
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.openapi import path_id
from aula_sdk.stamdata_source import GroupKind

GroupPath = Annotated[str, path_id(GROUP.pattern, "The group")]
ProfilePath = Annotated[str, path_id(PROFILE.pattern, "The person, at an institution")]
TemplatePath = Annotated[str, path_id(TEMPLATE.pattern, "The template")]
ApplicationPath = Annotated[str, path_id(APPLICATION.pattern, "The application")]
PartPath = Annotated[str, path_id(f"{GROUP.pattern[:-1]}:[a-z]+$", "The part: `grp_…:pupil`")]
ShownKind = Annotated[
    GroupKind | None,
    QueryParameter(name="kind", required=False, description="Only groups of this kind"),
]
Mine = Annotated[
    bool,
    QueryParameter(
        name="mine",
        required=False,
        description="Only groups that one or one's child belongs to, or that one looks after",
    ),
]
AfterGroup = Annotated[
    str | None,
    QueryParameter(
        name="after",
        required=False,
        description="`next` of a page",
        schema_extra={"pattern": GROUP.pattern},
    ),
]
AfterMember = Annotated[
    str | None,
    QueryParameter(
        name="after",
        required=False,
        description="`next` of a page",
        schema_extra={"pattern": PROFILE.pattern},
    ),
]


def group_after(key: str | None) -> UUID | None:
    """Return the last group of the page before, None for the first page."""
    return GROUP.parse(key) if key else None


def profile_of(key: str | None) -> UUID | None:
    """Return the profile behind an id on the wire, None for none."""
    return PROFILE.parse(key) if key else None
