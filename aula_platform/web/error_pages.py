"""Which answer a refusal gets: a problem document, a page, or the way to the sign-in page."""

from typing import Any
from urllib.parse import quote

from litestar import MediaType, Request, Response
from litestar.types import ExceptionHandlersMap

from aula_platform.identity.return_path import keep_local
from aula_platform.web.frame import Frame
from aula_platform.web.problems import OurFault, json_answer, problem_of, wants_json
from aula_platform.web.refused_access import RefusedAccess
from aula_platform.web.request_notes import note_fault
from aula_platform.web.step_up import way_to_prove
from aula_platform.web.typed_forms import kept_of
from aula_sdk.errors import FieldError, NotSignedIn, Problem, StepUpRequired
from aula_sdk.i18n import Text, gettext_for

_ = gettext_for("aula")
AnyRequest = Request[Any, Any, Any]
_WILL_PASS = frozenset({429, 500, 503})
"""What may be gone in a moment, so that the same page is offered again."""

_WHAT_TO_DO: dict[int, Text] = {
    400: _("Go back and try again. If it happens again, tell the school's administrator."),
    401: _("What you asked for is sensitive. You come back to where you are now."),
    403: _("If you think that you should be able to, ask the school's administrator."),
    404: _("Perhaps it has been removed, or the link is meant for somebody else."),
    409: _("Go back and load the page again to see how it stands now."),
    413: _("Choose something smaller, or share it in several parts."),
    422: _("Go back: what you wrote is still there."),
    429: _("Wait a moment and try again."),
    500: _("The fault is ours and has been noted. Try again in a moment."),
    503: _("Everything else works. Try again in a while."),
}


def answer_problem(request: AnyRequest, error: Exception) -> Response[Any]:
    """Return the answer to a request that could not be carried out.

    A browser without a session is sent to sign in and comes back to the page it asked for.
    """
    problem = problem_of(error)
    if isinstance(problem, OurFault):
        note_fault(request.scope, error)
    refused: RefusedAccess | None = request.app.state.get("refused_access")
    if refused is not None:
        refused.note(request, problem)
    if wants_json(request):
        return json_answer(request, problem)
    if isinstance(problem, NotSignedIn):
        location = {"Location": _sign_in(request)}
        return Response("", status_code=303, headers=location, media_type=MediaType.TEXT)
    return _page(request, problem)


def _sign_in(request: AnyRequest) -> str:
    if request.method != "GET":
        return "/sign-in"
    return f"/sign-in?next={quote(_address(request), safe='')}"


def _retry_url(request: AnyRequest) -> str:
    """Return where the page is that was asked for; empty for a form, and for a part of a page."""
    is_page = request.method == "GET" and "hx-request" not in request.headers
    return keep_local(_address(request)) if is_page else ""


def _address(request: AnyRequest) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query


def _page(request: AnyRequest, problem: Problem) -> Response[Any]:
    way = way_to_prove(request)
    context = {
        "status": problem.status,
        "heading": problem.title,
        "text": problem.detail or _reasons(problem.fields),
        "kept": kept_of(request),
        "next": _WHAT_TO_DO.get(problem.status, ""),
        "reference": problem.extra.get("incident", ""),
        "retry_url": _retry_url(request) if problem.status in _WILL_PASS else "",
        "step_up_url": way if isinstance(problem, StepUpRequired) else "",
    }
    body = Frame(request).fill("aula/error.html", context)
    answer: Response[Any] = Response(body, status_code=problem.status, media_type=MediaType.HTML)
    answer.headers.update(problem.headers)
    if isinstance(problem, StepUpRequired) and "hx-request" in request.headers:
        # A part of a page cannot show what is asked of the reader; the whole page goes there.
        answer.headers["HX-Redirect"] = way
    return answer


def _reasons(fields: tuple[FieldError, ...]) -> str:
    return "; ".join(f"{field.field}: {field.reason}" for field in fields)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {Exception: answer_problem}
