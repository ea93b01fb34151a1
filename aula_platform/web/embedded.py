"""Vendors' widgets on our pages: sandboxed frames of another origin (WID-R1)."""

from typing import Any

from aula_platform.widgets.room import WidgetRoom
from aula_sdk.i18n import current_locale
from aula_sdk.people import Actor


def embedded_boxes(room: WidgetRoom, actor: Actor) -> list[dict[str, Any]]:
    """Return the boxes of the widgets that the actor's municipalities show on the overview."""
    return [
        {
            "name": box.widget_id.replace("/", "-"),
            "title": box.title,
            "href": "",
            "icon": "widget",
            "topic": "",
            "url": "",
            "wide": False,
            "html": "",
            "failed": False,
            "embedded": box,
        }
        for box in room.boxes(actor, "overview", current_locale())
    ]
