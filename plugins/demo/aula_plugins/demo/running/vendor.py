"""The example vendor: a widget in a folder of its own, published as any stranger would."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

import aula_sdk
from aula_plugins.demo.running.places import Places, Ports
from aula_plugins.demo.running.preparing import progress
from aula_plugins.demo.running.processes import run
from aula_sdk.manifest import WidgetManifest, plain_manifest, read_manifest

_SERVER = "server.py"


@dataclass(frozen=True, slots=True)
class Vendor:
    """A widget, and the server that it comes from."""

    manifest: WidgetManifest
    folder: Path
    ports: Ports

    @property
    def widget(self) -> str:
        """The widget's id."""
        return self.manifest.id

    @property
    def scopes(self) -> list[str]:
        """The personal data that the widget asks for, all of which the demo grants."""
        return sorted(self.manifest.scope_names)

    @property
    def command(self) -> list[str]:
        """What starts the vendor's server."""
        portal = self.ports.url(self.ports.site)
        port = str(self.ports.vendor)
        return [str(self.folder / _SERVER), "--port", port, "--portal", portal]

    @property
    def _address(self) -> str:
        return f"{self.widget}@{self.manifest.version} {self.ports.site}"

    def is_published(self, places: Places) -> bool:
        """Whether this version has been published from these ports and taken in."""
        with progress(places) as done:
            return done.published == self._address

    def publish(self, places: Places) -> None:
        """Publish the widget in the registry, and take it from there."""
        with progress(places) as done:
            registry = ("-m", "aula_registry", "--config", str(places.registry_config))
            token = places.vendor / f"token-{self.ports.site}"
            run(
                *registry, "vendor", "add", self.manifest.vendor,
                "--name", self.manifest.supplier.name,
                "--contact", self.manifest.supplier.security_contact,
                "--token-file", str(token), "--if-missing",
            )  # fmt: skip
            run(
                "-m", "aula_sdk.tools", "publish", str(self._write_manifest(places)), "--demo",
                "--registry", self.ports.url(self.ports.registry),
                environment={"AULA_REGISTRY_TOKEN": token.read_text("utf-8").strip()},
            )  # fmt: skip
            run(
                "-m", "aula_platform", "--config", str(places.config), "plugins", "add", self.widget
            )
            done.published = self._address

    def _write_manifest(self, places: Places) -> Path:
        path = places.vendor / "aula-widget.json"
        path.write_bytes(msgspec.json.encode(plain_manifest(self.manifest)))
        return path


def find_vendor(places: Places, ports: Ports) -> Vendor | None:
    """Return the first example widget that has a server; none where the examples are not here.

    The examples lie beside the SDK's source and are in no wheel. The address in the manifest
    becomes the one by which the vendor is reached in this demo.
    """
    examples = Path(aula_sdk.__file__).resolve().parents[1] / "examples"
    for server in sorted(examples.glob(f"*/{_SERVER}")):
        manifest = read_manifest(server.parent)
        if isinstance(manifest, WidgetManifest):
            entry = urlsplit(manifest.entry)
            here = f"{ports.url(ports.vendor)}{entry.path or '/'}"
            places.vendor.mkdir(parents=True, exist_ok=True)
            return Vendor(msgspec.structs.replace(manifest, entry=here), server.parent, ports)
    return None
