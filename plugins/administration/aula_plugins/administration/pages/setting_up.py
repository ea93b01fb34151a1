"""Settings of a feature, by a form that is made from their description."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency

from aula_plugins.administration import _, _n
from aula_plugins.administration.api.declarations import FeaturePath, PlacePath, SettingPath
from aula_plugins.administration.pages.features import ENTER, feature_page
from aula_plugins.administration.pages.forms import AnyRequest, Typed, name_of, read_settings
from aula_plugins.administration.service import features
from aula_sdk.errors import Invalid
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell


class SettingPages(Controller):
    """``/administration/places/…/…/settings``."""

    path = "/places/{place_id:str}/{feature:str}/settings"

    @post("/", opt=ENTER)
    async def set_up(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        feature: FeaturePath,
    ) -> Response[Any]:
        """Keep what was changed in the form; what was left alone stays nobody's choice."""
        place, before = await features.open_feature(read, platform, actor, place_id, feature)
        typed, changed = await read_settings(request)
        here = f"/administration/places/{place.id}/{feature}"
        if not changed:
            return shell.see_other(here, toast=_("Nothing was changed"))
        try:
            async with platform.write(actor) as write:
                await features.set_up(write, platform, actor, place_id, feature, changed)
        except Invalid as problem:
            errors = {name_of(one.field): one.reason for one in problem.fields}
            wrong = Typed(typed, errors)
            return await feature_page(read, platform, actor, shell, place_id, feature, wrong)
        toast = _n("%(count)s setting is kept", "%(count)s settings are kept", len(changed))
        known = {one.name for one in before.settings if one.is_chosen}
        name = next(iter(changed))
        is_first = len(changed) == 1 and name not in known
        undo = f"{here}/settings/{name}/take-back" if is_first else ""
        return shell.see_other(f"{here}#settings", toast=toast, undo=undo)

    @post("/{setting:str}/take-back", opt=ENTER)
    async def take_back(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        feature: FeaturePath,
        setting: SettingPath,
    ) -> Response[Any]:
        """Forget a setting that was chosen there."""
        place, before = await features.open_feature(read, platform, actor, place_id, feature)
        async with platform.write(actor) as write:
            await features.take_back(write, platform, actor, place_id, feature, setting)
        titles = {one.name: one.title for one in before.settings}
        toast = _("Taken back: %(setting)s") % {"setting": titles.get(setting, setting)}
        here = f"/administration/places/{place.id}/{feature}#settings"
        return shell.see_other(here, toast=toast)
