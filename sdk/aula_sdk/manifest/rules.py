"""Rules of a manifest that its types cannot say."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from aula_sdk.manifest.findings import Finding
from aula_sdk.manifest.structs import Manifest, PluginManifest, WidgetManifest
from aula_sdk.manifest.versions import is_sdk_range

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def check_rules(manifest: Manifest, file: str = "manifest", *, demo: bool = False) -> list[Finding]:
    """Return what is wrong with a well-formed manifest, and what its vendor should think of.

    ``demo`` accepts a widget on ``http://127.0.0.1``; everywhere else the page must be https.
    """
    findings = list(_common(manifest, file))
    if isinstance(manifest, WidgetManifest):
        findings += _entry(manifest.entry, file, demo=demo)
        findings += _lists(manifest, file)
        findings += _scopes(manifest, file)
    else:
        findings += _plugin(manifest, file)
    return findings


def origin_of(address: str) -> str:
    """Return scheme, host and port of a web address: what a browser calls its origin."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_loopback(address: str) -> bool:
    """Whether the address is on the reader's own machine."""
    return urlsplit(address).hostname in _LOOPBACK


def _common(manifest: Manifest, file: str) -> Iterator[Finding]:
    if not is_sdk_range(manifest.sdk):
        expected = "a range such as >=1.2,<2"
        yield Finding(file, "sdk", f"{manifest.sdk!r} is not a range", expected)
    if not manifest.icon:
        yield Finding(file, "icon", "is missing: a plain symbol is shown", level="warning")


def _entry(entry: str, file: str, *, demo: bool) -> Iterator[Finding]:
    try:
        parts: SplitResult = urlsplit(entry)
        host, _port = parts.hostname, parts.port
    except ValueError:
        yield Finding(file, "entry", "is not a web address", "https://host/path")
        return
    if not host or parts.username or parts.query or parts.fragment:
        message = "may hold neither a log-in, a query nor a fragment"
        yield Finding(file, "entry", message, "https://host/path")
    if parts.scheme == "http" and not (demo and host in _LOOPBACK):
        yield Finding(file, "entry", "is not encrypted", "https:// (or http://127.0.0.1 in a demo)")


def _lists(manifest: WidgetManifest, file: str) -> Iterator[Finding]:
    for key in ("roles", "placements", "languages"):
        values = getattr(manifest, key)
        if len(set(values)) < len(values):
            yield Finding(file, key, "names something twice")
    names = [topic.name for topic in manifest.notifications]
    if len(set(names)) < len(names):
        yield Finding(file, "notifications", "names a kind twice")
    if "da" not in manifest.languages:
        message = "Danish is missing, which most people read"
        yield Finding(file, "languages", message, level="warning")


def _scopes(manifest: WidgetManifest, file: str) -> Iterator[Finding]:
    names = [scope.name for scope in manifest.scopes]
    if len(set(names)) < len(names):
        yield Finding(file, "scopes", "asks for a scope twice")
    if "children.names" in names and "children.ids" not in names:
        yield Finding(file, "scopes", "children.names is of no use alone", "children.ids as well")


def _plugin(manifest: PluginManifest, file: str) -> Iterator[Finding]:
    names = [wheel.filename for wheel in manifest.wheels]
    if len(set(names)) < len(names):
        yield Finding(file, "wheels", "names a file twice")
    if not names:
        message = "is empty: what is installed cannot be compared with what was approved"
        yield Finding(file, "wheels", message, level="warning")
