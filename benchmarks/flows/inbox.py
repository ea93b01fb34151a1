"""A page of one's conversations as JSON."""

from __future__ import annotations

from aula_plugins.messages.queries.inbox import PAGE_SIZE
from benchmarks.flow import Aim, RequestFlow
from benchmarks.load import Request
from benchmarks.world import World


def _list_threads(world: World) -> Request:
    return Request(
        "/api/v1/messages/threads",
        world.any_visitor().headers,
        row='"participant_count"',
        rows=min(PAGE_SIZE, world.size.threads),
    )


FLOW = RequestFlow("inbox", f"{PAGE_SIZE} conversations (JSON)", _list_threads, Aim(2.0, 600))
