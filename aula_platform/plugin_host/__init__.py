"""The host of plugins: discover, accept, migrate, mount, and switch on per municipality."""

from pathlib import Path

from aula_platform.plugin_host.activation import Activation
from aula_platform.plugin_host.host import Host, Refusal, start_host
from aula_platform.plugin_host.running import Place
from aula_platform.plugin_host.tables import metadata
from aula_platform.storage import Owner

OWNER = Owner("plugin_host", metadata, Path(__file__).parent / "migrations")

__all__ = ["OWNER", "Activation", "Host", "Place", "Refusal", "start_host"]
