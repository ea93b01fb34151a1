"""The two pages: what one asks for of one's own data, and what administrators decide."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.types import ControllerRouterHandler

from aula_platform.permissions.onlookers import people_of
from aula_platform.privacy.requests import service
from aula_platform.privacy.requests.rights import REQUEST
from aula_platform.privacy.tables import State, What
from aula_sdk.contributions import needs
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.ids import FILE, PERSON
from aula_sdk.operations import HANDLE_REQUESTS
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
OWN_URL, DECIDE_URL = "/profile/data", "/profile/requests"
_WHATS: dict[What, Text] = {
    What.EXPORT: _("Have everything that is kept"),
    What.CORRECTION: _("Have something put right"),
    What.ERASURE: _("Have everything erased"),
}
_STATES: dict[State, Text] = {
    State.ASKED: _("Waits for an answer"),
    State.APPROVED: _("Is being done"),
    State.READY: _("Ready to be fetched"),
    State.DONE: _("Done"),
    State.REFUSED: _("Refused"),
    State.FAILED: _("Could not be done"),
}


class AskForm(msgspec.Struct, kw_only=True):
    """What the form of the profile sends."""

    person: str
    what: What
    words: str = ""


class DecideForm(msgspec.Struct, kw_only=True):
    """What the form of an administrator sends."""

    decision: str
    answer: str = ""


def _item(one: service.Request) -> dict[str, Any]:
    return {
        "id": REQUEST.format(one.id),
        "what": str(_WHATS[one.what]),
        "words": one.words,
        "state": str(_STATES[one.state]),
        "asked_at": one.asked_at,
        "answer": one.answer,
        "file": FILE.format(one.file_id) if one.file_id else "",
        "expires_at": one.expires_at,
        "name": one.name,
        "institution": one.institution,
        "asker": one.asker,
        "is_open": one.state in {State.ASKED, State.FAILED},
    }


class OwnDataPages(Controller):
    """``/profile/data``."""

    path = OWN_URL
    include_in_schema = False

    @get("/", opt=needs("shell.use") | {"own_device": True})
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show what one has asked for and what is deleted soon, and let one ask."""
        people = people_of(actor)
        context = {
            "going": await platform.retention.announced(read, actor),
            "requests": [_item(one) for one in await service.list_own(read, actor)],
            "people": [
                {"value": PERSON.format(key), "label": name} for key, name in people.items()
            ],
            "whats": [{"value": one.value, "label": str(title)} for one, title in _WHATS.items()],
            "may_ask": actor.may_step_up,
            "decides": actor.can(HANDLE_REQUESTS),
            "decide_url": DECIDE_URL,
        }
        return await shell.page("aula/own_data.html", context, title=_("Your data"))

    @post("/", opt=needs("shell.use", step_up=True) | {"own_device": True}, status_code=303)
    async def ask(
        self,
        data: Annotated[AskForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Ask for something."""
        await service.ask(write, actor, PERSON.parse(data.person), data.what, data.words)
        return shell.see_other(OWN_URL, toast=_("You get an answer within a month"))


class DecidePages(Controller):
    """``/profile/requests``: what administrators decide."""

    path = DECIDE_URL
    include_in_schema = False

    @get("/", opt=needs(HANDLE_REQUESTS))
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Show the requests of one's institutions, those that wait first."""
        found = await service.list_to_decide(read, platform.permissions, actor)
        context = {"requests": [_item(one) for one in found]}
        return await shell.page("aula/requests.html", context, title=_("Requests for data"))

    @post("/{request_id:str}", opt=needs(HANDLE_REQUESTS, step_up=True), status_code=303)
    async def decide(
        self,
        request_id: FromPath[str],
        data: Annotated[DecideForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
    ) -> Response[Any]:
        """Approve or refuse."""
        await service.decide(
            write,
            platform.permissions,
            actor,
            REQUEST.parse(request_id),
            approved=data.decision == "approve",
            answer=data.answer,
        )
        return shell.see_other(DECIDE_URL, toast=_("Your decision is kept"))


REQUEST_ROUTES: tuple[ControllerRouterHandler, ...] = (OwnDataPages, DecidePages)
