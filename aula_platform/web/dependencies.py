"""What handlers are given by name: ``actor``, ``read``, ``write``, ``shell`` and ``platform``.

Each is given the one before it, though not all need it: platform, read, shell, and then actor,
write or desk. What does not depend on each other Litestar makes side by side, in tasks of a group.
None of these waits for anything, and the tasks cost as much as a statement. Nothing is said here of
what kind they are, which would be compared with all methods of theirs once more; of the handlers'
it is.
"""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide

from aula_platform.identity.desk import LoginDesk
from aula_platform.web.authentication import platform_of, storage_of, unit_of, wall_of
from aula_platform.web.request_notes import note_open
from aula_platform.web.shell import WebShell
from aula_sdk.errors import NotSignedIn
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

AnyRequest = Request[Any, Any, Any]


async def _platform(request: AnyRequest) -> Platform:
    return platform_of(request)


async def _read(
    request: AnyRequest,
    platform: NamedDependency[Any],  # noqa: ARG001  # It is made before this one.
) -> ReadUnit:
    return unit_of(request.scope)


async def _shell(request: AnyRequest, read: NamedDependency[Any]) -> Shell:
    return WebShell(request, read)


async def _actor(
    request: AnyRequest,
    shell: NamedDependency[Any],  # noqa: ARG001  # It is made before this one.
) -> Actor:
    actor: Actor | None = request.scope.get("user")
    if actor is None:
        raise NotSignedIn
    return actor


async def _write(
    request: AnyRequest,
    shell: NamedDependency[Any],  # noqa: ARG001  # It is made before this one.
) -> AsyncGenerator[WriteUnit]:
    # No other of these is a generator: where two are to be ended, Litestar does so in tasks of a
    # group, and what stops the commit would come out as a group of exceptions.
    # Litestar throws a handler's exception in here, so that the transaction is rolled back, and
    # runs the rest of this function before the answer leaves: what is acknowledged is durable.
    actor: Actor | None = request.scope.get("user")
    async with storage_of(request.app).write(wall_of(actor), actor) as unit:
        note_open(request.scope, unit)
        unit.basis = unit_of(request.scope).basis
        yield unit


async def _desk(
    request: AnyRequest,
    shell: NamedDependency[Any],  # noqa: ARG001  # It is made before this one.
) -> LoginDesk:
    desk: LoginDesk = request.app.state.desk
    return desk


LOGIN_DESK = {"desk": Provide(_desk)}
"""For the kernel's handlers at the door alone."""
DEPENDENCIES = {
    "platform": Provide(_platform),
    "read": Provide(_read),
    "shell": Provide(_shell),
    "actor": Provide(_actor),
    "write": Provide(_write),
}
