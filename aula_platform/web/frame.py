"""The frame around every page: who is here, in which language and colours, what was just done."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import msgspec
from jinja2 import Environment
from litestar import Request

from aula_platform.identity.cookies import toast_cookie_name
from aula_platform.identity.sessions import SessionRow, csrf_token, tag_of
from aula_platform.settings import Settings
from aula_platform.web.headers import nonce_of
from aula_platform.web.looks import Look, Looks
from aula_platform.web.plugin_assets import PluginAssets
from aula_platform.web.session_time import name_of, time_left
from aula_platform.web.shell_context import (
    ShellChild,
    ShellContext,
    ShellEnd,
    ShellFlash,
    ShellLocale,
    ShellNavItem,
    ShellPerson,
    ShellRole,
    ShellSupport,
    Theme,
)
from aula_platform.web.times import say_time
from aula_sdk import ids
from aula_sdk.db import utc_now
from aula_sdk.i18n import Text, current_locale, gettext_for
from aula_sdk.people import Actor, Kind

_ = gettext_for("aula")
OFFLINE = "/offline"
LOOKS = "/profile/looks"
"""Where the reader is told who has looked, and needs no word about it."""
ROLE_LABELS: dict[Kind, Text] = {
    Kind.GUARDIAN: _("Guardian"),
    Kind.PUPIL: _("Pupil"),
    Kind.EMPLOYEE: _("Employee"),
    Kind.EXTERNAL: _("External"),
}
LANGUAGES = {"da": "Dansk", "en": "English"}
_LONGEST_TOAST = 200
AnyRequest = Request[Any, Any, Any]


class Frame:
    """The frame of one request's pages, made without asking the database anything."""

    def __init__(self, request: AnyRequest) -> None:
        self._request = request
        self._environment: Environment = request.app.state.environment
        self._settings: Settings = request.app.state.settings
        self.actor: Actor | None = request.scope.get("user")
        self._session: SessionRow | None = request.scope.get("auth")
        self._context: ShellContext | None = None

    def fill(
        self,
        template: str,
        context: Mapping[str, Any],
        navigation: tuple[ShellNavItem, ...] = (),
    ) -> str:
        """Return the template's HTML, which escapes what it shows."""
        values = {"format_time": say_time, "shell": self.context(navigation), **context}
        return self._environment.get_template(template).render(values)

    def context(self, navigation: tuple[ShellNavItem, ...] = ()) -> ShellContext:
        """Return what the layout shows around the page; the same for all parts of a page."""
        if self._context is None or self._context.nav is not navigation:
            self._context = self._make_context(navigation)
        return self._context

    def _make_context(self, navigation: tuple[ShellNavItem, ...]) -> ShellContext:
        session, locale, look = self._session, current_locale(), self._look()
        is_shared = session is not None and session.shared_profile_id is not None
        state = self._request.app.state
        assets: PluginAssets = state.get("assets") or PluginAssets()
        loaded = tuple(assets.loaded(self.actor, state.get("activation")))
        return ShellContext(
            asset=assets.url,
            stylesheets=tuple(one for one in loaded if one.endswith(".css")),
            scripts=tuple(one for one in loaded if one.endswith(".js")),
            new_key=lambda: uuid4().hex,
            csrf_token=csrf_token(session) if session else "",
            nonce=nonce_of(self._request.scope),
            site_name=look.site_name,
            look_url=look.stylesheet,
            logo_url=look.logo,
            municipality=self._municipality(),
            locale=locale,
            theme=_theme(session.theme if session else None),
            person=_person(self.actor),
            roles=_roles(self.actor),
            nav=navigation,
            children=self._children(),
            locales=tuple(ShellLocale(k, name, k == locale) for k, name in LANGUAGES.items()),
            flashes=self._flashes(),
            ends=self._end(),
            asks_about_device=bool(
                session
                and session.is_whole
                and session.new_device_id
                and session.new_device_id != session.device_id
            ),
            support=_support(self.actor),
            tells_access=bool(
                session
                and session.is_whole
                and session.special_access_at
                and self._request.url.path != LOOKS
            ),
            live=self.actor is not None and self.actor.seen_by is None,
            role_url="/role",
            logout_url="/tablet/leave" if is_shared else "/sign-out",
            is_shared=is_shared,
            back_url=self._request.url.path,
        )

    def _end(self) -> ShellEnd | None:
        session = self._session
        if session is None or self.actor is None or session.seeing is not None:
            return None
        left, warn = time_left(session, self._settings), self._settings.login.warn_minutes * 60
        now = utc_now()
        soon = (session.expires_at - now).total_seconds() <= warn
        seconds = max(0, int(left.total_seconds()))
        return ShellEnd(now + left, seconds, warn, soon, name_of(session))

    def _look(self) -> Look:
        looks: Looks | None = self._request.app.state.get("looks")
        # What a device keeps for when it is offline must not name files that it has not kept.
        if looks is None or self._request.url.path == OFFLINE:
            return Look(self._settings.site.name)
        return looks.for_reader(self.actor, self._request.headers.get("host", ""))

    def _municipality(self) -> str:
        """Return where the reader belongs, when that is one place."""
        names = self._request.app.state.get("municipality_names", {})
        places = self.actor.municipalities if self.actor else ()
        return str(names.get(places[0], "")) if len(places) == 1 else ""

    def _children(self) -> tuple[ShellChild, ...]:
        chosen = self._request.query_params.get("child", "")
        found: dict[str, ShellChild] = {}
        for child in self.actor.children if self.actor else ():
            key = ids.PERSON.format(child.person_id)
            detail = child.group_name or child.institution_name
            found.setdefault(
                key, ShellChild(key, child.name, f"?child={key}", key == chosen, detail=detail)
            )
        return tuple(found.values())

    def _flashes(self) -> tuple[ShellFlash, ...]:
        value = self._request.cookies.get(toast_cookie_name(self._settings.site.url))
        if not value:
            return ()
        try:
            text, undo, whose = msgspec.json.decode(unquote(value), type=tuple[str, str, str])
        except ValueError:
            return ()
        if whose != tag_of(self._session):
            # The browser is shared, or somebody has gone: it was said to another.
            return ()
        # A cookie can be another's: only an address of this site is posted to.
        is_here = undo.startswith("/") and not undo.startswith(("//", "/\\"))
        return (ShellFlash(text[:_LONGEST_TOAST], undo_url=undo if is_here else None),)


def _person(actor: Actor | None) -> ShellPerson | None:
    if actor is None:
        return None
    key = ids.ACCOUNT.format(actor.account_id)
    return ShellPerson(actor.name, str(ROLE_LABELS[actor.role]), key)


def _support(actor: Actor | None) -> ShellSupport | None:
    by = actor.seen_by if actor else None
    return ShellSupport(by.ends_at, by.glass_id is not None) if by else None


def _roles(actor: Actor | None) -> tuple[ShellRole, ...]:
    if actor is None or not actor.other_roles:
        return ()
    return tuple(
        ShellRole(kind.value, str(ROLE_LABELS[kind]), current=kind is actor.role)
        for kind in (actor.role, *actor.other_roles)
    )


def _theme(chosen: str | None) -> Theme:
    if chosen == "light":
        return "light"
    return "dark" if chosen == "dark" else "auto"
