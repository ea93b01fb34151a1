"""The one door in front of every handler: is it switched on, and may this person come in?

A handler names its permission in ``opt`` (`aula_sdk.contributions.needs` or ``public``); one that
does not is closed to everybody. Which *objects* somebody may see is asked of the permissions.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from aula_platform.plugin_host import Activation
from aula_sdk.errors import Forbidden, NotFound, NotSignedIn
from aula_sdk.people import Actor


async def guard_route(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Pass, or raise: 401 to nobody, 404 where the plugin is off, 403 where the right is lacking.

    Nobody is answered the same whether or not there is such a thing (rule 23). It waits for
    nothing; were it a plain function, Litestar would send each request through a thread for it.
    """
    if "permission" not in handler.opt:
        raise Forbidden
    action = handler.opt["permission"]
    if action is None:
        return
    actor: Actor | None = connection.scope.get("user")
    if actor is None:
        raise NotSignedIn
    if actor.can(action):
        return
    plugin = handler.opt.get("plugin")
    activation: Activation = connection.app.state.activation
    if plugin and not any(activation.is_active(plugin, key) for key in actor.municipalities):
        raise NotFound
    raise Forbidden
