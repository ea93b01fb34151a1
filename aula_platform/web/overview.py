"""The overview: what every role meets first, made of the plugins' boxes."""

from typing import Annotated, Any

from babel.dates import format_date
from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from markupsafe import Markup

from aula_platform.plugin_host import Host, Place
from aula_platform.web.authentication import begin_anew, is_whole, platform_of
from aula_platform.web.embedded import embedded_boxes
from aula_platform.web.shell import WebShell
from aula_platform.web.times import ZONE
from aula_sdk import ids
from aula_sdk.contributions import View, Widget, needs
from aula_sdk.db import utc_now
from aula_sdk.errors import NotFound
from aula_sdk.i18n import current_locale, gettext_for
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

_ = gettext_for("aula")
USE = "shell.use"
ChosenChild = Annotated[str | None, QueryParameter(name="child", required=False, max_length=60)]
AnyRequest = Request[Any, Any, Any]


class Overview(Controller):
    """The first page, and each of its boxes by itself for live updates."""

    path = "/"
    include_in_schema = False

    @get("/", opt=needs(USE))
    async def show(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[WebShell],
        *,
        child: ChosenChild = None,
    ) -> Response[Any]:
        """Show all boxes that are for the actor's role; one that fails says so (WID-R7)."""
        state, platform = request.app.state, platform_of(request)
        view = _view(actor, child)
        boxes = [
            await _box(state.host, plugin, widget, actor, read, shell, platform, view)
            for plugin, widget in _widgets_for(state.host, actor)
        ]
        if is_whole(request):
            boxes += embedded_boxes(state.widgets, actor)
        today = format_date(utc_now().astimezone(ZONE), "EEEE d. MMMM", locale=current_locale())
        context = {
            "greeting": today,
            "all_href": "/",
            "asks": None,
            "widgets": boxes,
            "going": await platform.retention.announced(read, actor),
            "hidden": 0,
            "step_up_url": "",
        }
        return await shell.page("aula/overview.html", context, title=_("Overview"))

    @get("/overview/{plugin:str}/{name:str}", opt=needs(USE))
    async def show_box(
        self,
        request: AnyRequest,
        plugin: FromPath[str],
        name: FromPath[str],
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[WebShell],
        *,
        child: ChosenChild = None,
    ) -> Response[Any]:
        """Show one box anew, when its topic has changed."""
        state, platform = request.app.state, platform_of(request)
        view = _view(actor, child)
        for owner, widget in _widgets_for(state.host, actor):
            if (owner, widget.name) == (plugin, name):
                box = await _box(state.host, owner, widget, actor, read, shell, platform, view)
                return await shell.part("aula/widget_box.html", {"widget": box})
        raise NotFound


def _view(actor: Actor, child: str | None) -> View:
    """Return what the address asks for; raise `NotFound` for a child that is not the actor's."""
    if not child:
        return View()
    person_id = ids.PERSON.parse(child)
    if all(own.person_id != person_id for own in actor.children):
        raise NotFound
    return View(person_id)


def _widgets_for(host: Host, actor: NamedDependency[Actor]) -> list[tuple[str, Widget]]:
    found = [
        (plugin, widget)
        for plugin, widget in host.each(Widget)
        if actor.role in widget.roles
        and (actor.can(widget.action) or widget.action in actor.withheld)
    ]
    return sorted(found, key=lambda item: (item[1].order, item[0], item[1].name))


async def _box(
    host: Host,
    plugin: str,
    widget: Widget,
    actor: Actor,
    read: ReadUnit,
    shell: WebShell,
    platform: Platform,
    view: View,
) -> dict[str, Any]:
    chosen = f"?child={ids.PERSON.format(view.child)}" if view.child else ""
    box: dict[str, Any] = {
        "name": widget.name,
        "title": widget.title,
        "href": widget.href,
        "icon": "",
        "topic": widget.topic,
        "url": f"/overview/{plugin}/{widget.name}{chosen}",
        "wide": False,
        "html": "",
        "failed": False,
        "embedded": None,
        "withheld": widget.action in actor.withheld,
    }
    if box["withheld"]:
        return box
    try:
        context = await widget.context(actor, read, platform, view)
        place = Place(plugin, f"template {widget.template}")
        html = host.guard.run_now(place, lambda: shell.fill(widget.template, context))
        # The template escapes what it shows, so its outcome may stand as it is.
        box["html"] = Markup(html)  # noqa: S704
    except Exception:  # noqa: BLE001  # A plugin's failure is its box's alone; the host counts it.
        box["failed"] = True
        await begin_anew(read)
    return box
