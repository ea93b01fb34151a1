"""Parameters that several handlers declare."""

from typing import Annotated

from litestar.params import PathParameter, QueryParameter

from aula_plugins.administration.schemas.fields import (
    GIVEN_PATTERN,
    MAX_NUMBER,
    NAME_PATTERN,
    PLACE_PATTERN,
)
from aula_plugins.administration.schemas.retention import SUBJECT_PATTERN
from aula_plugins.administration.schemas.samples import MAX_ENTRY
from aula_sdk.grants import ROLE_PATTERN
from aula_sdk.ids import GLASS, MUNICIPALITY, PROFILE
from aula_sdk.imports import IMPORT
from aula_sdk.log_samples import SAMPLE
from aula_sdk.openapi import path_id
from aula_sdk.retention import FREEZE, RUN

MunicipalityPath = Annotated[str, path_id(MUNICIPALITY.pattern, "The municipality")]
FreezePath = Annotated[str, path_id(FREEZE.pattern, "What is exempt from deletion")]
RunPath = Annotated[str, path_id(RUN.pattern, "The run")]
SubjectPath = Annotated[
    str,
    PathParameter(
        name="subject",
        description="The kind of thing",
        schema_extra={"pattern": SUBJECT_PATTERN},
    ),
]
PlacePath = Annotated[str, path_id(PLACE_PATTERN, "The municipality or institution")]
SamplePath = Annotated[str, path_id(SAMPLE.pattern, "The sample of the log")]
EntryPath = Annotated[
    int, PathParameter(name="number", description="The entry's number", ge=1, le=MAX_ENTRY)
]
AfterEntry = Annotated[
    int,
    QueryParameter(
        name="after", required=False, ge=0, le=MAX_ENTRY, description="`next` of a page"
    ),
]
ImportPath = Annotated[str, path_id(IMPORT.pattern, "The import")]
FeaturePath = Annotated[
    str,
    PathParameter(
        name="feature", description="The plugin's name", schema_extra={"pattern": NAME_PATTERN}
    ),
]
SettingPath = Annotated[
    str, PathParameter(name="setting", description="The setting's name", max_length=80)
]
After = Annotated[
    str | None,
    QueryParameter(name="after", required=False, max_length=100, description="`next` of a page"),
]
AfterRow = Annotated[
    int,
    QueryParameter(
        name="after", required=False, ge=-1, le=MAX_NUMBER, description="`next` of a page"
    ),
]
RolePath = Annotated[
    str,
    PathParameter(
        name="role", description="The role's key", schema_extra={"pattern": ROLE_PATTERN}
    ),
]
GlassPath = Annotated[str, path_id(GLASS.pattern, "What was asked for")]
ProfilePath = Annotated[str, path_id(PROFILE.pattern, "The person at an institution")]
GivenPath = Annotated[str, path_id(GIVEN_PATTERN, "A role or right that somebody was given")]
