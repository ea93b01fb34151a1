"""The Structs at the HTTP edge: what programs send and get, and what pages are made of.

Sentences are in the reader's language; what programs decide by stands beside them.
"""

from aula_plugins.administration.schemas.channels import ChannelItem, Channels, ChannelToDecide
from aula_plugins.administration.schemas.features import (
    FeatureItem,
    Features,
    SettingItem,
    SettingsToChoose,
    StateToChoose,
)
from aula_plugins.administration.schemas.giving import (
    GainItem,
    Given,
    GivenMade,
    GivenRight,
    GivenRole,
    PersonItem,
    Preview,
    RightForPerson,
    RoleToGive,
    RoleToPreview,
)
from aula_plugins.administration.schemas.health import (
    Attention,
    Concern,
    HealthView,
    ParkedItem,
    ParkedToRelease,
    Trouble,
)
from aula_plugins.administration.schemas.imports import ImportItem, ImportList, RowItem, RowList
from aula_plugins.administration.schemas.places import Decision, PlaceItem, Places
from aula_plugins.administration.schemas.reasons import (
    ExplainedItem,
    PersonRights,
    ReasonItem,
    ThingToExplain,
    Why,
)
from aula_plugins.administration.schemas.roles import (
    HolderItem,
    RightItem,
    RightToDecide,
    RoleItem,
    RoleMade,
    Roles,
    RoleToMake,
    RoleView,
)

__all__ = [
    "Attention",
    "ChannelItem",
    "ChannelToDecide",
    "Channels",
    "Concern",
    "Decision",
    "ExplainedItem",
    "FeatureItem",
    "Features",
    "GainItem",
    "Given",
    "GivenMade",
    "GivenRight",
    "GivenRole",
    "HealthView",
    "HolderItem",
    "ImportItem",
    "ImportList",
    "ParkedItem",
    "ParkedToRelease",
    "PersonItem",
    "PersonRights",
    "PlaceItem",
    "Places",
    "Preview",
    "ReasonItem",
    "RightForPerson",
    "RightItem",
    "RightToDecide",
    "RoleItem",
    "RoleMade",
    "RoleToGive",
    "RoleToMake",
    "RoleToPreview",
    "RoleView",
    "Roles",
    "RowItem",
    "RowList",
    "SettingItem",
    "SettingsToChoose",
    "StateToChoose",
    "ThingToExplain",
    "Trouble",
    "Why",
]
