"""Installed is not enabled: which plugin is on where, and with which settings (decision 0012)."""

import asyncio
from collections.abc import Iterator, Mapping
from uuid import UUID

import msgspec

from aula_platform.identity.epochs import read_epochs
from aula_platform.plugin_host.causes import Cause
from aula_platform.plugin_host.choices.lattice import Settled, settle
from aula_platform.plugin_host.choices.merging import Level, Merged, merge
from aula_platform.plugin_host.choices.stored import EMPTY, Site, Stored, read_stored
from aula_platform.plugin_host.declared import Declared, read_declared
from aula_platform.plugin_host.host import Host
from aula_platform.settings import Settings
from aula_sdk.errors import SwitchedOff
from aula_sdk.i18n import Text
from aula_sdk.operations import DecidedBy
from aula_sdk.protocols import ReadUnit


class Activation:
    """The configuration's word on every plugin, and what was chosen where it leaves a choice.

    Choices are read anew as soon as somebody comes with a newer activation epoch than the one
    they were read under (rule 20), so every process obeys a choice from the next request on.
    """

    def __init__(self, host: Host, settings: Settings, ids: Mapping[str, UUID]) -> None:
        """``ids`` are the municipalities' ids by their key in the configuration."""
        self.keys = {identifier: key for key, identifier in ids.items()}
        self._declared = {
            Site(plugin, ids[key]): declared
            for key in ids
            for plugin, declared in read_declared(host, settings, key).items()
        }
        self._suspended: dict[str, Text] = {}
        self._stored = EMPTY
        self._merged: dict[tuple[Site, UUID | None], Merged | None] = {}
        self._epoch = -1
        self._loading = asyncio.Lock()
        self.generation = 0
        """Grows when something changes in this process alone: actors are then loaded anew."""

    async def refresh(self, read: ReadUnit, epoch: int) -> None:
        """Know at least what was chosen up to this activation epoch, which ``read`` has seen."""
        if epoch <= self._epoch:
            return
        async with self._loading:
            if epoch > self._epoch:
                # Read after the epoch was seen, so that it holds all that the epoch stands for.
                self._stored = await read_stored(read, self._stored, self._epoch)
                self._merged = {}
                self._epoch = epoch

    async def catch_up(self, read: ReadUnit) -> None:
        """Know what is chosen now, where there is no session that has read the epoch."""
        await self.refresh(read, (await read_epochs(read)).activation)

    def suspend(self, plugin: str, reason: Text) -> None:
        """Report the plugin as off everywhere in this process, for this reason, until `resume`.

        For a plugin that keeps failing: its routes answer 404, nobody holds anything of it.
        """
        self._suspended[plugin] = reason
        self.generation += 1

    def resume(self, plugin: str) -> None:
        """Let configuration and choices decide again."""
        if self._suspended.pop(plugin, None) is not None:
            self.generation += 1

    @property
    def epoch(self) -> int:
        """The activation epoch up to which choices are known."""
        return self._epoch

    @property
    def stored(self) -> Stored:
        """What was chosen, as it was last read."""
        return self._stored

    def sites(self) -> Iterator[Site]:
        """Yield every plugin in every municipality: what is installed, and what is named."""
        yield from sorted(self._declared, key=lambda s: (self.keys[s.municipality_id], s.plugin))

    def declared(self, site: Site) -> Declared | None:
        """Return what the configuration says; None of a plugin or a municipality unknown to it."""
        return self._declared.get(site)

    def problems(self, site: Site) -> list[str]:
        """Return what stands in the configuration or was chosen, and cannot be used."""
        declared = self._declared[site]
        if declared.obstacle is not None:
            is_meant = declared.obstacle is not Cause.NOT_NAMED and declared.word != (
                "off",
                "nobody",
            )
            return [f"{declared.key} {declared.problem}"] if is_meant else []
        places = [None, *self._stored.set_up.get(site, {})]
        merged = [self.merged(site, place) for place in dict.fromkeys(places)]
        ignored = dict.fromkeys(name for one in merged if one for name in one.ignored)
        return [f"the chosen setting {name} does not fit any more" for name in ignored]

    def why_suspended(self, plugin: str) -> Text | None:
        """Return why the plugin is off whatever anybody has decided, if it is."""
        return self._suspended.get(plugin)

    def settled(self, site: Site, institution_id: UUID | None = None) -> Settled | None:
        """Return what the levels come to; None where no level is asked: it cannot be on."""
        declared = self._declared.get(site)
        if declared is None or declared.obstacle or site.plugin in self._suspended:
            return None
        word, own = self._stored.word(site), None
        if institution_id is not None:
            own = self._stored.switched.get(site, {}).get(institution_id)
        return settle(declared.word, word, own.what.state if own else None)

    def is_active(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> bool:
        """Whether the plugin is on at the institution; without one, anywhere in the municipality.

        The municipality's own state counts as that of all institutions that have not chosen.
        """
        site = Site(plugin, municipality_id)
        settled = self.settled(site, institution_id)
        if settled is None or settled.is_on or institution_id is not None:
            return settled is not None and settled.is_on
        if DecidedBy.INSTITUTION not in settled.open_to:
            return False
        chosen = self._stored.institutions(site).values()
        return any(one.what.state == "on" for one in chosen)

    def merged(self, site: Site, institution_id: UUID | None = None) -> Merged | None:
        """Return the plugin's settings at a place, whether it is on there or not."""
        if not self._stored.settings(site, institution_id):
            institution_id = None
        key = (site, institution_id)
        if key not in self._merged:
            self._merged[key] = self._merge(site, institution_id)
        return self._merged[key]

    def _merge(self, site: Site, institution_id: UUID | None) -> Merged | None:
        declared = self._declared.get(site)
        if declared is None or declared.obstacle or declared.schema is None:
            return None
        levels = [Level(DecidedBy.MUNICIPALITY, self._stored.settings(site, None))]
        if institution_id is not None:
            own = self._stored.settings(site, institution_id)
            allowed = declared.schema.per_institution
            chosen = {name: value for name, value in own.items() if name in allowed}
            levels.append(Level(DecidedBy.INSTITUTION, chosen))
        return merge(declared.schema, declared.settings, tuple(levels))

    def settings_for(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> msgspec.Struct:
        """Return the plugin's settings there; raise `SwitchedOff` when it has none or is off."""
        merged = self.merged(Site(plugin, municipality_id), institution_id)
        if merged is None or not self.is_active(plugin, municipality_id, institution_id):
            raise SwitchedOff
        return merged.settings

    def active_municipalities(self, plugin: str) -> list[UUID]:
        """Return the municipalities in which the plugin is on somewhere."""
        return [identifier for identifier in self.keys if self.is_active(plugin, identifier)]
