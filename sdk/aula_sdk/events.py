"""Events: facts that a plugin tells others, delivered at least once after its transaction.

An event has a versioned name (``messages.message_sent.v1``), carries ids only and never changes
once published: a new field is a new version beside the old one (rule 17).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from aula_sdk.protocols import Platform, WriteUnit


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened. Subclasses set ``name`` and add ids."""

    name: ClassVar[str]
    municipality_id: UUID

    @property
    def stream(self) -> UUID:
        """Events of one stream are delivered in order; the municipality's unless overridden."""
        return self.municipality_id


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Code that reacts to an event, inside a transaction of its own.

    The receipt commits with what ``handle`` writes, so no effect is applied twice. Raising rolls
    both back; the event is tried again later, and after several failures parked with its stream.
    """

    name: str
    event: type[Event]
    handle: "Callable[[Event, WriteUnit, Platform], Awaitable[None]]"
