"""What the kit asks of the kernel, which it finds by the entry point ``aula.testing``."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import msgspec
from importlib_metadata import entry_points

from aula_sdk.people import Actor, Assurance, Kind
from aula_sdk.protocols import Platform

GROUP = "aula.testing"


class Member(msgspec.Struct, frozen=True):
    """A member of the cast, as the platform knows them."""

    key: str
    name: str
    kind: Kind
    profile_id: UUID
    person_id: UUID
    institution_id: UUID
    municipality_id: UUID


class Running(Protocol):
    """The whole application, started over one database."""

    @property
    def app(self) -> Any:
        """The ASGI application."""
        ...

    @property
    def platform(self) -> Platform:
        """What plugins reach the kernel through."""
        ...

    async def members(self) -> Sequence[Member]:
        """Return everybody who was imported."""
        ...

    async def groups(self) -> dict[str, UUID]:
        """Return the groups' ids by name."""
        ...

    async def actor(self, member: Member, assurance: Assurance = Assurance.LOW) -> Actor:
        """Return the actor who has signed in as this member."""
        ...

    async def sign_in(
        self, member: Member, assurance: Assurance = Assurance.LOW
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Start a session and return its cookies and the headers that a page would send."""
        ...


class KernelUnderTest(Protocol):
    """The kernel, as far as tests start it."""

    async def prepare(self, url: str, plugins: Sequence[str], folder: Path) -> None:
        """Migrate an empty database and import the cast."""
        ...

    def start(
        self,
        url: str,
        plugins: Sequence[str],
        folder: Path,
        settings: Mapping[str, Mapping[str, Any]],
    ) -> AbstractAsyncContextManager[Running]:
        """Run the application with these plugins switched on in both municipalities.

        ``settings`` are what the plugins are set to, by plugin; what is not named is as ever.
        """
        ...


def find_kernel() -> KernelUnderTest:
    """Return the installed kernel; raise LookupError when there is none."""
    for entry in entry_points(group=GROUP):
        found: KernelUnderTest = entry.load()
        return found
    message = "no kernel is installed: install aula-platform to test inside it"
    raise LookupError(message)
