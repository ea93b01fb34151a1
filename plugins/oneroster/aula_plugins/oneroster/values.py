"""How cells are read whose form is OneRoster's own: lists, and users' ids elsewhere."""

import re

_USER_ID = re.compile(r"\{([^:{}]*):([^{}]*)\}")


def read_list(text: str) -> list[str]:
    """Return the items of a list cell: separated by commas, blanks around them ignored."""
    return [item for part in text.split(",") if (item := part.strip().strip('"'))]


def read_user_ids(text: str) -> tuple[tuple[str, str], ...]:
    """Return (type, id) pairs of a ``userIds`` cell: ``{type:id},{type:id}``, braces optional."""
    pairs = _USER_ID.findall(text)
    if not pairs:
        pairs = [tuple(item.split(":", 1)) for item in read_list(text) if ":" in item]
    return tuple((kind.strip().casefold(), value.strip()) for kind, value in pairs)
