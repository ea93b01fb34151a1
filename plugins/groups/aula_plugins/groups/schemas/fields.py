"""What fields of several Structs hold."""

from typing import Annotated

import msgspec

from aula_plugins.groups.ids import APPLICATION, TEMPLATE
from aula_plugins.groups.models import MAX_DESCRIPTION, MAX_NAME, MAX_WORDS
from aula_sdk.ids import GROUP, INSTITUTION, PROFILE
from aula_sdk.people import Kind

GroupId = Annotated[str, msgspec.Meta(pattern=GROUP.pattern)]
ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
TemplateId = Annotated[str, msgspec.Meta(pattern=TEMPLATE.pattern)]
ApplicationId = Annotated[str, msgspec.Meta(pattern=APPLICATION.pattern)]
InstitutionId = Annotated[str, msgspec.Meta(pattern=INSTITUTION.pattern)]
ChoiceId = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^({PROFILE.prefix}_[0-9a-f]{{32}}|{GROUP.prefix}_[0-9a-f]{{32}}:"
        rf"({'|'.join(Kind)}))$",
        description="A person `pro_…`, or the people of one kind in a group `grp_…:pupil`.",
    ),
]
Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
Description = Annotated[str, msgspec.Meta(max_length=MAX_DESCRIPTION)]
Words = Annotated[str, msgspec.Meta(max_length=MAX_WORDS)]
