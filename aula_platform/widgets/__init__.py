"""Embedded widgets of vendors: which are here, who sees them, and the tokens they are given."""

from pathlib import Path

from aula_platform.widgets.catalogue import Catalogue, StoredWidget
from aula_platform.widgets.keys import WidgetKeys
from aula_platform.widgets.room import WidgetBox, WidgetRoom
from aula_platform.widgets.verdicts import Reason, Verdict, decide
from aula_sdk.i18n import add_catalogues

__all__ = [
    "Catalogue",
    "Reason",
    "StoredWidget",
    "Verdict",
    "WidgetBox",
    "WidgetKeys",
    "WidgetRoom",
    "decide",
]

add_catalogues("widgets", Path(__file__).parent / "locale")
