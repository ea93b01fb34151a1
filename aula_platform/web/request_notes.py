"""What the parts that serve one request leave for each other in its scope."""

from typing import Any
from uuid import UUID

from litestar.types import Scope

from aula_platform.plugin_host import Place
from aula_platform.storage import Write
from aula_sdk.errors import Problem

_FAULT, _OPEN, _ENTERED = "aula_fault", "aula_open_units", "aula_entered"
_KEPT, _REFUSED = "aula_kept", "aula_refused"


def route_place(scope: Any, plugin: str) -> Place:
    """Return by which name a plugin's route is counted and left alone: its method and pattern."""
    return Place(plugin, f"route {scope.get('method', 'CONNECT')} {scope['path_template']}")


def note_fault(scope: Scope, error: BaseException) -> None:
    """Remember that the request failed by no fault of who asked."""
    scope.setdefault("state", {})[_FAULT] = error


def fault_of(scope: Scope) -> BaseException | None:
    """Return what the request failed with."""
    found: BaseException | None = scope["state"].get(_FAULT)
    return found


def note_refused(scope: Scope, problem: Problem) -> None:
    """Remember why whoever asks is not let in, whatever it is that they ask for."""
    scope.setdefault("state", {})[_REFUSED] = problem


def refused_in(scope: Scope) -> Problem | None:
    """Return why whoever asks is not let in, if so."""
    found: Problem | None = scope.get("state", {}).get(_REFUSED)
    return found


def note_kept(scope: Scope, typed_id: UUID) -> None:
    """Remember that what was typed is kept, and as what."""
    scope.setdefault("state", {})[_KEPT] = typed_id


def kept_in(scope: Scope) -> UUID | None:
    """Return as what the request's form is kept, if it is."""
    found: UUID | None = scope["state"].get(_KEPT)
    return found


def note_open(scope: Scope, unit: Write) -> None:
    """Remember that a transaction was given out, which must not outlive the request."""
    scope.setdefault("state", {}).setdefault(_OPEN, []).append(unit)


async def close_open(scope: Scope) -> None:
    """Roll back what is still open."""
    for unit in scope["state"].pop(_OPEN, ()):
        await unit.close()


def note_entered(scope: Scope) -> None:
    """Remember that the request has got as far as the handler."""
    scope.setdefault("state", {})[_ENTERED] = True


def has_entered(scope: Scope) -> bool:
    """Whether the request has got as far as the handler, so that its outcome is the handler's."""
    return bool(scope["state"].get(_ENTERED))
