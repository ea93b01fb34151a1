"""Writes choices. Each change is audited, and moves the activation epoch (rules 18 and 20)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_activation_epoch, read_epochs
from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.tables import changed, set_up, switched
from aula_sdk.ids import new_id
from aula_sdk.protocols import WriteUnit

SWITCHED, SET_UP, TAKEN_BACK = "plugins.switched", "plugins.set_up", "plugins.taken_back"


async def announce(write: WriteUnit, municipality_id: UUID) -> None:
    """Make every process read the municipality's choices anew, once this has been committed."""
    await raise_activation_epoch(write)
    epoch = (await read_epochs(write)).activation
    place = {"municipality_id": municipality_id}
    await write.execute(sa.delete(changed).filter_by(**place))
    await write.execute(sa.insert(changed), {**place, "epoch": epoch})


class ChoiceWriter:
    """Writes what one person (None: the operator) chooses at one place."""

    def __init__(
        self, write: WriteUnit, municipality_id: UUID, institution_id: UUID | None, by: UUID | None
    ) -> None:
        self._write = write
        self._municipality = municipality_id
        self._institution = institution_id
        self._by = by

    async def switch(self, plugin: str, word: Word) -> None:
        """Keep what was chosen of on and off."""
        await self._begin()
        await self._forget(switched, plugin)
        await self._insert(switched, plugin, {"state": word.state, "left_to": word.left_to})
        self._audit(SWITCHED, plugin, {"state": word.state, "left_to": word.left_to})

    async def set_up(self, plugin: str, values: Mapping[str, Any]) -> None:
        """Keep settings; the audit names each, and its value where that cannot be personal."""
        await self._begin()
        for name, value in values.items():
            await self._forget(set_up, plugin, set_up.c.setting == name)
            await self._insert(set_up, plugin, {"setting": name, "value": value})
            told = {"value": value} if isinstance(value, bool | int) else {}
            self._audit(SET_UP, plugin, {"setting": name, **told})

    async def take_back(self, plugin: str, setting: str) -> None:
        """Forget what was chosen of a setting, or (without one) of on and off, if anything was."""
        if setting:
            found = await self._forget(set_up, plugin, set_up.c.setting == setting)
        else:
            found = await self._forget(switched, plugin)
        if found:
            await self._begin()
            self._audit(TAKEN_BACK, plugin, {"setting": setting})

    async def _begin(self) -> None:
        # The epoch's row is held until the commit: who chooses the same thing at the same time
        # waits here, and then finds the row that is to be replaced.
        await announce(self._write, self._municipality)

    async def _forget(self, table: sa.Table, plugin: str, *further: sa.ColumnElement[bool]) -> int:
        gone = await self._write.execute(
            sa.delete(table).where(
                table.c.municipality_id == self._municipality,
                # Compared with None this is IS NULL.
                table.c.institution_id == self._institution,
                table.c.plugin == plugin,
                *further,
            )
        )
        return int(gone.rowcount)

    async def _insert(self, table: sa.Table, plugin: str, what: Mapping[str, Any]) -> None:
        row = {
            "id": new_id(),
            "municipality_id": self._municipality,
            "institution_id": self._institution,
            "plugin": plugin,
            "chosen_by": self._by,
            "chosen_at": self._write.now,
        }
        await self._write.execute(sa.insert(table), {**row, **what})

    def _audit(self, action: str, plugin: str, details: Mapping[str, str | int | bool]) -> None:
        self._write.audit(
            action,
            municipality_id=self._municipality,
            object_id=self._institution,
            details={"plugin": plugin, **details},
        )
