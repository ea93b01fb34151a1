"""Patterns and ids that several Structs share."""

from datetime import datetime
from typing import Annotated

import msgspec

from aula_sdk.grants import HOLDER, PERSONAL_GRANT, ROLE_PATTERN
from aula_sdk.ids import GROUP, INSTITUTION, MUNICIPALITY, PROFILE
from aula_sdk.imports import IMPORT

PLACE_PATTERN = f"({MUNICIPALITY.pattern})|({INSTITUTION.pattern})"
NAME_PATTERN = "^[a-z][a-z0-9_]{0,62}$"
ACTION_PATTERN = r"^[a-z][a-z0-9_]{0,38}\.[a-z0-9_]{1,40}$"
RELATION_PATTERN = "^(-|[a-z][a-z0-9_]{0,39})$"
GIVEN_PATTERN = f"({HOLDER.pattern})|({PERSONAL_GRANT.pattern})"
MAX_SETTINGS = 100
MAX_NUMBER = 2**31 - 1
"""What a row's number can be in both databases."""

PlaceId = Annotated[str, msgspec.Meta(pattern=PLACE_PATTERN)]
MunicipalityId = Annotated[str, msgspec.Meta(pattern=MUNICIPALITY.pattern)]
ImportId = Annotated[str, msgspec.Meta(pattern=IMPORT.pattern)]
InstitutionId = Annotated[str, msgspec.Meta(pattern=INSTITUTION.pattern)]
ProfileId = Annotated[str, msgspec.Meta(pattern=PROFILE.pattern)]
RoleKey = Annotated[str, msgspec.Meta(pattern=ROLE_PATTERN)]
GivenId = Annotated[str, msgspec.Meta(pattern=GIVEN_PATTERN)]
GroupId = Annotated[str, msgspec.Meta(pattern=GROUP.pattern)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
