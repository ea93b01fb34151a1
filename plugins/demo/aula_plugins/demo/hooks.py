"""What the plugin adds to the platform: the command ``aula demo``."""

from collections.abc import Iterator

from aula_plugins.demo.command import demo
from aula_sdk.contributions import Command
from aula_sdk.hookspecs import hookimpl


@hookimpl
def aula_commands() -> Iterator[Command]:
    """Yield ``aula demo``."""
    yield Command("demo", demo)
