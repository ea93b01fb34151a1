"""Step-up in place: off to the broker for a second factor, and back to what one was doing (LOG-17).

What was typed is kept (`typed_forms`), shown when its writer is back, and sent by them: nothing is
done on the strength of a redirect.
"""

from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from aula_platform.identity import cookies
from aula_platform.identity.desk import LoginDesk
from aula_platform.identity.return_path import HOME, keep_local
from aula_platform.identity.secrets import new_secret
from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.step_up import PATH, broker_for, is_stepped_up
from aula_platform.identity.typed import find_typed
from aula_platform.settings import Settings
from aula_platform.storage import GLOBAL
from aula_platform.web.authentication import storage_of, unit_of
from aula_platform.web.dependencies import LOGIN_DESK
from aula_platform.web.login_problems import show_refusal
from aula_platform.web.request_notes import kept_in
from aula_sdk.contributions import public
from aula_sdk.db import utc_now
from aula_sdk.errors import NotFound, NotSignedIn
from aula_sdk.i18n import gettext_for
from aula_sdk.login import LoginRefused
from aula_sdk.people import Actor
from aula_sdk.protocols import Shell

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
_LONGEST_SHOWN = 4000


def way_to_prove(request: AnyRequest) -> str:
    """Return the address at which the reader proves more and comes back to this request."""
    return f"{PATH}?next={quote(_place_of(request), safe='')}"


def _place_of(request: AnyRequest) -> str:
    typed_id = kept_in(request.scope)
    if typed_id is not None:
        return f"{PATH}/kept/{typed_id}"
    asked = str(request.url)
    if request.method != "GET" or "hx-request" in request.headers:
        # Where the reader is, which is not the part of a page that was asked for.
        asked = request.headers.get("hx-current-url", request.headers.get("referer", ""))
    address = urlsplit(asked)
    return keep_local(f"{address.path}?{address.query}" if address.query else address.path)


@get(PATH, opt=public("whoever is signed in proves it again here; nobody else gets further"))
async def prove(request: AnyRequest, desk: NamedDependency[LoginDesk]) -> Response[Any]:
    """Send the browser to the broker for a second factor; straight on who has shown one."""
    path = keep_local(request.query_params.get("next"))
    session: SessionRow | None = request.scope.get("auth")
    actor: Actor | None = request.scope.get("user")
    if session is None or actor is None:
        raise NotSignedIn
    settings: Settings = request.app.state.settings
    if is_stepped_up(session, settings.login.step_up, utc_now()):
        return Redirect(path, status_code=303)
    await unit_of(request.scope).close()
    browser = request.cookies.get(cookies.login_cookie_name(desk.site_url)) or new_secret()
    try:
        url = await desk.begin(
            broker_for(settings.login, session.broker),
            browser=browser,
            address=request.client.host if request.client else "",
            return_path=path,
            session=session,
        )
    except LoginRefused as refused:
        refused.again = way_back_here(path)
        return show_refusal(request, refused)
    answer: Response[Any] = Redirect(url, status_code=303)
    answer.set_cookie(cookies.login_cookie(desk.site_url, browser))
    return answer


def way_back_here(path: str) -> str:
    """Return the address at which the same can be tried again."""
    return f"{PATH}?next={quote(path, safe='')}"


@get(PATH + "/kept/{typed_id:uuid}", opt=public("it shows a session what it kept, to nobody else"))
async def show_typed(
    request: AnyRequest, typed_id: FromPath[UUID], shell: NamedDependency[Shell]
) -> Response[Any]:
    """Show what was typed, to be sent now."""
    session: SessionRow | None = request.scope.get("auth")
    if session is None:
        raise NotSignedIn
    async with storage_of(request.app).read(GLOBAL) as read:
        content = await find_typed(read, session, typed_id)
    if content is None:
        raise NotFound(
            _("What you wrote is kept for 15 minutes, in the role that you wrote it in.")
        )
    context = {
        "action": content.path,
        "fields": content.fields,
        "shown": [text for _name, text in content.fields if _is_prose(text)],
        "lost_files": content.lost_files,
        "page": content.page if content.page != HOME else "/",
    }
    return await shell.page("aula/kept.html", context, title=_("You can go on"))


def _is_prose(text: str) -> bool:
    """Whether people wrote it: ids, choices and dates have no spaces between words."""
    return len(text.split()) > 1 and len(text) <= _LONGEST_SHOWN


def step_up_router() -> Router:
    """Return the handlers around the site's desk."""
    return Router(
        "/",
        route_handlers=[prove, show_typed],
        dependencies=LOGIN_DESK,
        include_in_schema=False,
    )
