"""All choices as a file that people can read: what ``aula config export | apply`` carries."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.settings.schema import Switch
from aula_sdk.operations import LeftTo

FORMAT = "aula.choices.v1"


class InstitutionPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an institution has chosen of one plugin."""

    state: Switch | None = None
    settings: dict[str, Any] = {}


class PluginPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a municipality has chosen of one plugin, and what its institutions have."""

    state: Switch | None = None
    left_to: LeftTo = "nobody"
    settings: dict[str, Any] = {}
    institutions: dict[str, InstitutionPart] = {}

    def __post_init__(self) -> None:
        """Raise ValueError when it is said to whom nothing is left."""
        if self.state is None and self.left_to != "nobody":
            message = "left_to needs a state beside it"
            raise ValueError(message)


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. A municipality that it names has these choices and no others."""

    format: str
    municipalities: dict[str, dict[str, PluginPart]]


class Slot(NamedTuple):
    """Where one choice stands in a file."""

    municipality: str
    """Its key in the configuration."""
    plugin: str
    institution: str = ""
    """Its number, or its id where it has no number of its own; empty: the municipality's own."""
    setting: str = ""
    """Empty: on or off."""

    def __str__(self) -> str:
        """Return the place as a line of a difference begins."""
        where = f"{self.municipality} {self.institution}".strip()
        return f"{where}: {self.plugin}{f' {self.setting}' if self.setting else ''}"


Slots = Mapping[Slot, Any]
"""Choices by where they stand: a `Word` for on or off, else a value as JSON has it."""


def decode(data: bytes) -> Document:
    """Return the file; raise ValueError with what is wrong and where."""
    document = msgspec.json.decode(data, type=Document)
    if document.format != FORMAT:
        message = f"the format is {document.format!r}, not {FORMAT!r}"
        raise ValueError(message)
    return document


def unfold(document: Document) -> dict[Slot, Any]:
    """Return the choices of a file, each by itself."""
    found: dict[Slot, Any] = {}
    for key, plugins in document.municipalities.items():
        for plugin, part in plugins.items():
            found.update(_part(Slot(key, plugin), part, part.left_to))
            for institution, own in part.institutions.items():
                found.update(_part(Slot(key, plugin, institution), own, "nobody"))
    return found


def _part(
    at: Slot, part: PluginPart | InstitutionPart, left_to: LeftTo
) -> Iterator[tuple[Slot, Any]]:
    if part.state is not None:
        yield at, Word(part.state, left_to)
    for name, value in part.settings.items():
        yield at._replace(setting=name), value


def encode(municipalities: list[str], slots: Slots) -> bytes:
    """Return the file of these municipalities, in an order that depends on nothing else."""
    whole: dict[str, dict[str, Any]] = {key: {} for key in municipalities}
    for slot, chosen in slots.items():
        part = whole[slot.municipality].setdefault(slot.plugin, {})
        if slot.institution:
            part = part.setdefault("institutions", {}).setdefault(slot.institution, {})
        if slot.setting:
            part.setdefault("settings", {})[slot.setting] = chosen
        else:
            part["state"] = chosen.state
            if chosen.left_to != "nobody":
                part["left_to"] = chosen.left_to
    document = {"format": FORMAT, "municipalities": whole}
    text = msgspec.json.encode(document, order="deterministic")
    return msgspec.json.format(text, indent=2) + b"\n"
