"""A long conversation of a class as JSON."""

from __future__ import annotations

from aula_plugins.messages.ids import THREAD
from aula_plugins.messages.queries.messages import MESSAGES_PAGE
from benchmarks.flow import Aim, RequestFlow
from benchmarks.load import Request
from benchmarks.world import World


def _read_thread(world: World) -> Request:
    visitor = world.any_visitor()
    thread_id = world.rng.choice(world.threads[visitor.room.group_id])
    return Request(
        f"/api/v1/messages/threads/{THREAD.format(thread_id)}",
        visitor.headers,
        row='"sent_at"',
        rows=min(MESSAGES_PAGE, world.size.long_messages),
    )


FLOW = RequestFlow("thread", f"{MESSAGES_PAGE} messages (JSON)", _read_thread, Aim(3.0))
