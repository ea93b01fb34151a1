"""A page of the children of one's class as JSON, each with the guardians and how to reach them."""

from __future__ import annotations

from aula_plugins.contacts.queries.people import PAGE_SIZE
from aula_sdk.ids import GROUP
from benchmarks.flow import Aim, RequestFlow
from benchmarks.load import Request
from benchmarks.world import World


def _list_children(world: World) -> Request:
    visitor = world.any_visitor()
    return Request(
        f"/api/v1/contacts/groups/{GROUP.format(visitor.room.group_id)}?show=children",
        visitor.headers,
        row='"relatives"',
        rows=min(PAGE_SIZE, world.size.pupils),
    )


FLOW = RequestFlow(
    "contact-list", f"{PAGE_SIZE} children with guardians (JSON)", _list_children, Aim(3.0)
)
