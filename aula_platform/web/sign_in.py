"""Signing in and out, and choosing a role: thin handlers around `identity.desk`.

`Authenticate` has read the session before (``auth`` of the request) and the actor (``user``).
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from aula_platform.identity import cookies
from aula_platform.identity.admission import ROLE_TITLES
from aula_platform.identity.csrf import was_pressed_at
from aula_platform.identity.desk import LoginDesk
from aula_platform.identity.problems import WrongBroker
from aula_platform.identity.return_path import HOME, keep_local
from aula_platform.identity.secrets import new_secret
from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.user_agent import classify
from aula_platform.settings import Settings
from aula_platform.web.authentication import unit_of
from aula_platform.web.dependencies import LOGIN_DESK
from aula_platform.web.impersonation import end_now
from aula_platform.web.login_problems import show_refusal
from aula_platform.web.looking_on import ENDS_SUPPORT
from aula_platform.web.own_sessions import FORGET
from aula_platform.web.shell_context import ShellRole
from aula_sdk.contributions import public
from aula_sdk.errors import FieldError, Invalid, NotSignedIn
from aula_sdk.i18n import gettext_for
from aula_sdk.login import LoginBroker, LoginRefused
from aula_sdk.people import Kind
from aula_sdk.protocols import Shell

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
_ICONS = {Kind.PUPIL: "child", Kind.EMPLOYEE: "school", Kind.GUARDIAN: "people"}


@get("/sign-in", opt=public("whoever is not signed in yet begins here"))
async def show_sign_in(
    request: AnyRequest, desk: NamedDependency[LoginDesk], shell: NamedDependency[Shell]
) -> Response[Any]:
    """Show the ways of signing in; pass on who is signed in already."""
    path = keep_local(request.query_params.get("next"))
    session = _session(request)
    if request.scope.get("user") is not None:
        return Redirect(path, status_code=303)
    if session is not None and session.role is None:
        return Redirect(_with_next("/role", path), status_code=303)
    if cookies.tablet_cookie_name(desk.site_url) in request.cookies:
        return Redirect("/tablet", status_code=303)
    return await _show_page(request, desk, shell, path)


@get("/sign-in/{broker:str}", opt=public("it sends the browser to the broker"))
async def go_to_broker(
    request: AnyRequest,
    broker: FromPath[str],
    desk: NamedDependency[LoginDesk],
    shell: NamedDependency[Shell],
) -> Response[Any]:
    """Send the browser to the broker, remembering where it was and which browser it is.

    Only a press of the button does: another's link that leads here shows the buttons, so that
    nobody is signed in without knowing (ASVS 7.6.2).
    """
    path = keep_local(request.query_params.get("next"))
    settings: Settings = request.app.state.settings
    if not was_pressed_at(request.headers, settings.hosts):
        return Redirect(_with_next("/sign-in", path), status_code=303)
    if _is_elsewhere(request, desk):
        # The broker sends people to one address only, and cookies stay with theirs.
        url = _with_next(f"{desk.site_url}/sign-in/{broker}", path)
        # There it is asked whether a page of ours led to it, which the browser must say.
        return Redirect(f"{url}&moved=1", status_code=303, headers={"Referrer-Policy": "origin"})
    await unit_of(request.scope).close()
    name = cookies.login_cookie_name(desk.site_url)
    browser = request.cookies.get(name) or new_secret()
    address = request.client.host if request.client else ""
    try:
        url = await desk.begin(broker, browser=browser, address=address, return_path=path)
    except LoginRefused as problem:
        return await _show_page(request, desk, shell, path, problem)
    answer: Response[Any] = Redirect(url, status_code=303)
    answer.set_cookie(cookies.login_cookie(desk.site_url, browser))
    return answer


@get("/sign-in/callback", opt=public("brokers send the browser back to here"))
async def come_back(
    request: AnyRequest, desk: NamedDependency[LoginDesk], shell: NamedDependency[Shell]
) -> Response[Any]:
    """Take the broker's answer: a session, or a page that says why not and what to do."""
    # No connection is held while the broker is asked.
    await unit_of(request.scope).close()
    try:
        done = await desk.finish(
            dict(request.query_params),
            browser=request.cookies.get(cookies.login_cookie_name(desk.site_url), ""),
            device=classify(request.headers.get("user-agent", "")),
            earlier=_session(request),
            known_by=request.cookies.get(cookies.device_cookie_name(desk.site_url), ""),
            address=request.client.host if request.client else "",
        )
    except LoginRefused as problem:
        if problem.again:
            return show_refusal(request, problem)
        return await _show_page(request, desk, shell, HOME, problem)
    path = done.return_path if done.role else _with_next("/role", done.return_path)
    answer: Response[Any] = Redirect(path, status_code=303)
    answer.set_cookie(cookies.session_cookie(desk.site_url, done.cookie_value))
    answer.set_cookie(cookies.forget_login(desk.site_url))
    if done.known_by:
        answer.set_cookie(cookies.device_cookie(desk.site_url, done.known_by))
    return answer


