"""Refused access in the log (ASVS 16.3.2): at which door and why, never who it is or about whom."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from litestar.connection import ASGIConnection

from aula_platform.identity.access_keys import tag_of_key
from aula_platform.identity.sessions import tag_of
from aula_platform.web.bearer import key_in
from aula_platform.web.problems import TooMany
from aula_sdk.errors import Forbidden, NotFound, NotSignedIn, Problem, StepUpRequired
from aula_sdk.login import LoginRefused

EACH = 10
"""How many lines a minute one session or key can make, or strangers at one address' pattern."""
ALL = 600
"""How many lines a minute all can make in one process, and as many again those whom nobody knows:
whoever makes keys up hides no line about somebody.
"""
_MINUTE = 60
_ALWAYS = frozenset({Forbidden.status, TooMany.status})
_log = structlog.get_logger("aula.web")


class RefusedAccess:
    """Writes the lines; what is beyond the bounds is counted, and told in the next minute.

    ``whose`` tells one session's or key's refusals from another's and names nobody; it is empty for
    whoever has neither. What is kept for a minute is bounded by the lines.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` counts seconds."""
        self._clock = clock
        self._minute = 0
        self._lines: Counter[str] = Counter()
        self._total: Counter[bool] = Counter()
        self._left_out = 0

    def note(self, connection: ASGIConnection[Any, Any, Any, Any], problem: Problem) -> None:
        """Write a line when the problem is that somebody may not do or see this, or asks so fast
        that it must be a program (ASVS 16.3.3).
        """
        if not _is_refusal(connection, problem):
            return
        whose = _whose(connection)
        # The pattern: an address can hold whose page it is.
        route = connection.scope.get("path_template", "")
        is_known = (
            connection.scope.get("user") is not None or connection.scope.get("auth") is not None
        )
        allowance = whose or route
        if not self._may_write(allowance, is_known=is_known):
            self._left_out += 1
            return
        self._lines[allowance] += 1
        self._total[is_known] += 1
        _log.warning(
            "access_refused",
            whose=whose,
            status=problem.status,
            code=problem.code,
            method=connection.scope.get("method", ""),
            route=route,
        )

    def _may_write(self, allowance: str, *, is_known: bool) -> bool:
        minute = int(self._clock() // _MINUTE)
        if minute != self._minute:
            left_out, self._left_out = self._left_out, 0
            self._minute = minute
            self._lines.clear()
            self._total.clear()
            if left_out:
                _log.warning("refusals_left_out", count=left_out)
        return self._lines.get(allowance, 0) < EACH and self._total[is_known] < ALL


def _whose(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Return the mark of the session, else of the key that was offered."""
    session = tag_of(connection.scope.get("auth"))
    return session or tag_of_key(key_in(connection) or "")


def _is_refusal(connection: ASGIConnection[Any, Any, Any, Any], problem: Problem) -> bool:
    """Whether it is: who has not said who they are is asked to sign in, who must prove more is
    asked for that, and refused log-ins are in the audit (decision 0042).
    """
    if isinstance(problem, StepUpRequired | LoginRefused):
        return False
    if isinstance(problem, NotSignedIn):
        return "authorization" in connection.headers
    handler = connection.scope.get("route_handler")
    guarded = handler is not None and handler.opt.get("permission") is not None
    # A stranger meets nothing (R10): that is a refusal, unless there is no such address at all.
    is_stranger = isinstance(problem, NotFound) and guarded and connection.scope.get("user")
    return problem.status in _ALWAYS or bool(is_stranger)
