"""What plugins reach the kernel through: the implementation of `aula_sdk.protocols.Platform`."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import msgspec

from aula_platform.permissions.actors import ActorLoader
from aula_platform.permissions.rights import Rights
from aula_platform.plugin_host.activation import Activation
from aula_platform.storage import EVERYWHERE, Read, Storage, Wall, Write
from aula_sdk.grants import Grants
from aula_sdk.health import Health
from aula_sdk.imports import Imports
from aula_sdk.log_samples import LogSamples
from aula_sdk.moving import Moving
from aula_sdk.operations import Choices
from aula_sdk.people import Actor
from aula_sdk.protocols import Files, Stamdata
from aula_sdk.retention import Retention
from aula_sdk.support import Support


class HostedPlatform:
    """The kernel as plugins see it."""

    def __init__(
        self,
        storage: Storage,
        permissions: Rights,
        files: Files,
        activation: Activation,
        actors: ActorLoader,
        stamdata: Stamdata,
        choices: Choices,
        health: Health,
        imports: Imports,
        grants: Grants,
        retention: Retention,
        support: Support,
        log_samples: LogSamples,
        moving: Moving,
    ) -> None:
        """It reaches everywhere, as jobs, subscribers and demo data do; requests narrow it."""
        self._wall = EVERYWHERE
        self._reader: Actor | None = None
        self.permissions = permissions
        self.files = files
        self.stamdata = stamdata
        self.activation = activation
        self.choices = choices
        self.health = health
        self.imports = imports
        self.grants = grants
        self.retention = retention
        self.support = support
        self.log_samples = log_samples
        self.moving = moving
        self._storage = storage
        self._actors = actors

    def read(self) -> AbstractAsyncContextManager[Read]:
        """Open a unit of reads that reaches as far as this platform."""
        return self._storage.read(self._wall, self._reader)

    def write(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Write]:
        """Open a transaction: of an actor, in their municipalities as far as this one reaches."""
        wall = self._wall if actor is None else self._wall.narrowed(actor.municipalities)
        return self._storage.write(wall, actor)

    def within(self, municipalities: Iterable[UUID]) -> "HostedPlatform":
        """Return this platform, reaching those of these municipalities that it reaches now."""
        return self._with_wall(self._wall.narrowed(municipalities))

    def everywhere(self) -> "HostedPlatform":
        """Return this platform, reaching all municipalities."""
        return self._with_wall(EVERYWHERE)

    def read_by(self, actor: Actor | None) -> "HostedPlatform":
        """Return this platform as it is handed out in a request: what is looked at through it is
        audited as the actor's doing.
        """
        other = self._with_wall(self._wall)
        other._reader = actor  # noqa: SLF001  # It is of this class, and nobody else's yet.
        return other

    def _with_wall(self, wall: Wall) -> "HostedPlatform":
        # As copy.copy would, at a fifth of its cost: each request has one of its own.
        other = HostedPlatform.__new__(HostedPlatform)
        other.__dict__.update(self.__dict__, _wall=wall)
        return other

    async def actor_for(self, profile_id: UUID) -> Actor:
        """Return the actor who would act with this profile."""
        async with self._storage.read(EVERYWHERE) as unit:
            return await self._actors.for_profile(unit, profile_id)

    def settings_for(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> msgspec.Struct:
        """Return the plugin's settings in this municipality, or at this institution in it."""
        return self.activation.settings_for(plugin, municipality_id, institution_id)

    def is_active(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> bool:
        """Whether the plugin is on at this institution; without one, anywhere in there."""
        return self.activation.is_active(plugin, municipality_id, institution_id)

    def active_municipalities(self, plugin: str) -> Sequence[UUID]:
        """Return the municipalities in which the plugin is on somewhere."""
        return self.activation.active_municipalities(plugin)
