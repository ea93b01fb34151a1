"""What of the tables is not declared: every column has a data class, or is said to be technical.

A plugin's tests hold this of its own tables with `find_gaps`; the kernel's hold it of all that are
installed together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from aula_sdk.contributions import PersonalData
from aula_sdk.db import Instant

_ALWAYS_TECHNICAL = frozenset({"id", "municipality_id"})


def is_plainly_technical(column: sa.Column[object]) -> bool:
    """Whether a column that nobody speaks of says nothing about a person.

    True of the row's own id, of the municipality's, and of moments. A moment that does tell of a
    person (when somebody read a message) is declared like any other column.
    """
    return column.name in _ALWAYS_TECHNICAL or isinstance(column.type, Instant)


def find_gaps(tables: Iterable[sa.Table], declared: Sequence[PersonalData]) -> list[str]:
    """Return what is missing or wrong, one sentence each; none when everything is declared."""
    by_name = {one.table: one for one in declared}
    counted = Counter(one.table for one in declared)
    known = {table.name: table for table in tables}
    found = [f"{name} is declared {count} times" for name, count in counted.items() if count > 1]
    found += [f"{name} is declared and is no table" for name in sorted(set(by_name) - set(known))]
    for name, table in known.items():
        found += _gaps_of(table, by_name.get(name))
    return found


def _gaps_of(table: sa.Table, one: PersonalData | None) -> Iterator[str]:
    if one is None:
        yield f"{table.name} is not declared"
        return
    columns = set(table.columns.keys())
    fields, technical = set(one.fields), set(one.technical)
    for name in sorted(fields & technical):
        yield f"{table.name}.{name} is declared as about a person and as technical"
    for name in sorted((fields | technical) - columns):
        yield f"{table.name}.{name} is declared and is no column"
    for column in table.columns:
        if column.name not in fields | technical and not is_plainly_technical(column):
            yield f"{table.name}.{column.name} is not declared"
    for what in ("purpose", "legal_basis", "retention"):
        if not str(getattr(one, what)).strip():
            yield f"{table.name} does not say its {what.replace('_', ' ')}"
