"""The reader's own access keys: seen, made and taken away; the API is never asked for one (R12)."""

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.routes import HTTPRoute

from aula_platform.identity.access_keys import USE_KEYS, AccessKey, NewKey, list_keys
from aula_platform.identity.admission import ROLE_TITLES
from aula_platform.identity.csrf import SAFE
from aula_platform.identity.own_sessions import OwnSessions
from aula_platform.settings import KeySettings
from aula_platform.web.authentication import platform_of, storage_of, unit_of
from aula_platform.web.login_people import LOGIN_PEOPLE
from aula_platform.web.mounting import API
from aula_sdk import ids
from aula_sdk.contributions import needs
from aula_sdk.errors import Conflict, FieldError, Invalid
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import ReadUnit, Shell

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
KEYS_PLACE = "/profile/keys"
DAYS = (30, 90, 180, 365)
_LONGEST_NAME = 100


class TooManyKeys(Conflict):
    """The account has as many keys as it may."""

    code = "access-keys.too-many"
    title = _("You have as many access keys as you may have")


class Offer(msgspec.Struct, frozen=True):
    """An action that a key can be made for."""

    action: str
    title: str
    reads: bool


class AccessKeyPages(Controller):
    """The page, the form, and the one sight of a new key."""

    path = KEYS_PLACE
    include_in_schema = False

    @get("/", opt=needs(USE_KEYS))
    async def show(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the account's keys and what a new one can be made for."""
        keys = await list_keys(read, actor.account_id)
        titles = {one.action: one.title for one in _offers(request, actor)}
        settings = _settings(request)
        context = {
            "keys": [_row(one, titles) for one in keys],
            "reads": _options(request, actor, reads=True),
            "changes": _options(request, actor, reads=False),
            "days": [one for one in DAYS if one <= settings.most_days] or [settings.most_days],
            "full": len(keys) >= settings.most,
        }
        return await shell.page("aula/keys.html", context, title=_("Access keys"))

    @post("/", opt=needs(USE_KEYS, step_up=True), status_code=200)
    async def make(
        self,
        request: AnyRequest,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Make a key and show it, this once: it is kept nowhere."""
        new = await self._read_form(request, actor)
        if len(await list_keys(read, actor.account_id)) >= _settings(request).most:
            raise TooManyKeys(_("Take one away first."))
        await unit_of(request.scope).close()
        text = await _own(request).make_key(request.scope["auth"], new)
        context = {"key": text, "name": new.name, "days": new.days}
        return await shell.page("aula/key_made.html", context, title=_("Your new access key"))

    @post("/{key_id:str}/revoke", opt=needs(USE_KEYS), status_code=303)
    async def revoke(
        self, request: AnyRequest, key_id: FromPath[str], shell: NamedDependency[Shell]
    ) -> Response[Any]:
        """Take a key away; its next request is refused."""
        await unit_of(request.scope).close()
        await _own(request).revoke_key(request.scope["auth"], ids.ACCESS_KEY.parse(key_id))
        return shell.see_other(KEYS_PLACE, toast=_("The access key is taken away"))

    async def _read_form(self, request: AnyRequest, actor: Actor) -> NewKey:
        """Return what was chosen; raise `Invalid` for what cannot be."""
        form = await request.form()
        writes = form.get("writes") == "1"
        offered = {one.action for one in _offers(request, actor) if one.reads or writes}
        chosen = tuple(str(one) for one in form.getall("action", []) if one in offered)
        name = str(form.get("name", "")).strip()[:_LONGEST_NAME]
        days = str(form.get("days", ""))
        wrong = []
        if not name:
            wrong.append(FieldError("name", str(_("Say what the key is for."))))
        if not chosen:
            wrong.append(FieldError("action", str(_("Choose at least one thing."))))
        if not days.isdecimal() or not 1 <= int(days[:6]) <= _settings(request).most_days:
            wrong.append(FieldError("days", str(_("Choose how long the key is to last."))))
        if wrong:
            raise Invalid(fields=tuple(wrong))
        return NewKey(name, chosen, writes, int(days))


def _options(request: AnyRequest, actor: Actor, *, reads: bool) -> list[dict[str, str]]:
    return [
        {"value": one.action, "label": one.title}
        for one in _offers(request, actor)
        if one.reads is reads
    ]


def _offers(request: AnyRequest, actor: Actor) -> list[Offer]:
    """Return the actions of plugins' API that the actor holds without a second factor."""
    catalogue = platform_of(request).permissions.catalogue
    reading: set[str] = set()
    changing: set[str] = set()
    for action, method in _api_actions(request):
        (reading if method in SAFE else changing).add(action)
    return [
        Offer(action, str(catalogue.actions[action].title), reads=action in reading)
        for action in sorted(reading | changing)
        if any(not one.step_up for one in actor.holdings.get(action, ()))
    ]


def _api_actions(request: AnyRequest) -> Iterator[tuple[str, str]]:
    for route in request.app.routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith(API):
            continue
        for handler in route.route_handlers:
            action = handler.opt.get("permission")
            if "plugin" in handler.opt and action and not handler.opt.get("step_up"):
                yield from ((action, method) for method in handler.http_methods)


def _row(key: AccessKey, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": ids.ACCESS_KEY.format(key.id),
        "name": key.name,
        "hint": key.hint,
        "role": str(ROLE_TITLES[Kind(key.role)]),
        "actions": [titles.get(one, one) for one in key.actions],
        "writes": key.writes,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
    }


def _settings(request: AnyRequest) -> KeySettings:
    found: KeySettings = request.app.state.settings.login.keys
    return found


def _own(request: AnyRequest) -> OwnSessions:
    step_up = request.app.state.settings.login.step_up
    return OwnSessions(storage_of(request.app), LOGIN_PEOPLE, step_up)
