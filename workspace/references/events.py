"""``events.md``: what plugins tell each other."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import msgspec

from aula_platform.events.encoding import known_event_types
from aula_sdk.contributions import Job
from aula_sdk.events import Event, Subscriber
from workspace.references.site import Site
from workspace.references.tables import code, make_page, make_table

_INTRO = (
    "An event is a fact, told after its transaction and at least once; it carries ids only. What "
    "was published never changes: a new field is a new version beside the old one (rule 17). Its "
    "JSON schema is committed in the plugin's `event_schemas/`, under the event's name. Subscribe "
    "with [`aula_subscribers`](hooks.md#aula_subscribers)."
)


def shipped_events(site: Site) -> Iterator[tuple[str, type[Event]]]:
    """Yield every event of the plugins that are installed, with its plugin."""
    for name, accepted in site.host.accepted.items():
        package = accepted.plugin.package
        for event in known_event_types():
            if event.__module__.startswith(f"{package}."):
                yield name, event


def make_events(site: Site) -> str:
    """Return the page."""
    listeners: dict[str, list[str]] = {}
    for _plugin, one in site.host.each(Subscriber):
        listeners.setdefault(one.event.name, []).append(one.name)
    rows = [
        (
            code(event.name),
            (inspect.getdoc(event) or "").partition("\n")[0],
            ", ".join(code(each) for each in _fields(event)),
            ", ".join(code(each) for each in listeners.get(event.name, ())),
        )
        for _plugin, event in shipped_events(site)
    ]
    jobs = [(code(one.name), plugin, one.every) for plugin, one in site.host.each(Job)]
    table = make_table(("event", "what has happened", "carries", "subscribers here"), rows)
    work = make_table(("job", "plugin", "every"), jobs)
    return make_page("Events", _INTRO, table, "## Jobs in the background", work)


def _fields(event: Any) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(event)]
