"""Whether something is what a handler is to be given: asked of its class once."""

from typing import Protocol, runtime_checkable

from aula_sdk.injected import Injected


@runtime_checkable
class Bell(Protocol, metaclass=Injected):
    """Something that rings."""

    @property
    def tone(self) -> str:
        """How high."""
        ...

    def ring(self) -> None:
        """Ring."""
        ...


class Door:
    """Rings, and says how only when it is made."""

    def __init__(self) -> None:
        self.tone = "a"

    def ring(self) -> None:
        """Ring."""


class Window:
    """Has a tone, and does not ring."""

    tone = "b"


def test_who_has_all_members_is_one_and_nobody_else() -> None:
    """Asked again, the answer is the same; classes do not speak for each other."""
    for _again in range(2):
        assert isinstance(Door(), Bell)
        assert not isinstance(Window(), Bell)
        assert not isinstance(Door, Bell)


def test_who_gets_what_was_missing_is_one_from_then_on() -> None:
    """A refusal is not remembered."""

    class Shutter(Window):
        """As yet like any window."""

    assert not isinstance(Shutter(), Bell)
    Shutter.ring = lambda _self: None  # type: ignore[attr-defined]
    assert isinstance(Shutter(), Bell)
    assert not isinstance(Window(), Bell)
