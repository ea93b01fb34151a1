"""Places, the features there, and one feature."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import FeaturePath, PlacePath
from aula_plugins.administration.pages import wording
from aula_plugins.administration.pages.forms import Typed
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service.features import list_features, open_feature
from aula_plugins.administration.service.places import list_places
from aula_sdk.contributions import needs
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

ENTER = needs(OPEN)


class FeaturePages(Controller):
    """``/administration/places``."""

    path = "/places"

    @get("/", opt=ENTER)
    async def show_places(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show where one chooses; who has one place only goes there at once."""
        places = await list_places(read, platform, actor)
        if len(places) == 1:
            return shell.see_other(f"/administration/places/{places[0].id}")
        return await shell.page(
            "administration/places.html", {"places": places}, title=_("Features")
        )

    @get("/{place_id:str}", opt=ENTER)
    async def show_features(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
    ) -> Response[Any]:
        """Show every feature at the place: on or off, and who decided it."""
        found = await list_features(read, platform, actor, place_id)
        context = {"place": found.place, "features": found.items, "say": wording}
        title = _("Features: %(place)s") % {"place": found.place.name}
        return await shell.page("administration/features.html", context, title=title)

    @get("/{place_id:str}/{feature:str}", opt=ENTER)
    async def show_feature(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        place_id: PlacePath,
        feature: FeaturePath,
    ) -> Response[Any]:
        """Show one feature with its settings, and what can be chosen."""
        return await feature_page(read, platform, actor, shell, place_id, feature)


async def feature_page(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    shell: Shell,
    place_id: str,
    feature: str,
    typed: Typed | None = None,
) -> Response[Any]:
    """Return the page of one feature; with what was typed and is wrong, where something is."""
    place, found = await open_feature(read, platform, actor, place_id, feature)
    typed = typed or Typed()
    context = {
        "place": place,
        "feature": found,
        "address": f"/administration/places/{place.id}/{found.name}",
        "open_settings": [one for one in found.settings if wording.can_be_typed(one)],
        "other_settings": [one for one in found.settings if not wording.can_be_typed(one)],
        "chosen_settings": [one for one in found.settings if one.is_chosen],
        "typed": typed,
        "errors": wording.summary_of(found, typed.errors),
        "say": wording,
    }
    status = 422 if typed.errors else 200
    return await shell.page(
        "administration/feature.html", context, title=found.title, status_code=status
    )
