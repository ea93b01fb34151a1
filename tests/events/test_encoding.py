"""What may be in an event (rule 17: ids only, versioned names, a schema)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest

from aula_platform.events import WrongEvent, event_schemas, known_event_types
from aula_platform.events.encoding import check_event_type, decode, encode
from aula_sdk.events import Event


class Colour(StrEnum):
    RED = "red"


class Painted(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "probe.painted.v1"
    painter: UUID | None
    walls: tuple[UUID, ...]
    colour: Colour


class Talkative(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "probe.said.v1"
    words: tuple[str, ...]


class Nameless(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "probe.happened"


def test_event_survives_storage() -> None:
    """Rule 17: what is stored is read back as it was."""
    event = Painted(municipality_id=uuid4(), painter=None, walls=(uuid4(),), colour=Colour.RED)
    assert decode(encode(event), Painted) == event


@pytest.mark.parametrize(("event", "word"), [(Talkative, "words"), (Nameless, "name")])
def test_event_with_text_or_without_version_is_refused(event: Any, word: str) -> None:
    """Rule 17: ids only, and a version in the name."""
    with pytest.raises(WrongEvent, match=word):
        check_event_type(event)


def test_schema_is_made_by_the_event_s_name() -> None:
    """Rule 17: every event has a schema, for comparison with the committed one."""
    schemas = event_schemas([Painted])
    fields = schemas["probe.painted.v1"]["$defs"]["Painted"]["properties"]
    assert set(fields) == {"municipality_id", "painter", "walls", "colour"}
    assert Painted in known_event_types()
