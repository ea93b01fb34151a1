"""What the plugin adds to the platform: one format for ``aula import``."""

from collections.abc import Iterator

from aula_plugins.oneroster import _
from aula_plugins.oneroster.reading import inspect, read
from aula_sdk.hookspecs import hookimpl
from aula_sdk.stamdata_source import StamdataSource


@hookimpl
def aula_stamdata_sources() -> Iterator[StamdataSource]:
    """Yield OneRoster CSV."""
    yield StamdataSource("oneroster", _("OneRoster CSV 1.1 and 1.2"), inspect, read)
