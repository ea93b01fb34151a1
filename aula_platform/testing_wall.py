"""The test kit's wall on SQLite: what PostgreSQL would hide or refuse, is refused in tests.

Row-level security hides a leak, and so would hide it from tests. Here each SELECT of a unit that
is bound to some municipalities is carried out twice beforehand: as it is written, and over views
that hold these municipalities' rows alone. Where the answers differ, the statement has looked
through the wall: it is refused, and the test fails when the site closes, even if the failure was
caught on the way (as that of a box on the overview is). Triggers refuse to write beyond the wall.

What this finds depends on what a test has put on the other side; a query that lacks a condition
and meets nobody else's row passes. It does not look at INSERT … SELECT and at what an UPDATE or
DELETE compares its rows with, and SQL texts that do not begin with SELECT pass.
"""

import re
from collections import Counter
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.wall import COLUMN, SETTING

_REACH = "aula_reach"
_FUNCTION = "aula_reaches"
_PREFIX = "within_wall_"
_TRIES = 10
"""Somebody else's commit between the two readings is no leak; there is not one each time."""
_WALLED = """
SELECT kin.name, kin.type FROM main.sqlite_master AS kin
JOIN pragma_table_info(kin.name) AS part ON part.name = ?
WHERE kin.type IN ('table', 'view') ORDER BY kin.name
"""


class ThroughTheWall(AssertionError):
    """A statement whose answer depends on rows of municipalities that the unit does not reach."""


class _Reach:
    """How far one connection reaches now; SQL asks it by the function ``aula_reaches``."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self._setting: str | None = EVERYWHERE.setting
        self._enclosed: frozenset[bytes] = frozenset()

    def tell(self, setting: str | None) -> None:
        """Take what the connection was told last."""
        if setting != self._setting:
            self._setting = setting
            ids = setting.split(",") if setting and self.is_bound else ()
            self._enclosed = frozenset(UUID(one).bytes for one in ids)

    @property
    def is_bound(self) -> bool:
        """Whether there are municipalities that are not reached."""
        return self._setting not in {None, EVERYWHERE.setting}

    def holds(self, municipality_id: bytes | None) -> bool:
        """Whether a row of this municipality is reached."""
        return not self.is_bound or municipality_id in self._enclosed


class WallWatch:
    """Watches the connections of one embedded database; what it refused is in ``leaks``."""

    def __init__(self, storage: Storage) -> None:
        """``storage`` is migrated, and nothing has connected through it yet."""
        self.leaks: list[str] = []
        self._rewritten: dict[str, str | None] = {}
        for engine in (storage.engines.reading, storage.engines.writing):
            sa.event.listen(engine.sync_engine, "connect", self._prepare)
            sa.event.listen(engine.sync_engine, "before_cursor_execute", self._look)

    def _prepare(self, connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(_WALLED, (COLUMN,))
        found: list[tuple[str, str]] = cursor.fetchall()
        cursor.close()
        reach = record.info[_REACH] = _Reach()
        reach.names = tuple(name for name, _kind in found)
        connection.create_function(_FUNCTION, 1, reach.holds)
        script = ";".join(_draw(name, kind) for name, kind in found)
        connection.run_async(lambda driver: driver.executescript(script))

    def _look(
        self,
        connection: sa.Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,  # noqa: FBT001  # SQLAlchemy's signature.
    ) -> None:
        reach: _Reach = connection.info[_REACH]
        reach.tell(connection.info.get(SETTING))
        if not reach.is_bound or executemany or not _is_select(statement, context):
            return
        walled = self._rewrite(statement, reach.names)
        if walled is None:
            return
        for _try in range(_TRIES):
            if _answer(connection, statement, parameters) == _answer(
                connection, walled, parameters
            ):
                return
        self.leaks.append(statement)
        raise ThroughTheWall(statement)

    def _rewrite(self, statement: str, names: tuple[str, ...]) -> str | None:
        """Return the statement over the views within the wall; None when it names no such table."""
        if statement not in self._rewritten:
            pattern = rf"(?<![\w.])({'|'.join(names)})(?!\w)"
            changed = re.sub(pattern, rf"{_PREFIX}\1", statement)
            self._rewritten[statement] = None if changed == statement else changed
        return self._rewritten[statement]


def _is_select(statement: str, context: Any) -> bool:
    compiled = getattr(context, "compiled", None)
    selects = compiled is not None and getattr(compiled.statement, "is_select", False)
    return selects or statement.lstrip()[:6].upper() == "SELECT"


def _answer(connection: sa.Connection, statement: str, parameters: Any) -> Counter[Any]:
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, parameters)
        return Counter(tuple(row) for row in cursor.fetchall())
    finally:
        cursor.close()


def _draw(name: str, kind: str) -> str:
    """Return the SQL for a table's or view's rows within the wall, and against writing beyond."""
    rows = f"SELECT * FROM main.{name} WHERE {_FUNCTION}({COLUMN})"  # noqa: S608  # Names of ours.
    view = f"CREATE TEMP VIEW {_PREFIX}{name} AS {rows}"
    if kind == "view":
        return view
    kinds = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}
    triggers = (
        f"CREATE TEMP TRIGGER {_PREFIX}{name}_{change.lower()} BEFORE {change} ON main.{name} WHEN "
        + " OR ".join(f"NOT {_FUNCTION}({row}.{COLUMN})" for row in changed)
        + f" BEGIN SELECT RAISE(ABORT, '{name}: a row beyond the wall'); END"
        for change, changed in kinds.items()
    )
    return ";".join((view, *triggers))
