"""How statements are written that the program holds on to; SQLAlchemy is asked once (0048, 0050).

What SQLAlchemy would work out or look up by itself while it carries a statement out is not held: it
stays SQLAlchemy's.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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
_MOST_FORMS = 64
"""In how many lengths of its lists a statement is held; they are evened out (`lists`)."""


class Given(NamedTuple):
    """A parameter: what it is called, which of a list's values it is, what it is when nobody says,
    and what the driver needs.
    """

    name: str
    number: int | None
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
        for name, number, otherwise, fit in self.given:
            value = params.get(name, otherwise)
            if value is NEEDED:
                return None
            try:
                one = value if number is None else value[number]
                values.append(one if fit is None else fit(one))
            except Exception:  # noqa: BLE001  # SQLAlchemy says what is wrong with it.
                return None
        return values


@dataclass(frozen=True, slots=True)
class _Forms:
    """A statement in all the lengths of its lists that were met; where the database has arrays, and
    where there are no lists, it has one form.
    """

    lists: tuple[str, ...]
    of_lengths: dict[tuple[int, ...], Held] = field(default_factory=dict)


_NEVER_MET, _MET = _Forms(()), _Forms(())
"""Two that stand for what was not run yet, and for what was run once."""
_known: defaultdict[str, WeakKeyDictionary[sa.Executable, _Forms | None]] = defaultdict(
    WeakKeyDictionary
)
"""By the kind of database. None stands for what SQLAlchemy must write anew each time."""


def find(statement: sa.Executable, params: Mapping[str, Any], dialect: sa.Dialect) -> Held | None:
    """Return what is known of the statement; at first nothing, for many are made for one use."""
    known = _known[dialect.name]
    forms = known.get(statement, _NEVER_MET)
    if forms is _NEVER_MET:
        known[statement] = _MET
        return None
    if forms is _MET:
        forms = known[statement] = _look_at(statement, params, dialect)
    if forms is None:
        return None
    try:
        lengths = tuple([len(params[name]) for name in forms.lists])
    except (KeyError, TypeError):
        return None
    held = forms.of_lengths.get(lengths)
    if held is None and len(forms.of_lengths) < _MOST_FORMS:
        compiled = _compile(statement, params, dialect)
        if compiled is not None:
            lists = {name: params[name] for name in forms.lists}
            held = forms.of_lengths[lengths] = _hold(statement, compiled, lists, params, dialect)
    return held


def _look_at(
    statement: sa.Executable, params: Mapping[str, Any], dialect: sa.Dialect
) -> _Forms | None:
    compiled = _compile(statement, params, dialect)
    if compiled is None or not _is_always_the_same(compiled):
        return None
    lists = [bind for bind in compiled.post_compile_params if bind.required]
    # PostgreSQL would plan each length anew; what is asked often there has arrays (0034).
    if lists and dialect.name != "sqlite":
        return None
    # A list whose values are themselves several makes parameters of another kind.
    if any(isinstance(bind.type, sa.types.TupleType) for bind in lists):
        return None
    return _Forms(tuple(sorted(bind.key for bind in lists)))


def _compile(
    statement: sa.Executable, params: Mapping[str, Any], dialect: sa.Dialect
) -> SQLCompiler | None:
    # Of columns that are an SQL text nobody knows the types, nor how many they are.
    if not isinstance(statement, _FIT) or _has_text(statement):
        return None
    writes = isinstance(statement, UpdateBase)
    try:
        compiled = statement.compile(
            dialect=dialect, column_keys=sorted(params) if writes else None
        )
    except CompileError:
        return None
    return compiled if isinstance(compiled, SQLCompiler) else None


def _hold(
    statement: sa.Executable,
    compiled: SQLCompiler,
    lists: Mapping[str, Any],
    params: Mapping[str, Any],
    dialect: sa.Dialect,
) -> Held:
    needed = {bind.key: None for bind in compiled.binds.values() if bind.required}
    written = compiled.construct_expanded_state({**needed, **lists})
    given = tuple(_list_given(compiled, written, dialect))
    types = tuple(column.type for column in _columns_of(statement))
    names = frozenset(params) if isinstance(statement, UpdateBase) else None
    return Held(written.statement, given, types, names)


def _has_text(statement: sa.ClauseElement) -> bool:
    return any(isinstance(part, sa.TextClause) for part in visitors.iterate(statement))


def _columns_of(statement: sa.Executable) -> list[sa.ColumnElement[Any]]:
    """Return the columns of what it finds; of what is written, those that it returns."""
    if isinstance(statement, UpdateBase):
        return list(statement.exported_columns)
    if isinstance(statement, sa.Select | sa.CompoundSelect):
        return list(statement.selected_columns)
    return []


def _is_always_the_same(compiled: SQLCompiler) -> bool:
    """Whether neither the text nor a value in it depends on when or with what it is run, but for
    the lengths of lists.
    """
    is_worked_out = any(bind.callable for bind in compiled.binds.values())
    is_unlike = compiled.literal_execute_params or compiled.escaped_bind_names
    is_made_up = compiled.prefetch or compiled.implicit_returning
    return not (is_worked_out or is_unlike or is_made_up)


def _list_given(
    compiled: SQLCompiler, written: ExpandedState, dialect: sa.Dialect
) -> Iterator[Given]:
    """Yield the parameters in the text's order. Each value of a list has become one: of a fixed
    list its own value, of another the one that is given at its place.
    """
    places = {
        one: (name, number)
        for name, ones in written.parameter_expansion.items()
        for number, one in enumerate(ones)
    }
    for name in written.positiontup or ():
        whole, number = places.get(name, (name, None))
        bind = compiled.binds[whole]
        fit = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if bind.required:
            yield Given(whole, number, NEEDED, fit)
        else:
            yield Given(name, None, written.parameters[name], fit)
