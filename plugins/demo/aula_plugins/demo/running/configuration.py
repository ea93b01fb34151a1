"""``aula.toml`` and ``registry.toml`` of the demo, written once, then left to whoever tries it."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

from aula_plugins.demo.broker.tokens import LOW, SUBSTANTIAL
from aula_plugins.demo.running.places import CLIENT_ID, Places, Ports

_FULL = "fjordvang"
_SMALL = "bakkedal"
_SMALL_HAS = frozenset({"oneroster"})
"""The small municipality has switched on less: what is off there is gone there."""
_LEFT_TO: Mapping[str, str] = {
    "contacts": "municipality",
    "groups": "institution",
    "posts": "institution",
}
"""To whom the large municipality's configuration leaves the choice: something to try."""

_SITE = """\
{mark}
# Change it and start the demo again; delete it to have it written anew.

[site]
mode = "demo"
url = "{site}"
name = "Aula"
data = "{data}"

[registry]
url = "{registry}"
root_key = "{root_key}"

[login.brokers.demo]
issuer = "{broker}"
client_id = "{client_id}"
title = "Demo-login"
demo = true
acr = {{ "{low}" = "low", "{substantial}" = "substantial" }}

[municipalities.fjordvang]
name = "Fjordvang Kommune"
code = "Z01"
help = "Skriv til administratoren: anne-mette.rask@fjordvang.example"
{full}
[municipalities.bakkedal]
name = "Bakkedal Kommune"
code = "Z02"
help = "Skriv til Bakkedal Skole: kontor@bakkedal.example"
{small}"""

_REGISTRY = """\
{mark}
mode = "demo"
folder = "{folder}"
base_url = "{registry}"
host = "127.0.0.1"
port = {port}
"""


def write_registry_config(places: Places, ports: Ports) -> None:
    """Write the registry's configuration unless there is one for these ports."""
    text = _REGISTRY.format(
        mark=_mark(ports),
        folder=_path(places.folder / f"registry-{ports.site}"),
        registry=ports.url(ports.registry),
        port=ports.registry,
    )
    if not _is_ours(places.registry_config, ports):
        places.registry_config.write_text(text, encoding="utf-8")


def has_site_config(places: Places, ports: Ports) -> bool:
    """Whether there is a configuration for these ports, perhaps changed by hand since."""
    return _is_ours(places.config, ports)


def write_site_config(
    places: Places, ports: Ports, root_key: str, widgets: Mapping[str, list[str]]
) -> None:
    """Write the installation's configuration: two municipalities, the small one with less.

    ``widgets`` are the embedded widgets that the large one shows, with the data granted to each.
    """
    installed = sorted({entry.name for entry in entry_points(group="aula.plugins")} - {"demo"})
    shown = "".join(_widget(name, scopes) for name, scopes in widgets.items())
    text = _SITE.format(
        mark=_mark(ports),
        site=ports.url(ports.site),
        data=_path(places.data),
        registry=ports.url(ports.registry),
        root_key=root_key,
        broker=ports.url(ports.broker),
        client_id=CLIENT_ID,
        low=LOW,
        substantial=SUBSTANTIAL,
        full="".join(_plugin(_FULL, name, on=True) for name in installed) + shown,
        small="".join(_plugin(_SMALL, name, on=name in _SMALL_HAS) for name in installed),
    )
    places.config.write_text(text, encoding="utf-8")


def _plugin(municipality: str, name: str, *, on: bool) -> str:
    said = f'state = "{"on" if on else "off"}"\n'
    if municipality == _FULL and name in _LEFT_TO:
        said += f'left_to = "{_LEFT_TO[name]}"\n'
    return f"\n[municipalities.{municipality}.plugins.{name}]\n{said}"


def _widget(name: str, scopes: list[str]) -> str:
    granted = ", ".join(f'"{scope}"' for scope in scopes)
    return f'\n[municipalities.{_FULL}.widgets."{name}"]\nstate = "on"\nscopes = [{granted}]\n'


def _mark(ports: Ports) -> str:
    return f"# Written by `aula demo` for port {ports.site}."


def _is_ours(path: Path, ports: Ports) -> bool:
    return path.is_file() and path.read_text("utf-8").startswith(_mark(ports))


def _path(path: Path) -> str:
    # A literal of TOML; on Windows a path holds backslashes.
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
