"""The one door in front of every handler: is it switched on, and may this person come in?

A handler names its permission in ``opt`` (`aula_sdk.contributions.needs` or ``public``); one that
does not is closed to everybody. Which *objects* somebody may see is asked of the permissions.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from aula_platform.identity.sessions import SessionRow
from aula_platform.permissions.catalogue import owner_of
from aula_platform.plugin_host import Activation, Host
from aula_platform.web.authentication import unit_of
from aula_platform.web.bearer import check_key
from aula_platform.web.looking_on import check_looking_on
from aula_platform.web.readable import check_address
from aula_platform.web.request_notes import note_entered, refused_in, route_place
from aula_platform.web.typed_forms import read_form
from aula_sdk.errors import Forbidden, NotFound, NotSignedIn, StepUpRequired
from aula_sdk.people import Actor, ActorProfile, Kind


async def guard_route(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Pass, or raise: 401 to nobody and to who must prove more, 429 to who asks too fast, 404 where
    the plugin is off, 403 where the right is lacking, 503 where the handler has failed so badly
    that it is left alone.

    Whoever sees the site as somebody else meets `check_looking_on` first.
    What says ``own_device`` is not there at shared devices, though its permission is.
    Nobody is answered the same whether or not there is such a thing (rule 23). It waits for
    nothing; were it a plain function, Litestar would send each request through a thread for it.
    """
    refused = refused_in(connection.scope)
    if refused is not None:
        raise refused
    check_key(connection)
    check_looking_on(connection, handler)
    try:
        _check_permission(connection, handler)
    except StepUpRequired:
        # Nobody else will read it, and what was typed is kept.
        await read_form(connection)
        raise
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
    session: SessionRow | None = connection.scope.get("auth")
    if handler.opt.get("own_device") and session and session.shared_profile_id is not None:
        raise NotFound  # With a PIN alone, and others looking on (decision 0035).
    plugin = handler.opt.get("plugin")
    activation: Activation = connection.app.state.activation
    # A plugin's own right is held where the plugin is on, so that most routes ask no more. One that
    # asks for another's must be on where that is held.
    if plugin and not (actor.can(action) and owner_of(action) == plugin):
        profiles = _holders(actor, action) or actor.profiles
        if not any(
            activation.is_active(plugin, profile.municipality_id, profile.institution_id)
            for profile in profiles
        ):
            raise NotFound
    if not actor.can(action):
        raise Forbidden
    _check_step_up(handler, actor, session)
    unit_of(connection.scope).basis = action


def _holders(actor: Actor, action: str) -> tuple[ActorProfile, ...]:
    """Return the profiles with which the actor holds it, freshly proved or not."""
    held = {profile for holding in actor.holdings.get(action, ()) for profile in holding.profiles}
    return tuple(profile for profile in actor.profiles if profile.id in held)


def _check_step_up(handler: BaseRouteHandler, actor: Actor, session: SessionRow | None) -> None:
    """Raise where the handler, or all that the actor holds of its action, takes a fresh second
    factor (LOG-15): `StepUpRequired`, or `Forbidden` to who is too young for it (LOG-14), unless
    the handler is for them too.
    """
    asked = bool(handler.opt.get("step_up"))
    if asked and handler.opt.get("too_young") and _is_too_young(actor, session):
        asked = False
    if asked and not actor.may_step_up:
        raise Forbidden
    if not actor.stepped_up and (asked or actor.lacks_step_up(handler.opt["permission"])):
        raise StepUpRequired


def _is_too_young(actor: Actor, session: SessionRow | None) -> bool:
    """Whether only the age keeps a pupil from a second factor: neither is it an access key that
    acts, nor a shared device or somebody who looks on.
    """
    is_whole = session is not None and session.is_whole
    return is_whole and actor.role is Kind.PUPIL and not actor.may_step_up
