"""The pages around the plugins' content: implements `aula_sdk.protocols.Shell`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Request, Response

from aula_platform.identity import cookies
from aula_platform.identity.sessions import tag_of
from aula_platform.plugin_host import Host
from aula_platform.settings import Settings
from aula_platform.web.authentication import platform_of, settings_of
from aula_platform.web.frame import Frame
from aula_platform.web.navigation import items_for, place_of
from aula_platform.web.shell_context import ShellNavItem
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]


class WebShell:
    """The shell of one request."""

    def __init__(self, request: AnyRequest, read: ReadUnit) -> None:
        self._request = request
        self._read = read
        self._navigation: tuple[ShellNavItem, ...] | None = None

    @cached_property
    def _frame(self) -> Frame:
        # Requests that show no page are given a shell too.
        return Frame(self._request)

    @cached_property
    def _settings(self) -> Settings:
        return settings_of(self._request.app)

    async def page(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        title: Text | str,
        status_code: int = 200,
    ) -> Response[Any]:
        """Return a whole page."""
        body = await self.render(template, {"title": title, **(context or {})})
        answer: Response[Any] = Response(body, status_code=status_code, media_type=MediaType.HTML)
        site_url = self._settings.site.url
        if cookies.toast_cookie_name(site_url) in self._request.cookies:
            answer.set_cookie(cookies.forget_toast(site_url))
        return answer

    async def part(self, template: str, context: Mapping[str, Any] | None = None) -> Response[Any]:
        """Return a fragment without the layout, for HTMX."""
        return Response(await self.render(template, context or {}), media_type=MediaType.HTML)

    def see_other(self, href: str, *, toast: Text | None = None, undo: str = "") -> Response[Any]:
        """Answer a POST: 303 to ``href``, where ``toast`` says what happened and can undo it.

        It is shown to this session alone: the next person at a shared device never sees it.
        """
        answer: Response[Any] = Response(
            "", status_code=303, headers={"Location": href}, media_type=MediaType.TEXT
        )
        if toast is not None:
            whose = tag_of(self._request.scope.get("auth"))
            told = quote(json.dumps([str(toast), undo, whose]))
            answer.set_cookie(cookies.toast_cookie(self._settings.site.url, told))
        return answer

    def fill(self, template: str, context: Mapping[str, Any]) -> str:
        """Return the HTML of a fragment, which shows nothing of the navigation."""
        return self._frame.fill(template, context)

    async def render(self, template: str, context: Mapping[str, Any]) -> str:
        """Return the template's HTML; the navigation is read once for all of the request."""
        if self._navigation is None:
            actor = self._frame.actor
            self._navigation = await self._navigate(actor) if actor else ()
        return self._frame.fill(template, context, self._navigation)

    async def _navigate(self, actor: Actor) -> tuple[ShellNavItem, ...]:
        path = self._request.url.path
        host: Host = self._request.app.state.host
        found = [ShellNavItem("/", str(_("Overview")), "home", current=path == "/")]
        for plugin, item in items_for(host, actor):
            is_here = path == item.href or path.startswith(f"{item.href}/")
            platform = platform_of(self._request)
            place = await place_of(plugin, item, actor, self._read, platform)
            found.append(replace(place, current=is_here))
        return tuple(found)
