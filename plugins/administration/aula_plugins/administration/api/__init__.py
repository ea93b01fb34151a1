"""The JSON API below ``/api/v1/administration``: thin handlers, one service call each."""

from aula_plugins.administration.api.ages import AgesApi
from aula_plugins.administration.api.break_glass import BreakGlassApi
from aula_plugins.administration.api.channels import ChannelsApi
from aula_plugins.administration.api.features import FeaturesApi
from aula_plugins.administration.api.giving import GivingApi
from aula_plugins.administration.api.health import HealthApi
from aula_plugins.administration.api.imports import ImportsApi
from aula_plugins.administration.api.moving import MovingApi
from aula_plugins.administration.api.retention import RetentionApi, RetentionRunsApi
from aula_plugins.administration.api.rights import RightsApi
from aula_plugins.administration.api.samples import SamplesApi
from aula_plugins.administration.api.support import SupportApi

CONTROLLERS = (
    FeaturesApi,
    ImportsApi,
    HealthApi,
    RightsApi,
    GivingApi,
    MovingApi,
    ChannelsApi,
    AgesApi,
    RetentionApi,
    RetentionRunsApi,
    SamplesApi,
    SupportApi,
    BreakGlassApi,
)
