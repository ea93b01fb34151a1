"""The kernel's own API below the profile, and its pages."""

from tests.api_and_pages.shapes import WORDED, Flag, Pair

PAIRS = (
    Pair("/profile/looks", ("/profile/looks",)),
    Pair("/profile/seen-as", ("/profile/looks",)),
)
WORDS = {"kind": WORDED}
FLAGS: dict[str, Flag] = {}
