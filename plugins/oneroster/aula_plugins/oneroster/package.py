"""The parcel in which OneRoster files come, and each of its files as text."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from aula_sdk.stamdata_files import Package

SUFFIX = ".csv"


@contextmanager
def open_text(package: Package, name: str) -> Iterator[IO[str]]:
    """Open a file as text. Bytes that are not UTF-8 come as lone surrogates, not as errors."""
    # newline="" keeps the line ends for the row reader; surrogateescape lets it name the bad row.
    with (
        package.open(name) as raw,
        io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as text,
    ):
        yield text
