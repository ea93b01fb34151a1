"""Parameters that several handlers declare."""

from typing import Annotated

from litestar.params import QueryParameter

from aula_plugins.contacts.schemas import Show
from aula_sdk.ids import GROUP, PROFILE
from aula_sdk.openapi import path_id

GroupPath = Annotated[str, path_id(GROUP.pattern, "The group")]
PersonPath = Annotated[str, path_id(PROFILE.pattern, "The person")]
Shown = Annotated[
    Show, QueryParameter(name="show", required=False, description="Which people of the group")
]
AfterPerson = Annotated[
    str | None,
    QueryParameter(
        name="after",
        required=False,
        description="`next` of a page",
        schema_extra={"pattern": PROFILE.pattern},
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
