"""The one door in front of every handler: is it switched on, and may this person come in?

A handler names its permission in ``opt`` (`aula_sdk.contributions.needs` or ``public``); one that
does not is closed to everybody. Which *objects* somebody may see is asked of the permissions.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from aula_platform.plugin_host import Activation, Host
from aula_platform.web.authentication import unit_of
from aula_platform.web.readable import check_address
from aula_platform.web.request_notes import note_entered, route_place
from aula_sdk.errors import Forbidden, NotFound, NotSignedIn
from aula_sdk.people import Actor


async def guard_route(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Pass, or raise: 401 to nobody, 404 where the plugin is off, 403 where the right is lacking,
    503 where the handler has failed so badly that it is left alone for a while.

    Nobody is answered the same whether or not there is such a thing (rule 23). It waits for
    nothing; were it a plain function, Litestar would send each request through a thread for it.
    """
    _check_permission(connection, handler)
    check_address(connection)
    if "plugin" in handler.opt:
        host: Host = connection.app.state.host
        if handler.opt["plugin"] not in host.accepted:
            raise NotFound
        host.faults.enter(route_place(connection.scope, handler.opt["plugin"]))
        note_entered(connection.scope)


def _check_permission(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    if "permission" not in handler.opt:
        raise Forbidden
    action = handler.opt["permission"]
    if action is None:
        return
    actor: Actor | None = connection.scope.get("user")
    if actor is None:
        raise NotSignedIn
    if actor.can(action):
        unit_of(connection.scope).basis = action
        return
    plugin = handler.opt.get("plugin")
    activation: Activation = connection.app.state.activation
    if plugin and not any(
        activation.is_active(plugin, profile.municipality_id, profile.institution_id)
        for profile in actor.profiles
    ):
        raise NotFound
    raise Forbidden
