"""Around every route of a plugin: its name while it runs, its budget, and the count of failures."""

import asyncio
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from aula_platform.events.failures import describe
from aula_platform.plugin_host import Place
from aula_platform.plugin_host.guard import Guard
from aula_platform.plugin_host.running import show_while_running
from aula_platform.web.error_pages import answer_problem
from aula_platform.web.request_notes import close_open, fault_of, has_entered, route_place
from aula_sdk.errors import Problem
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")


class StoppedWaiting(Problem):
    """A handler waited for longer than its budget; what it had begun to write is rolled back."""

    status = 503
    code = "took-too-long"
    title = _("This took too long and was stopped")


class Clock:
    """Counts a handler's time: neither while its request still comes in, nor after its answer
    has begun to leave.
    """

    def __init__(self, limit: asyncio.Timeout, receive: Receive, send: Send) -> None:
        self._limit, self._receive, self._send = limit, receive, send

    async def receive(self) -> Any:
        """Pass on the request; the clock stands still meanwhile."""
        until = self._limit.when()
        if until is None:
            return await self._receive()
        loop = asyncio.get_running_loop()
        left = until - loop.time()
        self._limit.reschedule(None)
        message = await self._receive()
        self._limit.reschedule(loop.time() + left)
        return message

    async def send(self, message: Message) -> None:
        """Pass on the answer; the clock stops when it begins."""
        if message["type"] == "http.response.start":
            self._limit.reschedule(None)
        await self._send(message)


class PluginDoor:
    """ASGI middleware of a plugin's routers."""

    def __init__(self, app: ASGIApp, *, plugin: str) -> None:
        self.app = app
        self._plugin = plugin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request in the name of the plugin, and count how it ended."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        place = route_place(scope, self._plugin)
        guard: Guard = scope["litestar_app"].state.host.guard
        has_hung = False
        try:
            await self._serve(scope, place, guard.budgets.route, receive, send)
        except TimeoutError:
            has_hung = True
            await _answer(scope, StoppedWaiting(), receive, send)
        except SystemExit:
            # The loop would pass it on and end the process.
            await _answer(scope, RuntimeError("the handler ends the process"), receive, send)
        finally:
            await close_open(scope)
        _count(guard, scope, place, has_hung=has_hung)

    async def _serve(
        self, scope: HTTPScope, place: Place, seconds: float, receive: Receive, send: Send
    ) -> None:
        async with asyncio.timeout(seconds) as limit:
            clock = Clock(limit, receive, send)

            async def serve() -> None:
                await self.app(scope, clock.receive, clock.send)

            await show_while_running(place.label, serve())


def _count(guard: Guard, scope: HTTPScope, place: Place, *, has_hung: bool) -> None:
    """Note how it ended. A request that fails costs nobody else anything, so it is only counted;
    one that hangs holds what it has, so it is left alone when it happens again and again.
    """
    error = fault_of(scope)
    if has_hung:
        guard.faults.failed(place, f"took longer than {guard.budgets.route:g} s")
    elif error is not None:
        guard.faults.failed(place, describe(error), closes=False)
    elif has_entered(scope):
        guard.faults.worked(place)


async def _answer(scope: HTTPScope, error: Exception, receive: Receive, send: Send) -> None:
    request: Request[Any, Any, Any] = Request(scope, receive=receive)
    answer = answer_problem(request, error).to_asgi_response(app=None, request=request)
    await answer(scope, receive, send)
