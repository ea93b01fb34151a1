"""The first page after the log-in."""

from __future__ import annotations

from aula_sdk.contributions import Widget
from benchmarks.flow import Aim, RequestFlow
from benchmarks.load import Request
from benchmarks.world import World


def _show(world: World) -> Request:
    visitor = world.any_visitor()
    boxes = [
        one
        for name, one in world.host.each(Widget)
        # The administration's box is for whoever administers; nobody here does.
        if visitor.seat.kind in one.roles and name != "administration"
    ]
    return Request("/", visitor.headers, row='class="card card--flush', rows=len(boxes))


FLOW = RequestFlow("overview", "the overview (HTML)", _show, Aim(6.0, 250), place=20)
