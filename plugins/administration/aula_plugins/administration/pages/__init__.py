"""The pages below ``/administration``: thin handlers that call the same services as the API.

Everything works by plain forms. What people type comes by POST; addresses hold enumerations, names
of features and opaque ids only (rule 25).
"""

from aula_plugins.administration.pages.ages import AgePages
from aula_plugins.administration.pages.break_glass import BreakGlassPages
from aula_plugins.administration.pages.channels import ChannelPages
from aula_plugins.administration.pages.choosing import ChoosingPages
from aula_plugins.administration.pages.features import FeaturePages
from aula_plugins.administration.pages.giving import GivingPages
from aula_plugins.administration.pages.health import HealthPages
from aula_plugins.administration.pages.home import HomePage
from aula_plugins.administration.pages.imports import ImportPages
from aula_plugins.administration.pages.moving import MovingPages
from aula_plugins.administration.pages.retention import RetentionPages, RetentionRunPages
from aula_plugins.administration.pages.rights import RightsPages, WhyPages
from aula_plugins.administration.pages.samples import SamplePages
from aula_plugins.administration.pages.setting_up import SettingPages
from aula_plugins.administration.pages.support import SupportPages

CONTROLLERS = (
    HomePage,
    FeaturePages,
    ChoosingPages,
    SettingPages,
    ImportPages,
    HealthPages,
    RightsPages,
    WhyPages,
    GivingPages,
    MovingPages,
    ChannelPages,
    AgePages,
    RetentionPages,
    RetentionRunPages,
    SamplePages,
    SupportPages,
    BreakGlassPages,
)
