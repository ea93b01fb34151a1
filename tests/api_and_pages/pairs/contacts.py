"""The API of contacts, and its pages."""

from tests.api_and_pages.shapes import WORDED, Pair

PAIRS = (
    Pair("/contacts/groups", ("/contacts",)),
    Pair(
        "/contacts/groups/{group_id}",
        ("/contacts/{group_id}", "/contacts/{group_id}?show=guardian"),
        kinds={"group_id": "grp"},
    ),
    Pair(
        "/contacts/people/{person_id}",
        ("/contacts/people/{person_id}",),
        kinds={"person_id": "pro"},
    ),
    Pair("/contacts/sharing", ("/contacts/sharing",)),
)
WORDS = {"kind": WORDED, "role": WORDED, "reach": WORDED}
