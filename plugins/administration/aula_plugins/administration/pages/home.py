"""The way in: what needs somebody now, and where everything is."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service.attention import what_needs_somebody
from aula_plugins.administration.service.places import list_places
from aula_sdk.age_limits import DECIDE_AGES
from aula_sdk.contributions import needs
from aula_sdk.grants import GRANT
from aula_sdk.health import READ_HEALTH
from aula_sdk.imports import READ_IMPORTS
from aula_sdk.log_samples import REVIEW_LOG
from aula_sdk.operations import HANDLE_REQUESTS, PAIR_DEVICES
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell
from aula_sdk.retention import DECIDE_RETENTION
from aula_sdk.support import APPROVE_GLASS, BREAK_GLASS, READ_GLASSES, READ_SUPPORT

_GLASS = (BREAK_GLASS, APPROVE_GLASS, READ_GLASSES)
"""Each of them is reason enough to come to the list of special access."""


class HomePage(Controller):
    """``/administration``."""

    path = "/"

    @get("/", opt=needs(OPEN))
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show what needs somebody now, and the ways on."""
        attention = await what_needs_somebody(read, platform, actor)
        context = {
            "concerns": attention.items,
            "places": await list_places(read, platform, actor),
            "may_decide_rights": actor.can(GRANT),
            "may_decide_ages": actor.can(DECIDE_AGES),
            "may_read_imports": actor.can(READ_IMPORTS),
            "may_read_health": actor.can(READ_HEALTH),
            "may_review_log": actor.can(REVIEW_LOG),
            "may_handle_requests": actor.can(HANDLE_REQUESTS),
            "may_decide_retention": actor.can(DECIDE_RETENTION),
            "may_pair_devices": actor.can(PAIR_DEVICES),
            "may_read_support": actor.can(READ_SUPPORT),
            "may_read_glasses": any(actor.can(one) for one in _GLASS),
        }
        return await shell.page("administration/home.html", context, title=_("Administration"))
