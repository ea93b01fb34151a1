"""Every choice of the installation in memory, read anew when the activation epoch has moved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.tables import set_up, switched
from aula_sdk.protocols import ReadUnit


class Site(NamedTuple):
    """One plugin in one municipality."""

    plugin: str
    municipality_id: UUID


class Chosen(msgspec.Struct, frozen=True):
    """A choice, by whom and when. ``what`` is a `Word`, or a setting's value as JSON has it."""

    what: Any
    by: UUID | None
    at: datetime


class Stored(NamedTuple):
    """All choices: by site, then by institution (None: the municipality's own)."""

    switched: Mapping[Site, Mapping[UUID | None, Chosen]]
    set_up: Mapping[Site, Mapping[UUID | None, Mapping[str, Chosen]]]

    def word(self, site: Site) -> Word | None:
        """Return what the municipality has chosen."""
        chosen = self.switched.get(site, {}).get(None)
        return None if chosen is None else chosen.what

    def institutions(self, site: Site) -> Mapping[UUID, Chosen]:
        """Return what institutions have chosen of on and off."""
        found = self.switched.get(site, {})
        return {place: chosen for place, chosen in found.items() if place is not None}

    def settings(self, site: Site, institution_id: UUID | None) -> Mapping[str, Chosen]:
        """Return the settings that were chosen at a place, by name."""
        return self.set_up.get(site, {}).get(institution_id, {})


EMPTY = Stored({}, {})

_SWITCHED = sa.select(
    switched.c.municipality_id,
    switched.c.institution_id,
    switched.c.plugin,
    switched.c.state,
    switched.c.left_to,
    switched.c.chosen_by,
    switched.c.chosen_at,
)
_SET_UP = sa.select(
    set_up.c.municipality_id,
    set_up.c.institution_id,
    set_up.c.plugin,
    set_up.c.setting,
    set_up.c.value,
    set_up.c.chosen_by,
    set_up.c.chosen_at,
)


async def load_stored(read: ReadUnit) -> Stored:
    """Return all choices, in two statements."""
    states: dict[Site, dict[UUID | None, Chosen]] = {}
    for place, institution, plugin, state, left_to, by, at in map(
        tuple, await read.rows(_SWITCHED)
    ):
        found = states.setdefault(Site(plugin, place), {})
        found[institution] = Chosen(Word(state, left_to), by, at)
    values: dict[Site, dict[UUID | None, dict[str, Chosen]]] = {}
    for place, institution, plugin, name, value, by, at in map(tuple, await read.rows(_SET_UP)):
        here = values.setdefault(Site(plugin, place), {}).setdefault(institution, {})
        here[name] = Chosen(value, by, at)
    return Stored(states, values)
