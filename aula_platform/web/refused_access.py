"""Refused access in the log (ASVS 16.3.2): at which door and why, never who it is or about whom."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from litestar.connection import ASGIConnection

from aula_platform.identity.sessions import tag_of
from aula_sdk.errors import Forbidden, NotFound, NotSignedIn, Problem, StepUpRequired
from aula_sdk.login import LoginRefused

EACH = 10
"""How many lines a minute one session can make."""
ALL = 600
"""How many lines a minute all can make in one process."""
_MINUTE = 60
_FORBIDDEN = Forbidden.status
_log = structlog.get_logger("aula.web")


class RefusedAccess:
    """Writes the lines; what is beyond the bounds is counted, and told in the next minute.

    ``whose`` tells one session's refusals from another's and names nobody; it is empty for whoever
    has none, and for access keys.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` counts seconds."""
        self._clock = clock
        self._minute = 0
        self._lines: Counter[str] = Counter()
        self._left_out = 0

    def note(self, connection: ASGIConnection[Any, Any, Any, Any], problem: Problem) -> None:
        """Write a line when the problem is that somebody may not do or see this."""
        if not _is_refusal(connection, problem):
            return
        whose = tag_of(connection.scope.get("auth"))
        if not self._may_write(whose):
            self._left_out += 1
            return
        self._lines[whose] += 1
        _log.warning(
            "access_refused",
            whose=whose,
            status=problem.status,
            code=problem.code,
            method=connection.scope.get("method", ""),
            # The pattern: an address can hold whose page it is.
            route=connection.scope.get("path_template", ""),
        )

    def _may_write(self, whose: str) -> bool:
        minute = int(self._clock() // _MINUTE)
        if minute != self._minute:
            left_out, self._left_out = self._left_out, 0
            self._minute = minute
            self._lines.clear()
            if left_out:
                _log.warning("refusals_left_out", count=left_out)
        return self._lines[whose] < EACH and self._lines.total() < ALL


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
    return problem.status == _FORBIDDEN or bool(is_stranger)
