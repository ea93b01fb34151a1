"""Danish order and matching of names: keys that are stored beside the name (rule 16).

Databases disagree about Danish collation, so both keys are computed here: order by ``sort_key``,
search with ``search_key LIKE`` a folded prefix.
"""

import re
import unicodedata

_DANISH = str.maketrans({"æ": "{a", "ø": "{b", "å": "{c", "ä": "{a", "ö": "{b", "ü": "y"})
_FOLDED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "y"})

_DIGITS = re.compile(r"\d+")
_WIDTH = 4


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def sort_key(text: str) -> str:
    """Return a key whose plain byte order is Danish order: æ, ø, å after z, and aa as å."""
    return _plain(_composed(text).replace("aa", "å").translate(_DANISH))


def natural_sort_key(text: str) -> str:
    """Return the sort key of a group's name, in which 3.A comes before 10.A.

    Groups are stored with this key: whoever looks one up by the beginning of its name makes the
    key of what was typed in the same way.
    """
    return sort_key(_DIGITS.sub(lambda number: number[0].zfill(_WIDTH), text))


def search_key(text: str) -> str:
    """Return the text folded for matching, so that "aase", "Åse" and "AASE" meet."""
    return _plain(_composed(text).translate(_FOLDED))