@get("/role", opt=public("who has several roles has none before the choice"))
async def show_roles(
    request: AnyRequest,
    desk: NamedDependency[LoginDesk],
    shell: NamedDependency[Shell],
) -> Response[Any]:
    """Show the roles that this session may take."""
    path = keep_local(request.query_params.get("next"))
    session = _session(request)
    if session is None:
        return Redirect(_with_next("/sign-in", path), status_code=303)
    # The desk looks in all municipalities, through a connection of its own.
    await unit_of(request.scope).close()
    try:
        choices = await desk.list_roles(session)
    except LoginRefused as problem:
        return await _show_page(request, desk, shell, path, problem)
    roles = [
        ShellRole(
            choice.role.value,
            str(ROLE_TITLES[choice.role]),
            ", ".join(choice.institutions),
            current=choice.role is session.role,
        )
        for choice in choices
    ]
    context = {"roles": roles, "next_url": path}
    return await shell.page("aula/choose_role.html", context, title=_("Choose role"))


@post("/role", opt=public("who has several roles has none before the choice"), status_code=303)
async def choose_role(
    request: AnyRequest,
    desk: NamedDependency[LoginDesk],
    shell: NamedDependency[Shell],
) -> Response[Any]:
    """Act in the chosen role from the next request on, under a new cookie."""
    session = _session(request)
    if session is None:
        raise NotSignedIn
    form = await request.form()
    try:
        role = Kind(str(form.get("role")))
    except ValueError as error:
        raise Invalid(fields=(FieldError("role", str(_("Choose one of the roles."))),)) from error
    await unit_of(request.scope).close()
    try:
        value = await desk.choose_role(session, role)
    except LoginRefused as problem:
        return await _show_page(request, desk, shell, HOME, problem)
    answer = shell.see_other(keep_local(str(form.get("next", ""))))
    answer.set_cookie(cookies.session_cookie(desk.site_url, value))
    return answer


@post(
    "/sign-out",
    opt=public("signing out needs no right") | {ENDS_SUPPORT: True},
    status_code=303,
)
async def sign_out(request: AnyRequest, desk: NamedDependency[LoginDesk]) -> Response[Any]:
    """End the session here and, where the broker can, there; a second time does no harm."""
    session = _session(request)
    await unit_of(request.scope).close()
    if session and session.seeing:
        await end_now(request, session)
    url = await desk.sign_out(session) if session else None
    answer: Response[Any] = Redirect(url or "/sign-in", status_code=303, headers=FORGET)
    answer.set_cookie(cookies.forget_session(desk.site_url))
    return answer


def sign_in_router() -> Router:
    """Return the handlers around the site's desk."""
    return Router(
        "/",
        route_handlers=[show_sign_in, go_to_broker, come_back, show_roles, choose_role, sign_out],
        dependencies=LOGIN_DESK,
        include_in_schema=False,
    )


async def _show_page(
    request: AnyRequest,
    desk: LoginDesk,
    shell: Shell,
    path: str,
    problem: LoginRefused | None = None,
) -> Response[Any]:
    """Show the sign-in page, with what went wrong where something did."""
    host = request.headers.get("host", "")
    offered = problem.offered if isinstance(problem, WrongBroker) else ()
    meant = [desk.brokers[name] for name in offered] or desk.list_brokers(host)
    context: dict[str, Any] = {
        "brokers": [_make_button(desk, broker, path) for broker in meant],
        "all_url": _with_next("/sign-in", path) if offered else "",
        "help": desk.list_help(host),
    }
    if problem is None:
        return await shell.page("aula/login.html", context, title=_("Log in"))
    context["problem"] = {"title": str(problem.title), "next": str(problem.detail or "")}
    answer = await shell.page(
        "aula/login.html", context, title=problem.title, status_code=problem.status
    )
    answer.headers.update(problem.headers)
    return answer


def _make_button(desk: LoginDesk, broker: LoginBroker, path: str) -> dict[str, str]:
    """Return a link to the broker; no form, so that the policy on forms need not name it."""
    return {
        "label": broker.title,
        "detail": _say_for_whom(broker, desk.list_places(broker.name)),
        "href": _with_next(f"/sign-in/{broker.name}", path),
        "icon": _ICONS.get(broker.kinds[0], "lock") if len(broker.kinds) == 1 else "lock",
    }


def _say_for_whom(broker: LoginBroker, places: Sequence[str]) -> str:
    if broker.demo:
        return str(_("Demonstration with fictional people"))
    kinds = [str(title) for role, title in ROLE_TITLES.items() if role in broker.kinds]
    told = [] if set(broker.kinds) >= set(Kind) else kinds
    return " · ".join(part for part in (", ".join(told), ", ".join(places)) if part)


def _session(request: AnyRequest) -> SessionRow | None:
    session: SessionRow | None = request.scope.get("auth")
    return session


def _with_next(address: str, path: str) -> str:
    return f"{address}?{urlencode({'next': path})}"


def _is_elsewhere(request: AnyRequest, desk: LoginDesk) -> bool:
    """Whether the site is open under another name than its own, such as localhost."""
    own = urlsplit(desk.site_url).netloc
    return request.headers.get("host", own) != own and "moved" not in request.query_params
