"""The results as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results import Result

_COLUMNS = (
    ("flow", "", 16),
    ("database", "", 11),
    ("people", "", 8),
    ("cpu ms", "aim", 9),
    ("aim", "", 6),
    ("× bare", "", 7),
    ("× driver", "", 9),
    ("SQL", "", 5),
    ("req/s", "", 7),
    ("p50", "", 7),
    ("p95", "", 7),
    ("p99", "", 7),
    ("bytes", "", 7),
    ("× small", "", 8),
)


def as_table(results: Sequence[Result]) -> list[str]:
    """Return the lines; times are milliseconds, and ``-`` is what was not measured."""
    lines = ["".join(name.rjust(width) if at else name.ljust(width) for at, (name, _x, width) in enumerate(_COLUMNS))]
    for result in results:
        cells = [
            result.flow,
            result.database,
            str(result.people),
            _number(result.cpu_ms, 2),
            _number(result.cpu_at_most, 1),
            _ratio(result.cpu_ms, result.bare_ms),
            _ratio(result.cpu_ms, result.driver_ms),
            _number(result.statements, 0),
            _number(result.per_second, 0),
            _number(result.p50, 1),
            _number(result.p95, 1),
            _number(result.p99, 1),
            _number(result.bytes, 0),
            _number(result.growth, 2),
        ]
        lines.append("".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, (_n, _x, width)) in enumerate(zip(cells, _COLUMNS, strict=True))))
        lines += [f"    {figure.name}: {figure.value:.2f} {figure.unit}" + (f" (aim {figure.at_most:g})" if figure.at_most else "") for figure in result.figures]
    return lines


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _ratio(value: float | None, floor: float | None) -> str:
    return "-" if value is None or not floor else f"{value / floor:.1f}"
