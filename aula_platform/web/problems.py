"""Errors as people and programs meet them: RFC 9457 in the API, a helpful page in the browser."""

import logging
import math
from typing import Any
from uuid import uuid4

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException

from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.step_up import PATH, challenge
from aula_platform.settings import Settings
from aula_sdk.errors import (
    FieldError,
    Invalid,
    NotFound,
    NotSignedIn,
    Problem,
    StepUpRequired,
)
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_log = logging.getLogger("aula.errors")
AnyRequest = Request[Any, Any, Any]
PROBLEM_JSON = "application/problem+json"


class OurFault(Problem):
    """Something failed that the person could not help."""

    status = 500
    code = "our-fault"
    title = _("Something went wrong here")


class MethodNotAllowed(Problem):
    """The address is right, the verb is not."""

    status = 405
    code = "method-not-allowed"
    title = _("This address does not take that")


class TooMany(Problem):
    """Too much was asked for in a short time."""

    status = 429
    code = "too-many"
    title = _("That was too fast")

    @classmethod
    def until(cls, seconds: float) -> "TooMany":
        """Return it for whoever may go on after so long."""
        return cls(headers={"Retry-After": str(max(1, math.ceil(seconds)))})


class TooLarge(Problem):
    """More was sent than is taken in one piece."""

    status = 413
    code = "too-large"
    title = _("This is too large")


class BadRequest(Problem):
    """What was sent cannot be read."""

    status = 400
    code = "bad-request"
    title = _("This cannot be read")


_BY_STATUS: dict[int, type[Problem]] = {
    401: NotSignedIn,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    422: Invalid,
    429: TooMany,
}


def problem_of(error: Exception) -> Problem:
    """Return the error as a problem; one that nobody expected becomes `OurFault`, and is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return BadRequest(fields=_fields(error))
    if isinstance(error, HTTPException) and error.status_code < OurFault.status:
        kind = _BY_STATUS.get(error.status_code, BadRequest)
        return kind(headers=dict(error.headers or {}))
    incident = uuid4().hex
    _log.error("incident %s", incident, exc_info=error)
    return OurFault(incident=incident)


def _fields(error: ValidationException) -> tuple[FieldError, ...]:
    details = error.extra if isinstance(error.extra, list) else ()
    return tuple(
        FieldError(str(item.get("key", "")), str(item.get("message", "")))
        for item in details
        if isinstance(item, dict)
    )


def document(problem: Problem, instance: str) -> dict[str, Any]:
    """Return the RFC 9457 document; ``type`` is ``urn:aula:problem:`` and the code."""
    found: dict[str, Any] = {
        "type": f"urn:aula:problem:{problem.code}",
        "title": str(problem.title),
        "status": problem.status,
        "code": problem.code,
        "instance": instance,
    }
    if problem.detail:
        found["detail"] = str(problem.detail)
    if problem.fields:
        found["errors"] = [msgspec.to_builtins(field) for field in problem.fields]
    return found | problem.extra


def json_answer(request: AnyRequest, problem: Problem) -> Response[Any]:
    """Return the answer that programs get."""
    headers = dict(problem.headers)
    if isinstance(problem, NotSignedIn):
        headers.setdefault("WWW-Authenticate", 'Session realm="aula"')
    if isinstance(problem, StepUpRequired):
        problem.extra.update(_say_what_is_missing(request))
        headers["WWW-Authenticate"] = _challenge(problem)
    return Response(
        document(problem, request.url.path),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def _say_what_is_missing(request: AnyRequest) -> dict[str, Any]:
    session: SessionRow | None = request.scope.get("auth")
    settings: Settings = request.app.state.settings
    asked = challenge(settings.login, session.broker if session else "")
    return {**asked, "step_up_url": PATH}


def _challenge(problem: StepUpRequired) -> str:
    """Return what RFC 9470 (section 3) says to a program whose proof is too weak or too old."""
    parts = {
        "error": "insufficient_user_authentication",
        "error_description": "A fresh second factor is needed",
        "acr_values": problem.extra["acr_values"],
    }
    quoted = ", ".join(f'{name}="{value}"' for name, value in parts.items() if value)
    return f"Bearer {quoted}, max_age={problem.extra['max_age']}"


def wants_json(request: AnyRequest) -> bool:
    """Whether a program asks: everything below ``/api``, and who accepts JSON but no HTML."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or (
        "json" in accept and MediaType.HTML.value not in accept
    )
