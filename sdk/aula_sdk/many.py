"""A parameter that holds several values, for ``in_()``, whatever their number.

SQLAlchemy writes a statement anew for each number of values. To PostgreSQL, which plans a
statement by its text, those are different statements; a list of twenty people with a varying
number of guardians would be planned a hundred times in each connection, and planning costs ten
times as much as carrying it out. There the values are one array, and the text is always the same.
SQLite plans each statement whenever it is run, so there the values are written out.
"""

from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler

_Value = TypeVar("_Value")
_WRITTEN = {operators.in_op: "= ANY", operators.not_in_op: "<> ALL"}


class _Many(sa.BindParameter[_Value]):
    """A parameter that becomes an array where there are arrays."""

    inherit_cache = True


def many(name: str, type_: sa.types.TypeEngine[_Value]) -> sa.BindParameter[_Value]:
    """Return a parameter to be used with ``in_()``; its value is a list, which may be empty.

    PostgreSQL gives up the order of an index on ``(column, …)`` for it. Where the first rows in
    that order are wanted of few values, name each: ``column.in_([parameter, …])``.
    """
    return _Many(name, expanding=True, required=True, type_=type_)


@compiles(sa.BinaryExpression, "postgresql")
def _write_as_array(element: sa.BinaryExpression[Any], compiler: SQLCompiler, **kw: Any) -> str:
    values = element.right
    written = _WRITTEN.get(element.operator)
    if written is None or not isinstance(values, _Many):
        return str(compiler.visit_binary(element, **kw))  # type: ignore[no-untyped-call]  # SQLAlchemy's.
    array = sa.bindparam(values.key, required=True, type_=sa.ARRAY(values.type))
    return f"{compiler.process(element.left, **kw)} {written} ({compiler.process(array, **kw)})"
