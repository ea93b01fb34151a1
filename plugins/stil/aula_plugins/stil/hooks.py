"""What the plugin adds to the platform: one format for ``aula import``, and how it is read."""

from collections.abc import Iterator

from aula_plugins.stil import _
from aula_plugins.stil.reading import Export
from aula_plugins.stil.settings import TITLES, VALUE_TITLES, StilSettings
from aula_sdk.contributions import SettingsSchema
from aula_sdk.hookspecs import hookimpl
from aula_sdk.stamdata_source import StamdataSource


def source_for(settings: StilSettings) -> StamdataSource:
    """Return the format as one municipality reads it."""
    export = Export(settings)
    return StamdataSource(
        "stil", _("UNI-Login XML export"), export.inspect, export.read, configure=source_for
    )


@hookimpl
def aula_stamdata_sources() -> Iterator[StamdataSource]:
    """Yield UNI-Login XML, read by the defaults until a municipality's settings are known."""
    yield source_for(StilSettings())


@hookimpl
def aula_settings() -> Iterator[SettingsSchema]:
    """Yield the settings."""
    yield SettingsSchema(StilSettings, titles=TITLES, value_titles=VALUE_TITLES)
