"""What plugins reach the kernel through: the implementation of `aula_sdk.protocols.Platform`."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import msgspec

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.rights import Rights
from aula_platform.plugin_host.activation import Activation
from aula_platform.storage import Read, Storage, Write
from aula_sdk.health import Health
from aula_sdk.people import Actor
from aula_sdk.protocols import Files


class HostedPlatform:
    """The kernel as plugins see it."""

    def __init__(
        self,
        storage: Storage,
        permissions: Rights,
        files: Files,
        activation: Activation,
        actors: ActorLoader,
        health: Health,
    ) -> None:
        self.permissions = permissions
        self.files = files
        self.activation = activation
        self.health = health
        self._storage = storage
        self._actors = actors

    def read(self) -> AbstractAsyncContextManager[Read]:
        """Open a unit of reads outside a request."""
        return self._storage.read()

    def write(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Write]:
        """Open a transaction outside a request."""
        return self._storage.write(actor)

    async def actor_for(self, profile_id: UUID) -> Actor:
        """Return the actor who would act with this profile."""
        async with self._storage.read() as unit:
            return await self._actors.for_profile(unit, profile_id)

    def settings_for(self, plugin: str, municipality_id: UUID) -> msgspec.Struct:
        """Return the plugin's settings in this municipality."""
        return self.activation.settings_for(plugin, municipality_id)

    def is_active(self, plugin: str, municipality_id: UUID) -> bool:
        """Whether the plugin is switched on in this municipality."""
        return self.activation.is_active(plugin, municipality_id)

    def active_municipalities(self, plugin: str) -> Sequence[UUID]:
        """Return the municipalities in which the plugin is switched on."""
        return self.activation.active_municipalities(plugin)
