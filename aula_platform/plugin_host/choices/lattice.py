"""Who decides whether a plugin is on: the laws alone, without plugins, files or databases.

Each level says on or off, and to whom it leaves the decision. The highest one that leaves it to
nobody decides; what was said below it rests, and holds again when the level above lets go.
"""

from typing import NamedTuple

from aula_platform.settings.schema import LeftTo, Switch
from aula_sdk.operations import DecidedBy


class Word(NamedTuple):
    """What one level says. An institution has nobody below it, and leaves it to nobody."""

    state: Switch
    left_to: LeftTo = "nobody"


class Settled(NamedTuple):
    """What the levels come to."""

    word: Word
    """What the deciding level says."""
    by: DecidedBy
    open_to: frozenset[DecidedBy]
    """Which levels may choose, as things stand."""

    @property
    def is_on(self) -> bool:
        """Whether it is on."""
        return self.word.state == "on"


_NOBODY: frozenset[DecidedBy] = frozenset()
_MUNICIPALITY = frozenset({DecidedBy.MUNICIPALITY})
_BOTH = frozenset({DecidedBy.MUNICIPALITY, DecidedBy.INSTITUTION})


def settle(configuration: Word, municipality: Word | None, institution: Switch | None) -> Settled:
    """Return what holds for an institution (or for the municipality, where that is None)."""
    if configuration.left_to == "nobody":
        return Settled(configuration, DecidedBy.CONFIGURATION, _NOBODY)
    said, by = configuration, DecidedBy.CONFIGURATION
    if municipality is not None:
        said, by = municipality, DecidedBy.MUNICIPALITY
    if said.left_to != "institution":
        return Settled(said, by, _MUNICIPALITY)
    if institution is None:
        return Settled(said, by, _BOTH)
    return Settled(Word(institution), DecidedBy.INSTITUTION, _BOTH)
