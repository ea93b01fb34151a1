"""Every choice of the installation in memory, read anew when the activation epoch has moved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.tables import changed, set_up, switched
from aula_sdk.db import Id
from aula_sdk.protocols import ReadUnit

What = TypeVar("What")


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

_MOVED = sa.select(changed.c.municipality_id).where(changed.c.epoch > sa.bindparam("epoch"))
_PLACES = sa.bindparam("places", expanding=True, type_=Id)
_SWITCHED = sa.select(
    switched.c.municipality_id,
    switched.c.institution_id,
    switched.c.plugin,
    switched.c.state,
    switched.c.left_to,
    switched.c.chosen_by,
    switched.c.chosen_at,
).where(switched.c.municipality_id.in_(_PLACES))
_SET_UP = sa.select(
    set_up.c.municipality_id,
    set_up.c.institution_id,
    set_up.c.plugin,
    set_up.c.setting,
    set_up.c.value,
    set_up.c.chosen_by,
    set_up.c.chosen_at,
).where(set_up.c.municipality_id.in_(_PLACES))


async def read_stored(read: ReadUnit, known: Stored, epoch: int) -> Stored:
    """Return all choices; ``known`` are those up to ``epoch``, and only what has moved is read."""
    moved = {row.municipality_id for row in await read.rows(_MOVED, {"epoch": epoch})}
    if not moved:
        return known
    places = {"places": list(moved)}
    states: dict[Site, dict[UUID | None, Chosen]] = {}
    for row in await read.rows(_SWITCHED, places):
        found = states.setdefault(Site(row.plugin, row.municipality_id), {})
        word = Word(row.state, row.left_to)
        found[row.institution_id] = Chosen(word, row.chosen_by, row.chosen_at)
    values: dict[Site, dict[UUID | None, dict[str, Chosen]]] = {}
    for row in await read.rows(_SET_UP, places):
        site = values.setdefault(Site(row.plugin, row.municipality_id), {})
        here = site.setdefault(row.institution_id, {})
        here[row.setting] = Chosen(row.value, row.chosen_by, row.chosen_at)
    return Stored(
        _elsewhere(known.switched, moved) | states, _elsewhere(known.set_up, moved) | values
    )


def _elsewhere(known: Mapping[Site, What], moved: set[UUID]) -> dict[Site, What]:
    return {site: what for site, what in known.items() if site.municipality_id not in moved}
