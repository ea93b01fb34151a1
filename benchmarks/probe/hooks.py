"""Three handlers that differ in whom they trust alone: everybody, who holds a right, and who is
related to the person besides, which is audited.
"""

from collections.abc import Iterable
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency

from aula_sdk import stamdata
from aula_sdk.contributions import Routes, needs, public
from aula_sdk.hookspecs import hookimpl
from aula_sdk.ids import PROFILE
from aula_sdk.openapi import path_id
from aula_sdk.people import Actor, Kind
from aula_sdk.permissions import Action, Relation, Resource, RoleDefault
from aula_sdk.protocols import Platform, ReadUnit
from benchmarks.probe import _

PEOPLE = Resource(
    "probe.person",
    PROFILE,
    _("Person"),
    stamdata.profile,
    (
        Relation(
            "group",
            _("is in a group with this person"),
            lambda me: stamdata.is_reached(stamdata.profile, me.now, me.groups),
        ),
    ),
)


_Person = Annotated[str, path_id(PROFILE.pattern, "The person")]


@get("/open/{person:str}", opt=public("nothing is behind it"))
async def say_hello(
    person: _Person,
    read: NamedDependency[ReadUnit],  # noqa: ARG001  # It is given what the others are given.
    platform: NamedDependency[Platform],  # noqa: ARG001
) -> dict[str, str]:
    """Answer, whoever asks."""
    PROFILE.parse(person)
    return {"hello": "world"}


@get("/known/{person:str}", opt=needs("probe.read"))
async def say_hello_to_members(
    person: _Person,
    actor: NamedDependency[Actor],  # noqa: ARG001  # It is given what the next one is given.
    read: NamedDependency[ReadUnit],  # noqa: ARG001
    platform: NamedDependency[Platform],  # noqa: ARG001
) -> dict[str, str]:
    """Answer who holds the right."""
    PROFILE.parse(person)
    return {"hello": "world"}


@get("/people/{person:str}", opt=needs("probe.read"))
async def say_hello_about(
    person: _Person,
    actor: NamedDependency[Actor],
    read: NamedDependency[ReadUnit],
    platform: NamedDependency[Platform],
) -> dict[str, str]:
    """Answer who holds the right about this person, and have it in the audit."""
    profile = PROFILE.parse(person)
    await platform.permissions.require(read, actor, "probe.read", profile, sees="probe.read")
    read.looked(
        "probe.read", municipality_id=actor.municipalities[0], object_id=profile, subjects=[profile]
    )
    return {"hello": "world"}


@hookimpl
def aula_routes() -> Iterable[Routes]:
    """Yield the handlers."""
    yield Routes(api=(say_hello, say_hello_to_members, say_hello_about))


@hookimpl
def aula_permissions() -> Iterable[Action | Resource | RoleDefault]:
    """Yield one right, which employees and guardians hold about those of their groups."""
    yield PEOPLE
    yield Action("probe.read", _("Say hello"), PEOPLE.name)
    for kind in (Kind.EMPLOYEE, Kind.GUARDIAN):
        yield RoleDefault(kind.value, "probe.read", "group")
