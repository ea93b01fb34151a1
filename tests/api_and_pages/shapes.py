"""How a plugin says which page tells a person what an answer of its API tells a program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Pair(NamedTuple):
    """An address of the API and the pages that show the same to the same person."""

    api: str
    """As the API's description has it, below ``/api/v1``: ``/messages/threads/{thread_id}``."""
    pages: tuple[str, ...]
    """With the same ids; one of them shows each of the answer's texts."""
    unspoken: Mapping[str, str] = {}
    """Members whose texts are on no page as they are, and how the page says them instead."""
    opens: str = ""
    """The page that each item of a list opens, with its ``{id}``; it may say what the list cuts."""
    kinds: Mapping[str, str] = {}
    """Of which kind the ids are, by name: ``{"thread_id": "thr"}``."""
    fixed: Mapping[str, str] = {}
    """Further parts of the address, which are no ids: ``{"role": "guardian"}``."""


class Flag(NamedTuple):
    """By which words or marks (regular expressions) a page says what is true or false in an answer.

    Without ``no`` a page says that something is false by saying it of nothing.
    """

    yes: str
    no: str = ""


CUT = "the first words of what the page shows whole"
"""Why an excerpt is not on the page as it is."""
RIGHTS = "the page has a button for each, and none for what one may not"
"""Why the actions that one may take are not on the page by name."""
WORDED = "a word of the API's own, for which the page has one in the reader's language"
"""Why an enumeration is not on the page as it is."""
