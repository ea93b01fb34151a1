"""Stamdata as plugins change it: their own groups, under a source name that is theirs alone."""

from collections.abc import Sequence
from uuid import UUID

from aula_platform.plugin_host.activation import Activation
from aula_platform.plugin_host.host import Host
from aula_platform.stamdata import changes
from aula_sdk.errors import SwitchedOff
from aula_sdk.protocols import WriteUnit
from aula_sdk.stamdata_source import GroupRecord, MembershipRecord, PlannedChange, StamdataWriter

_OF_PLUGINS = "plugin:"
"""Begins the source name of what a plugin writes, so that no import can own the same."""


def source_of(plugin: str) -> str:
    """Return the source name of what the plugin writes."""
    return _OF_PLUGINS + plugin


class NotAWriter(Exception):
    """The plugin has not said that it changes stamdata, or delivers what plugins must not."""


class PluginStamdata:
    """Implements `aula_sdk.protocols.Stamdata`.

    The writer that a plugin has yielded to ``aula_stamdata_writers`` is what it shows: whoever
    does not hold that very object cannot write under the plugin's name.
    """

    def __init__(self, host: Host, activation: Activation) -> None:
        self._plugins = {id(writer): name for name, writer in host.each(StamdataWriter)}
        self._activation = activation

    async def deliver(
        self,
        write: WriteUnit,
        writer: StamdataWriter,
        municipality_id: UUID,
        records: Sequence[GroupRecord | MembershipRecord],
    ) -> None:
        """Carry out the changes in the given transaction."""
        source = self._source(writer, municipality_id, records)
        await changes.deliver(write, municipality_id, source, records, by_ids=True)

    async def preview(
        self,
        write: WriteUnit,
        writer: StamdataWriter,
        municipality_id: UUID,
        records: Sequence[GroupRecord | MembershipRecord],
    ) -> list[PlannedChange]:
        """Return what the changes come to; nothing is changed."""
        source = self._source(writer, municipality_id, records)
        counts = await changes.preview(write, municipality_id, source, records, by_ids=True)
        return [
            PlannedChange(
                count.institution_id,
                count.kind,
                count.added,
                count.changed,
                count.leaving,
                count.returning,
            )
            for count in counts
        ]

    def _source(
        self,
        writer: StamdataWriter,
        municipality_id: UUID,
        records: Sequence[GroupRecord | MembershipRecord],
    ) -> str:
        name = self._plugins.get(id(writer))
        if name is None:
            message = "no accepted plugin has yielded this writer to aula_stamdata_writers"
            raise NotAWriter(message)
        if not self._activation.is_active(name, municipality_id):
            raise SwitchedOff
        for record in records:
            if not isinstance(record, GroupRecord | MembershipRecord):
                message = f"{name} delivers a {type(record).__name__}; plugins deliver groups only"
                raise NotAWriter(message)
        return source_of(name)
