"""Manifests that the tests change one thing of."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

_WIDGET: dict[str, Any] = {
    "kind": "widget",
    "id": "fjordvang/ugeplan",
    "version": "1.0.0",
    "licence": "MIT",
    "sdk": ">=0.1,<2",
    "title": {"da": "Ugeplan", "en": "Weekly plan"},
    "description": {"da": "Ugens plan for hvert barn.", "en": "The week's plan for each child."},
    "supplier": {
        "name": "Fjordvang Læring",
        "security_contact": "mailto:sikkerhed@fjordvang.example",
        "data_contact": "mailto:data@fjordvang.example",
    },
    "entry": "https://ugeplan.fjordvang.example/widget",
    "roles": ["guardian"],
    "placements": ["overview"],
    "languages": ["da", "en"],
    "scopes": [
        {"name": "children.ids", "purpose": {"da": "Finder planen.", "en": "Finds the plan."}},
        {"name": "children.names", "purpose": {"da": "Viser navnet.", "en": "Shows the name."}},
    ],
}
_PLUGIN: dict[str, Any] = {
    **{key: _WIDGET[key] for key in ("licence", "sdk", "title", "description", "supplier")},
    "kind": "plugin",
    "id": "fjordvang/bookings",
    "version": "2.1.0",
    "distribution": "aula-plugin-bookings",
    "plugin": "bookings",
    "wheels": [{"filename": "aula_plugin_bookings-2.1.0-py3-none-any.whl", "sha256": "0" * 64}],
}


Build = Callable[..., dict[str, Any]]


@pytest.fixture
def widget() -> Build:
    """Build a valid widget manifest as plain data, with changes."""
    return lambda **changes: {**copy.deepcopy(_WIDGET), **changes}


@pytest.fixture
def plugin() -> Build:
    """Build a valid plugin manifest as plain data, with changes."""
    return lambda **changes: {**copy.deepcopy(_PLUGIN), **changes}
