"""From the choices there are to those that a file wants: what would change, and what cannot."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from aula_platform.plugin_host.activation import Activation
from aula_platform.plugin_host.choices.document import Document, Slot, unfold
from aula_platform.plugin_host.choices.fields import read_values
from aula_platform.plugin_host.choices.lattice import Word, settle
from aula_platform.plugin_host.choices.naming import Names
from aula_platform.plugin_host.choices.reports import level_of
from aula_platform.plugin_host.choices.stored import Site
from aula_platform.plugin_host.declared import Declared

UNSET = msgspec.UNSET


class Change(NamedTuple):
    """One choice that would be made, made anew, or (``after`` is UNSET) taken back."""

    slot: Slot
    before: Any
    after: Any

    def __str__(self) -> str:
        """Return a line of the difference."""
        if self.before is UNSET:
            return f"+ {self.slot} = {_say(self.after)}"
        if self.after is UNSET:
            return f"- {self.slot} = {_say(self.before)}"
        return f"~ {self.slot} = {_say(self.before)} -> {_say(self.after)}"


class Plan(NamedTuple):
    """What would be done, and why it cannot be; nothing is done while there is a problem."""

    changes: tuple[Change, ...]
    problems: tuple[str, ...]


class Planner:
    """Compares a file with what is chosen, and judges every change before any is made."""

    def __init__(self, activation: Activation, names: Names, document: Document) -> None:
        self._activation = activation
        self._names = names
        self._ids = {key: one for one, key in activation.keys.items()}
        self._strangers = sorted(set(document.municipalities) - set(self._ids))
        self._present = present_slots(activation, names, list(document.municipalities))
        self._wanted = {
            slot: self._as_kept(slot, value)
            for slot, value in unfold(document).items()
            if slot.municipality in self._ids
        }

    def plan(self) -> Plan:
        """Return every change in a steady order, and what is wrong with any of them."""
        changes = tuple(
            Change(slot, self._present.get(slot, UNSET), self._wanted.get(slot, UNSET))
            for slot in sorted({*self._present, *self._wanted})
            if self._present.get(slot, UNSET) != self._wanted.get(slot, UNSET)
        )
        problems = [f"{key}: the configuration has no such municipality" for key in self._strangers]
        for change in changes:
            if change.after is not UNSET:
                problems += [f"{change.slot}: {text}" for text in self._judge(change)]
        return Plan(changes, tuple(problems))

    def site(self, slot: Slot) -> Site:
        """Return the plugin and the municipality of a slot."""
        return Site(slot.plugin, self._ids[slot.municipality])

    def institution(self, slot: Slot) -> UUID | None:
        """Return the institution of a slot; None for the municipality's own."""
        if not slot.institution:
            return None
        return self._names.find(self._ids[slot.municipality], slot.institution)

    def _as_kept(self, slot: Slot, value: Any) -> Any:
        """Return a setting as it would be kept, so that what is equal is not taken for new."""
        declared = self._activation.declared(self.site(slot))
        if not slot.setting or declared is None or declared.schema is None:
            return value
        taken, _errors = read_values(declared.schema, {slot.setting: value})
        return taken.get(slot.setting, value)

    def _judge(self, change: Change) -> Iterator[str]:
        """Yield why a change cannot be made, under everything else that the file wants."""
        slot = change.slot
        declared = self._activation.declared(self.site(slot))
        if declared is None or declared.obstacle is not None:
            yield declared.problem if declared else "no such plugin is installed"
        elif slot.institution and self.institution(slot) is None:
            yield "there is no such institution"
        elif slot.setting:
            yield from self._judge_setting(slot, declared, change.after)
        elif not self._is_open(slot, declared):
            yield "a level above has decided it"

    def _is_open(self, slot: Slot, declared: Declared) -> bool:
        word: Word | None = self._wanted.get(slot._replace(institution=""))
        settled = settle(declared.word, word, None)
        return level_of(self.institution(slot)) in settled.open_to

    def _judge_setting(self, slot: Slot, declared: Declared, value: Any) -> Iterator[str]:
        if declared.schema is None:
            yield "this plugin takes no settings"
            return
        _taken, errors = read_values(declared.schema, {slot.setting: value})
        yield from (error.reason for error in errors)
        if slot.setting in declared.settings or declared.word == Word("off"):
            yield "the configuration has decided it"
        elif slot.institution and slot.setting not in declared.schema.per_institution:
            yield "it is not set by institutions"
        elif slot.institution and slot._replace(institution="") in self._wanted:
            yield "the municipality has decided it"
        elif not errors and not self._fits(slot, declared):
            yield "it does not fit together with the other settings"

    def _fits(self, slot: Slot, declared: Declared) -> bool:
        together = {
            **self._settings_at(slot),
            **self._settings_at(slot._replace(institution="")),
            **declared.settings,
        }
        assert declared.schema is not None  # noqa: S101  # Asked for its settings alone.
        try:
            msgspec.convert(together, declared.schema.struct)
        except msgspec.ValidationError:
            return False
        return True

    def _settings_at(self, slot: Slot) -> dict[str, Any]:
        place = slot[:3]
        return {
            other.setting: value
            for other, value in self._wanted.items()
            if other[:3] == place and other.setting
        }


def present_slots(activation: Activation, names: Names, keys: list[str]) -> dict[Slot, Any]:
    """Return what is chosen in these municipalities, by where it stands in a file."""
    found: dict[Slot, Any] = {}
    stored = activation.stored
    for site in {*stored.switched, *stored.set_up}:
        key = activation.keys.get(site.municipality_id)
        if key is None or key not in keys:
            continue
        for place, chosen in stored.switched.get(site, {}).items():
            found[Slot(key, site.plugin, _name(names, place))] = chosen.what
        for place, values in stored.set_up.get(site, {}).items():
            for setting, chosen in values.items():
                found[Slot(key, site.plugin, _name(names, place), setting)] = chosen.what
    return found


def _name(names: Names, place: UUID | None) -> str:
    return "" if place is None else names.name(place)


def _say(value: Any) -> str:
    if isinstance(value, Word):
        left = " (left to institutions)" if value.left_to == "institution" else ""
        return f"{value.state}{left}"
    return msgspec.json.encode(value).decode()
