"""The API of contacts, and its pages."""

from tests.api_and_pages.shapes import RIGHTS, WORDED, Flag, Pair

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
WORDS = {"may_set_contact_parents": RIGHTS, "kind": WORDED, "role": WORDED, "reach": WORDED}
FLAGS = {
    "is_contact_parent": Flag("Contact parent<"),
    "is_me": Flag("My contact data", "Contact data of"),
    "may_choose": Flag("Share with", "old enough to decide this alone"),
    "is_mine": Flag("My groups"),
}
"""How the pages show what is true or false."""
