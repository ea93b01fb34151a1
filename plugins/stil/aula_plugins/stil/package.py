"""The parcel in which exports come, and the lines of each file that are read."""

from collections.abc import Collection, Iterator

from aula_plugins.stil.grammar import Rule
from aula_plugins.stil.parsing import Event, parse
from aula_sdk.stamdata_files import Package

SUFFIX = ".xml"


def events_of(
    package: Package, file: str, root: Rule, namespaces: Collection[str]
) -> Iterator[Event]:
    """Yield what a file holds; raises `XmlRefused` and `PackageRefused`."""
    with package.open(file) as stream:
        yield from parse(stream, file, root, namespaces)
