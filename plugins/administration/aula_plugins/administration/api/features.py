"""Places, the features there, and choosing."""

from litestar import Controller, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import FeaturePath, PlacePath, SettingPath
from aula_plugins.administration.errors import WouldShutOut
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service import features, places
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.operations import ChoiceLocked
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

ENTER = needs(OPEN)


class FeaturesApi(Controller):
    """``/api/v1/administration/places``."""

    path = "/places"
    tags = ("Administration",)

    @get(opt=ENTER, responses=problems())
    async def list_places(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
    ) -> schemas.Places:
        """List the municipalities and institutions that one looks after."""
        return schemas.Places(await places.list_places(read, platform, actor))

    @get("/{place_id:str}/features", opt=ENTER, responses=problems(WrongIdKind, NotFound))
    async def list_features(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
    ) -> schemas.Features:
        """List every feature at a place: on or off, who decided it, and its settings."""
        return await features.list_features(read, platform, actor, place_id)

    @put(
        "/{place_id:str}/features/{feature:str}/state",
        opt=ENTER,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid, ChoiceLocked, WouldShutOut),
    )
    async def switch(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        feature: FeaturePath,
        data: JSONBody[schemas.StateToChoose],
    ) -> None:
        """Choose on or off; it holds from everybody's next request on."""
        await features.switch(write, platform, actor, place_id, feature, data)

    @delete(
        "/{place_id:str}/features/{feature:str}/state",
        opt=ENTER,
        responses=problems(WrongIdKind, NotFound, WouldShutOut),
    )
    async def take_back(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        feature: FeaturePath,
    ) -> None:
        """Forget what was chosen of on and off there: the level above decides."""
        await features.take_back(write, platform, actor, place_id, feature)

    @patch(
        "/{place_id:str}/features/{feature:str}/settings",
        opt=ENTER,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid, ChoiceLocked),
    )
    async def set_up(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        feature: FeaturePath,
        data: JSONBody[schemas.SettingsToChoose],
    ) -> None:
        """Choose settings; all of them or, where one cannot be taken, none."""
        await features.set_up(write, platform, actor, place_id, feature, data.values)

    @delete(
        "/{place_id:str}/features/{feature:str}/settings/{setting:str}",
        opt=ENTER,
        responses=problems(WrongIdKind, NotFound),
    )
    async def take_back_setting(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        place_id: PlacePath,
        feature: FeaturePath,
        setting: SettingPath,
    ) -> None:
        """Forget what was chosen of a setting there: the level above decides."""
        await features.take_back(write, platform, actor, place_id, feature, setting)
