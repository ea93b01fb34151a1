"""Names of files: what people gave, made harmless, and as a header can carry it."""

import unicodedata
from collections.abc import Collection
from urllib.parse import quote

from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_LONGEST = 120
_HARMFUL = frozenset('<>:"/\\|?*%')
_DANISH = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "ß": "ss"}
)


def clean_name(given: str, extensions: Collection[str]) -> str:
    """Return the last part of ``given`` without what could mislead people or programs.

    No folders, control marks or marks that turn the reading direction, never hidden, at most 120
    letters, and ending in one of ``extensions`` (the first is added when it does not).
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        letter
        for letter in last
        if letter not in _HARMFUL and unicodedata.category(letter)[0] != "C"
    )
    stem = " ".join(kept.split()).strip(". ") or str(_("file"))
    chosen = next((end for end in extensions if stem.lower().endswith(f".{end}")), "")
    if chosen:
        stem = stem[: -len(chosen) - 1]
    ending = chosen or next(iter(extensions))
    return f"{stem[: _LONGEST - len(ending) - 1].rstrip('. ') or str(_('file'))}.{ending}"


def disposition(name: str, *, inline: bool) -> str:
    """Return a Content-Disposition whose name is right in every language (RFC 6266, RFC 8187)."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_DANISH))
    plain = decomposed.encode("ascii", "ignore").decode()
    fallback = "".join(letter if letter.isalnum() or letter in " ._-" else "_" for letter in plain)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
