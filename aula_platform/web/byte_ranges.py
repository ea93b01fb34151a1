"""Parts of a file: the Range header, of which one range is answered (RFC 9110, 14)."""

import re

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
_LONGEST = 40


class RangeNotSatisfiable(Exception):
    """The file is shorter than the range's beginning."""


def find_span(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (from, up to) of the range that is asked for; None when the whole file is.

    What is no single range of bytes is answered by the whole file, as the standard allows.
    """
    found = _RANGE.fullmatch(header.strip()) if header and len(header) < _LONGEST else None
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        length = int(found[2])
        if not length:
            raise RangeNotSatisfiable
        return max(size - length, 0), size
    first = int(found[1])
    last = min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable
    return first, last
