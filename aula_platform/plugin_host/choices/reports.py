"""The effective state of a plugin at a place, always with its source."""

from uuid import UUID

from aula_platform.plugin_host.activation import Activation
from aula_platform.plugin_host.causes import OBSTACLES, say_setting, say_state
from aula_platform.plugin_host.choices.fields import Field, fields_of, values_of
from aula_platform.plugin_host.choices.lattice import Settled
from aula_platform.plugin_host.choices.merging import Merged
from aula_platform.plugin_host.choices.stored import Chosen, Site
from aula_platform.plugin_host.declared import Declared
from aula_platform.plugin_host.host import Host
from aula_sdk.contributions import SettingsSchema
from aula_sdk.operations import DecidedBy, LeftTo, PluginReport, SettingReport, Source


class Reporter:
    """Explains states and settings from what is in memory; asks nothing of the database."""

    def __init__(self, host: Host, activation: Activation) -> None:
        self._host = host
        self._activation = activation

    def report(self, site: Site, institution_id: UUID | None = None) -> PluginReport | None:
        """Return the state there, explained; None of what the municipality has never heard of."""
        declared = self._activation.declared(site)
        if declared is None:
            return None
        accepted = self._host.accepted.get(site.plugin)
        settled = self._activation.settled(site, institution_id)
        merged = self._activation.merged(site, institution_id)
        own = self._activation.stored.switched.get(site, {}).get(institution_id)
        return PluginReport(
            name=site.plugin,
            title=accepted.plugin.title if accepted else site.plugin,
            summary=accepted.plugin.summary if accepted else "",
            is_on=settled is not None and settled.is_on,
            source=self._source(site, institution_id, declared, settled),
            is_open=settled is not None and level_of(institution_id) in settled.open_to,
            left_to=_left_to(settled),
            chosen=own.what.state if own else None,
            settings=self._settings(site, institution_id, declared, merged),
            ignored=merged.ignored if merged else (),
        )

    def _source(
        self,
        site: Site,
        institution_id: UUID | None,
        declared: Declared,
        settled: Settled | None,
    ) -> Source:
        reason = self._activation.why_suspended(site.plugin)
        if reason is not None:
            return Source(DecidedBy.PLATFORM, reason)
        if declared.obstacle is not None:
            by = DecidedBy.PLATFORM if declared.obstacle.is_platforms else DecidedBy.CONFIGURATION
            return Source(by, OBSTACLES[declared.obstacle], declared.key)
        assert settled is not None  # noqa: S101  # Nothing is in the way.
        text = say_state(settled)
        if settled.by is DecidedBy.CONFIGURATION:
            return Source(settled.by, text, f"{declared.key} state")
        place = institution_id if settled.by is DecidedBy.INSTITUTION else None
        chosen = self._activation.stored.switched[site][place]
        return Source(settled.by, text, profile_id=chosen.by, at=chosen.at)

    def _settings(
        self, site: Site, institution_id: UUID | None, declared: Declared, merged: Merged | None
    ) -> tuple[SettingReport, ...]:
        schema = declared.schema
        if schema is None or merged is None:
            return ()
        own = self._activation.stored.settings(site, institution_id)
        values = values_of(merged.settings)
        reports = []
        for name, field in fields_of(schema.struct).items():
            by, chosen = merged.decided.get(name, (DecidedBy.PLUGIN, None))
            reports.append(
                SettingReport(
                    name=name,
                    title=schema.titles.get(name, name),
                    kind=field.kind,
                    options=field.options,
                    value_titles=schema.value_titles.get(name, {}),
                    expected=field.expected,
                    value=values[name],
                    source=_setting_source(field, declared, by, chosen),
                    is_open=is_setting_open(declared, schema, name, by, institution_id),
                    is_chosen=name in own,
                )
            )
        return tuple(reports)


def level_of(institution_id: UUID | None) -> DecidedBy:
    """Return the level at which somebody chooses."""
    return DecidedBy.MUNICIPALITY if institution_id is None else DecidedBy.INSTITUTION


def is_setting_open(
    declared: Declared,
    schema: SettingsSchema,
    name: str,
    by: DecidedBy,
    institution_id: UUID | None,
) -> bool:
    """Whether a setting can be chosen at a place, given who has decided it now.

    Not where the configuration has switched the plugin off for good: it would set nothing.
    """
    if by is DecidedBy.CONFIGURATION or declared.word == ("off", "nobody"):
        return False
    if institution_id is None:
        return True
    return name in schema.per_institution and by is not DecidedBy.MUNICIPALITY


def _setting_source(
    field: Field, declared: Declared, by: DecidedBy, chosen: Chosen | None
) -> Source:
    if by is DecidedBy.CONFIGURATION:
        return Source(by, say_setting(by), f"{declared.key} settings.{field.name}")
    if chosen is None:
        return Source(by, say_setting(by))
    return Source(by, say_setting(by), profile_id=chosen.by, at=chosen.at)


def _left_to(settled: Settled | None) -> LeftTo:
    is_left = settled is not None and DecidedBy.INSTITUTION in settled.open_to
    return "institution" if is_left else "nobody"
