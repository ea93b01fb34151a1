"""Where the demo keeps what it makes, and by which addresses its parts are reached."""

import socket
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
CLIENT_ID = "aula-demo"


@dataclass(frozen=True, slots=True)
class Ports:
    """The site's port and the three above it, all on this machine only."""

    site: int

    @property
    def broker(self) -> int:
        """Where one picks whom to be."""
        return self.site + 1

    @property
    def registry(self) -> int:
        """Where vendors publish."""
        return self.site + 2

    @property
    def vendor(self) -> int:
        """Where the example vendor serves a widget."""
        return self.site + 3

    def taken(self) -> list[int]:
        """Return the ports on which somebody else answers already."""
        return [port for port in range(self.site, self.site + 4) if not _is_free(port)]

    @staticmethod
    def url(port: int) -> str:
        """Return the address of a port."""
        return f"http://{HOST}:{port}"


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one demo."""

    folder: Path

    @property
    def config(self) -> Path:
        """The installation's configuration."""
        return self.folder / "aula.toml"

    @property
    def registry_config(self) -> Path:
        """The registry's configuration."""
        return self.folder / "registry.toml"

    @property
    def files(self) -> Path:
        """OneRoster files and the list of people."""
        return self.folder / "oneroster"

    @property
    def people(self) -> Path:
        """Who can sign in."""
        return self.files / "people.json"

    @property
    def data(self) -> Path:
        """The installation's own data."""
        return self.folder / "site"

    @property
    def progress(self) -> Path:
        """What has been done already."""
        return self.folder / "done.json"

    @property
    def logs(self) -> Path:
        """What the processes said."""
        return self.folder / "logs"

    @property
    def vendor(self) -> Path:
        """What the example vendor keeps: its token and its manifest."""
        return self.folder / "vendor"


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
