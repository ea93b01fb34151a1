"""Lists as parameters, in few lengths: each length is a statement of its own to a database.

A connection to PostgreSQL plans each statement once, which takes ten times as long as carrying it
out (decision 0019). Were ``IN`` given as many parameters as there are values, it would plan one
for 19 people, one for 20 and so on. Repeating a value changes nothing about ``IN``.
"""

from collections.abc import Mapping
from typing import Any


def even_out(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters, each list as long as the next power of two by repeating its last.

    An empty list and one of a single value stay as they are: databases make more of these.
    """
    uneven = {
        name: value
        for name, value in params.items()
        if isinstance(value, list | tuple | set | frozenset) and len(value) & (len(value) - 1)
    }
    return {**params, **{name: _lengthen(list(value)) for name, value in uneven.items()}}


def _lengthen(values: list[Any]) -> list[Any]:
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))
