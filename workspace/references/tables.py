"""Markdown that is the same each time: tables whose cells hold what they hold on one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = (
    "<!-- Made of the code by `python3 -m workspace references`; a change here is overwritten. -->"
)


def make_page(title: str, intro: str, *parts: str) -> str:
    """Return a page of parts, which are separated by blank lines."""
    return "\n\n".join([f"# {title}", MADE, intro, *parts]) + "\n"


def make_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; a bar in a cell does not end it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: object) -> str:
    # Docstrings mark code by two ticks, Markdown by one.
    return " ".join(str(value).split()).replace("|", "\\|").replace("``", "`")


def code(value: object) -> str:
    """Return the value as it is written in code; nothing for nothing."""
    return f"`{value}`" if str(value) else ""
