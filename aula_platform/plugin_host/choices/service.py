"""Choosing for a place, as plugins reach it: implements `aula_sdk.operations.Choices`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from aula_platform.permissions.places import Deciding
from aula_platform.plugin_host.activation import Activation
from aula_platform.plugin_host.choices.fields import read_values, values_of
from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.choices.reports import Reporter
from aula_platform.plugin_host.choices.stored import Site
from aula_platform.plugin_host.choices.writing import ChoiceWriter
from aula_platform.plugin_host.host import Host
from aula_sdk.contributions import SettingsSchema
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.operations import (
    MANAGE,
    MANAGE_MUNICIPALITY,
    ChoiceLocked,
    LeftTo,
    Place,
    PluginReport,
    Switch,
)
from aula_sdk.people import Actor
from aula_sdk.protocols import Permissions, ReadUnit, WriteUnit

_ = gettext_for("aula")
_CHOOSING = Deciding(MANAGE, MANAGE_MUNICIPALITY)


class PluginChoices:
    """What somebody may choose where, and choosing it."""

    def __init__(
        self, host: Host, activation: Activation, permissions: Permissions, names: Mapping[str, str]
    ) -> None:
        """``names`` are the municipalities' names by their key in the configuration."""
        self._activation = activation
        self._permissions = permissions
        self._names = names
        self._reporter = Reporter(host, activation)

    async def places(self, unit: ReadUnit, actor: Actor) -> Sequence[Place]:
        """Return where the actor may choose: municipalities first, then institutions by name."""
        names = {one: self._names[key] for one, key in self._activation.keys.items()}
        return await _CHOOSING.places(unit, self._permissions, actor, names)

    async def reports(self, unit: ReadUnit, actor: Actor, place: Place) -> Sequence[PluginReport]:
        """Return every plugin's state there, by name, explained."""
        await _CHOOSING.require(unit, self._permissions, actor, place)
        found = (
            self._reporter.report(site, place.institution_id)
            for site in self._activation.sites()
            if site.municipality_id == place.municipality_id
        )
        return [report for report in found if report is not None]

    async def switch(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        plugin: str,
        state: Switch,
        *,
        left_to: LeftTo = "nobody",
    ) -> None:
        """Choose on or off; raise `ChoiceLocked` where a level above has decided."""
        report = await self._require(write, actor, place, plugin)
        if not report.is_open:
            raise ChoiceLocked(report.source.text)
        if place.institution_id is not None and left_to != "nobody":
            raise Invalid(_("There is nobody below an institution who could choose"))
        await _writer(write, actor, place).switch(plugin, Word(state, left_to))

    async def set_up(
        self,
        write: WriteUnit,
        actor: Actor,
        place: Place,
        plugin: str,
        values: Mapping[str, Any],
    ) -> None:
        """Choose settings; raise `Invalid` by field, or `ChoiceLocked`, and then take none."""
        report = await self._require(write, actor, place, plugin)
        known = {setting.name: setting for setting in report.settings}
        for name in values:
            if name in known and not known[name].is_open:
                raise ChoiceLocked(known[name].source.text)
        await _writer(write, actor, place).set_up(plugin, self.read(place, plugin, values))

    def read(self, place: Place, plugin: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as JSON has them; raise `Invalid` with a field for each bad one."""
        site = Site(plugin, place.municipality_id)
        declared = self._activation.declared(site)
        merged = self._activation.merged(site, place.institution_id)
        if declared is None or declared.schema is None or merged is None:
            raise Invalid(_("This feature has no settings"))
        taken, errors = read_values(declared.schema, values)
        if errors:
            raise Invalid(fields=tuple(errors))
        _require_that_they_fit(declared.schema, merged.settings, taken)
        return taken

    async def take_back(
        self, write: WriteUnit, actor: Actor, place: Place, plugin: str, setting: str = ""
    ) -> None:
        """Forget what was chosen there; it may rest under a level that has decided meanwhile."""
        await self._require(write, actor, place, plugin)
        await _writer(write, actor, place).take_back(plugin, setting)

    async def _require(
        self, unit: ReadUnit, actor: Actor, place: Place, plugin: str
    ) -> PluginReport:
        await _CHOOSING.require(unit, self._permissions, actor, place)
        site = Site(plugin, place.municipality_id)
        report = self._reporter.report(site, place.institution_id)
        if report is None:
            raise NotFound
        return report


def _writer(write: WriteUnit, actor: Actor, place: Place) -> ChoiceWriter:
    by = _CHOOSING.decider(actor, place)
    return ChoiceWriter(write, place.municipality_id, place.institution_id, by)


def _require_that_they_fit(
    schema: SettingsSchema, present: msgspec.Struct, values: Mapping[str, Any]
) -> None:
    """Raise `Invalid` when values that are right by themselves contradict each other."""
    try:
        msgspec.convert({**values_of(present), **values}, schema.struct)
    except msgspec.ValidationError:
        reason = str(_("This does not fit together with the other settings"))
        fields = tuple(FieldError(name, reason, "contradiction") for name in values)
        raise Invalid(fields=fields) from None
