"""What plugins bring for the browser: the files of their ``static/``, named by their content.

A plugin comes as a wheel to an installation that builds nothing, so its files are what browsers
read: they are named, and those that they name with them, when the application starts (decision
0033).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from aula_platform.plugin_host import Activation, Host
from aula_platform.web.assets_map import PUBLIC_PATH, asset_url, hashed_name
from aula_sdk.people import Actor

STYLE, SCRIPT = "style.css", "script.js"
"""What pages load of a plugin by themselves; its other files are loaded where they are named."""
_MOST_BYTES = 500_000
KINDS = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_NAMED = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


class WrongAsset(Exception):
    """A file of a plugin that browsers are not sent; the message says which, and why."""


@dataclass(slots=True)
class PluginAssets:
    """Every plugin's files by their addresses, and the addresses by the names of templates."""

    files: dict[str, bytes] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, host: Host) -> PluginAssets:
        """Return the files of all plugins; one with a file that cannot be sent is refused."""
        made = cls()
        for name, accepted in list(host.accepted.items()):
            folder = accepted.folder("static")
            try:
                made._take(name, folder / name if folder else None)
            except (WrongAsset, OSError) as error:
                host.refuse(name, str(error))
        return made

    def url(self, name: str) -> str:
        """Return the address of ``posts/party.svg`` of a plugin, or of ``core.css`` of the
        kernel; raise KeyError when there is none.
        """
        return self._addresses.get(name) or asset_url(name)

    def loaded(self, actor: Actor | None, activation: Activation | None) -> Iterator[str]:
        """Yield the addresses that the reader's pages load: of plugins that are on for them."""
        if actor is None or activation is None:
            return
        for name, address in self._addresses.items():
            plugin, _slash, file = name.partition("/")
            if file in {STYLE, SCRIPT} and any(
                activation.is_active(plugin, one.municipality_id, one.institution_id)
                for one in actor.profiles
            ):
                yield address

    def _take(self, plugin: str, folder: Path | None) -> None:
        if folder is None or not folder.is_dir():
            return
        found = {path.relative_to(folder).as_posix(): path for path in sorted(_files_of(folder))}
        # Stylesheets come last: they name the others.
        for name in sorted(found, key=lambda one: (one.endswith(".css"), one)):
            content = _read(name, found[name])
            if name.endswith(".css"):
                content = self._styled(plugin, name, content)
            address = PUBLIC_PATH + hashed_name(f"{plugin}/{name}", content)
            self._addresses[f"{plugin}/{name}"] = address
            self.files[address] = content

    def _styled(self, plugin: str, name: str, content: bytes) -> bytes:
        """Return a stylesheet in the plugins' layer, in which files have their hashed names."""
        here = PurePosixPath(plugin, name).parent

        def address(found: re.Match[str]) -> str:
            known = self._addresses.get((here / found[2]).as_posix())
            return f'url("{known}")' if known else found[0]

        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise WrongAsset(f"static/{name} is not UTF-8: {error.reason}") from error
        return f"@layer plugins{{{_NAMED.sub(address, text)}}}\n".encode()


def _files_of(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")


def _read(name: str, path: Path) -> bytes:
    """Return a file's content; raise `WrongAsset` for what browsers are not sent."""
    if path.suffix not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        raise WrongAsset(f"static/{name} is not of a kind that pages load ({kinds})")
    content = path.read_bytes()
    if len(content) > _MOST_BYTES:
        raise WrongAsset(
            f"static/{name} has {len(content)} bytes; browsers fetch it, so at most "
            f"{_MOST_BYTES} are allowed"
        )
    return content
