"""Switching a feature on and off. Each choice answers with what happened and how to undo it."""

from typing import Any

from litestar import Controller, Response, post
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import FeaturePath, PlacePath
from aula_plugins.administration.pages import wording
from aula_plugins.administration.pages.features import ENTER, feature_page
from aula_plugins.administration.pages.forms import AnyRequest, Typed, read_state
from aula_plugins.administration.schemas import FeatureItem, PlaceItem
from aula_plugins.administration.service import features
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell


class ChoosingPages(Controller):
    """``/administration/places/…/…/state``."""

    path = "/places/{place_id:str}/{feature:str}/state"

    @post("/", opt=ENTER)
    async def switch(
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
        """Keep the choice."""
        wanted = await read_state(request)
        if wanted is None:
            typed = Typed(errors={"choice": str(_("Choose one of these"))})
            return await feature_page(read, platform, actor, shell, place_id, feature, typed)
        place, before = await features.open_feature(read, platform, actor, place_id, feature)
        async with platform.write(actor) as write:
            await features.switch(write, platform, actor, place_id, feature, wanted)
        toast = wording.say_switched(before.title, place.name, wanted)
        here = f"/administration/places/{place.id}/{feature}"
        return shell.see_other(here, toast=toast, undo=_way_back(here, place, before))

    @post("/take-back", opt=ENTER)
    async def take_back(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        feature: FeaturePath,
    ) -> Response[Any]:
        """Forget the choice: the level above decides."""
        place, before = await features.open_feature(read, platform, actor, place_id, feature)
        async with platform.write(actor) as write:
            await features.take_back(write, platform, actor, place_id, feature)
        values = {"feature": before.title, "place": place.name}
        toast = _("%(feature)s: the choice for %(place)s has been taken back") % values
        here = f"/administration/places/{place.id}/{feature}"
        undo = _way_back(here, place, before) if before.chosen else ""
        return shell.see_other(here, toast=toast, undo=undo)


def _way_back(here: str, place: PlaceItem, before: FeatureItem) -> str:
    """Return the address that makes it as it was."""
    if before.chosen is None:
        return f"{here}/state/take-back"
    # An institution has nobody below it, whatever was left to it.
    left_to = before.left_to if place.is_municipality else "nobody"
    return f"{here}/state?choice={before.chosen}-{left_to}"
