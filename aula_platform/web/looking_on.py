"""What is closed to a session that sees the site as somebody else: for every route, in one place.

Nothing is changed, nothing confidential opened, nothing taken along (R2); and each request is in
the audit, by whom and as whom, before its answer leaves.
"""

import re
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from aula_platform.identity.csrf import SAFE
from aula_platform.web.authentication import unit_of
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Actor

_ = gettext_for("aula")
_UNFIT, _LONGEST = re.compile(r"[^A-Za-z0-9_.]"), 120
ENDS_SUPPORT = "ends_support"
"""In the ``opt`` of a handler that ends the session's seeing as somebody else, or the session."""
IN_PERSON = {"in_person": True}
"""In the ``opt`` of what is for the person alone, though it is ordinary: files, streams."""


class LookingOn(Forbidden):
    """Nothing can be changed while the site is seen as somebody else."""

    code = "support.reading-only"
    title = _("You are only looking: nothing can be changed as somebody else")


class Withheld(Forbidden):
    """What is confidential or sensitive is not shown to who sees the site as somebody else."""

    code = "support.withheld"
    title = _("This is withheld while you see the site as somebody else")


def check_looking_on(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Pass in a session of one's own; else note the request and refuse what it may not.

    Raises `LookingOn` for whatever could change something, `NotFound` for what is the person's
    alone or everybody's, `Withheld` for rights that are.
    """
    actor: Actor | None = connection.scope.get("user")
    if actor is None or actor.seen_by is None:
        return
    unit_of(connection.scope).looked(
        actor.seen_by.basis,
        municipality_id=actor.profiles[0].municipality_id,
        object_id=actor.seen_by.impersonation_id,
        details={"asked": _UNFIT.sub("", str(handler))[-_LONGEST:]},
    )
    if handler.opt.get(ENDS_SUPPORT):
        return
    if connection.scope.get("method") not in SAFE:
        raise LookingOn
    action = handler.opt.get("permission")
    if action is None or handler.opt.get("own_device") or handler.opt.get("in_person"):
        raise NotFound
    if action in actor.withheld:
        raise Withheld
