"""How statements are written that the program holds on to; SQLAlchemy is asked once (0048).

What SQLAlchemy would write anew for each value, and what it would work out or look up by itself
while it carries a statement out, is not held: it stays SQLAlchemy's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.exc import CompileError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

NEEDED = object()
Change = Callable[[Any], Any]
_FIT = (sa.Select, sa.CompoundSelect, UpdateBase)


class Given(NamedTuple):
    """A parameter: what it is called, what it is when nobody says, and what the driver needs."""

    name: str
    otherwise: Any
    fit: Change | None


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Held:
    """All that there is to know of a statement without the statement itself, which it outlives in
    no cache.
    """

    text: str
    given: tuple[Given, ...]
    types: tuple[sa.types.TypeEngine[Any], ...]
    names: frozenset[str] | None
    """The parameters for which it was written so; None where it is the same whatever they are. Of
    what is written, they are the columns that get a value."""

    def values(self, params: Mapping[str, Any]) -> list[Any] | None:
        """Return the values as the driver takes them; None when one is missing or unfit, or when
        the statement is another one for these.
        """
        if self.names is not None and params.keys() != self.names:
            return None
        values = []
        for name, otherwise, fit in self.given:
            value = params.get(name, otherwise)
            if value is NEEDED:
                return None
            try:
                values.append(value if fit is None else fit(value))
            except Exception:  # noqa: BLE001  # SQLAlchemy says what is wrong with it.
                return None
        return values


_NEVER_MET, _MET = Held("", (), (), None), Held("", (), (), None)
"""Two that stand for what was not run yet, and for what was run once."""
_known: WeakKeyDictionary[sa.Executable, Held | None] = WeakKeyDictionary()
"""None stands for what SQLAlchemy must write anew each time."""


def find(statement: sa.Executable, params: Mapping[str, Any], dialect: sa.Dialect) -> Held | None:
    """Return what is known of the statement; at first nothing, for many are made for one use."""
    held = _known.get(statement, _NEVER_MET)
    if held is _NEVER_MET:
        _known[statement] = _MET
        return None
    if held is _MET:
        held = _known[statement] = _hold(statement, frozenset(params), dialect)
    return held


def _hold(statement: sa.Executable, names: frozenset[str], dialect: sa.Dialect) -> Held | None:
    # Of columns that are an SQL text nobody knows the types, nor how many they are.
    if not isinstance(statement, _FIT) or _has_text(statement):
        return None
    writes = isinstance(statement, UpdateBase)
    try:
        compiled = statement.compile(dialect=dialect, column_keys=sorted(names) if writes else None)
    except CompileError:
        return None
    if not isinstance(compiled, SQLCompiler) or not _is_always_the_same(compiled):
        return None
    needed = {bind.key: None for bind in compiled.binds.values() if bind.required}
    written = compiled.construct_expanded_state(needed)
    given = tuple(_list_given(compiled, written, dialect))
    types = tuple(column.type for column in _columns_of(statement))
    return Held(written.statement, given, types, names if writes else None)


def _has_text(statement: sa.ClauseElement) -> bool:
    return any(isinstance(part, sa.TextClause) for part in visitors.iterate(statement))


def _columns_of(
    statement: sa.Select[Any] | sa.CompoundSelect[Any] | UpdateBase,
) -> list[sa.ColumnElement[Any]]:
    """Return the columns of what it finds; of what is written, those that it returns."""
    if isinstance(statement, UpdateBase):
        return list(statement.exported_columns)
    return list(statement.selected_columns)


def _is_always_the_same(compiled: SQLCompiler) -> bool:
    """Whether neither the text nor a value in it depends on when or with what it is run."""
    is_as_long_as_its_list = any(bind.required for bind in compiled.post_compile_params)
    is_worked_out = any(bind.callable for bind in compiled.binds.values())
    is_unlike = compiled.literal_execute_params or compiled.escaped_bind_names
    is_made_up = compiled.prefetch or compiled.implicit_returning
    return not (is_as_long_as_its_list or is_worked_out or is_unlike or is_made_up)


def _list_given(
    compiled: SQLCompiler, written: ExpandedState, dialect: sa.Dialect
) -> Iterator[Given]:
    """Yield the parameters in the text's order; each value of a fixed list has become one."""
    lists = {one: name for name, ones in written.parameter_expansion.items() for one in ones}
    for name in written.positiontup or ():
        bind = compiled.binds[lists.get(name, name)]
        otherwise = NEEDED if bind.required else written.parameters[name]
        yield Given(name, otherwise, bind.type.dialect_impl(dialect).bind_processor(dialect))
