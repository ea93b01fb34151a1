"""What every command is given: configuration, plugins and, when it asks, an open kernel."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path

import click

from aula_platform.kernel import Kernel, make_catalogue, open_kernel
from aula_platform.plugin_host import Host
from aula_platform.settings import Settings, load_settings
from aula_platform.storage import Storage
from aula_sdk.stamdata_source import StamdataSource


class CommandContext:
    """The surroundings of one command."""

    def __init__(self, host: Host, config: Path = Path("aula.toml")) -> None:
        self.host = host
        self.config = config

    @cached_property
    def settings(self) -> Settings:
        """The configuration; raises `WrongSettings`."""
        return load_settings(self.config)

    @property
    def sources(self) -> Mapping[str, StamdataSource]:
        """Formats of stamdata by name."""
        return {source.name: source for _plugin, source in self.host.each(StamdataSource)}

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Storage]:
        """Open the database, and close it when the block ends."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        storage = Storage(self.settings.database_url, pool_size=self.settings.storage.pool_size)
        try:
            yield storage
        finally:
            await storage.close()

    @asynccontextmanager
    async def kernel(self) -> AsyncIterator[Kernel]:
        """Open the kernel over a migrated database, without serving anything."""
        async with self.store() as storage:
            yield await open_kernel(self.settings, self.host, storage, make_catalogue(self.host))


pass_context = click.make_pass_decorator(CommandContext)
