"""The results as a table for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.results import Figure, Result

AIMED_AT_MS = 0.063
"""What a bare handler costs where the aims of processor time were set."""


def _number(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _aim(at_most: float | None, result: Result) -> float | None:
    """Return an aim as it is here and now: where a bare handler costs more in the same run, it is
    as many times what was said; where that costs less, it is what was said.
    """
    if at_most is None or not result.bare_ms:
        return at_most
    return at_most * max(1.0, result.bare_ms / AIMED_AT_MS)


def _ratio(value: float | None, floor: float | None) -> str:
    return "-" if value is None or not floor else f"{value / floor:.1f}"


_COLUMNS: tuple[tuple[str, int, Callable[[Result], str]], ...] = (
    ("flow", -14, lambda result: result.flow),
    ("database", -11, lambda result: result.database),
    ("people", 7, lambda result: str(result.people)),
    ("cpu ms", 8, lambda result: _number(result.cpu_ms, 2)),
    ("aim", 6, lambda result: _number(_aim(result.cpu_at_most, result), 1)),
    ("in db", 7, lambda result: _number(result.database_ms or None, 2)),
    ("bare", 6, lambda result: _number(result.bare_ms, 2)),
    ("x bare", 7, lambda result: _ratio(result.cpu_ms, result.bare_ms)),
    ("x driver", 9, lambda result: _ratio(result.cpu_ms, result.driver_ms)),
    ("x small", 8, lambda result: _number(result.growth, 2)),
    ("SQL", 4, lambda result: _number(result.statements)),
    ("req/s", 6, lambda result: _number(result.per_second)),
    ("aim", 5, lambda result: _number(result.per_second_at_least)),
    ("p50", 7, lambda result: _number(result.p50, 1)),
    ("p95", 7, lambda result: _number(result.p95, 1)),
    ("p99", 7, lambda result: _number(result.p99, 1)),
    ("bytes", 6, lambda result: _number(result.bytes)),
)


def as_table(results: Sequence[Result]) -> list[str]:
    """Return the lines; times are milliseconds, and ``-`` is what was not measured."""
    lines = ["".join(_cell(name, width) for name, width, _show in _COLUMNS).rstrip()]
    for result in results:
        lines.append("".join(_cell(show(result), width) for _name, width, show in _COLUMNS))
        lines += [f"    {_tell(figure, result)}" for figure in result.figures]
    return lines


def _cell(text: str, width: int) -> str:
    return text.ljust(-width) if width < 0 else text.rjust(width)


def _tell(figure: Figure, result: Result) -> str:
    at_most = _aim(figure.at_most, result) if figure.unit == "ms" else figure.at_most
    aim = "" if at_most is None else f" (aim {at_most:.3g})"
    return f"{figure.name}: {figure.value:.2f} {figure.unit}{aim}"
