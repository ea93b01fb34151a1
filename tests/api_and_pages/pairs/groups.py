"""The API of groups, and its pages."""

from tests.api_and_pages.shapes import RIGHTS, WORDED, Flag, Pair

GROUP = {"group_id": "grp"}
PAIRS = (
    Pair("/groups", ("/groups", "/groups/all")),
    Pair(
        "/groups/{group_id}",
        ("/groups/{group_id}",),
        {
            "show_members": "the page shows the members, or does not",
            "across": "a choice on the form of the group, which says nothing of anybody",
        },
        kinds=GROUP,
    ),
    Pair("/groups/{group_id}/members", ("/groups/{group_id}",), kinds=GROUP),
    Pair("/groups/applications", ("/groups/applications",)),
    Pair(
        "/groups/templates",
        ("/groups/templates", "/groups/new"),
        unspoken={"description": "whoever chooses the template reads it as the new group's own"},
    ),
    Pair("/groups/templates/rights", ("/groups/templates",)),
    Pair("/groups/roll", ("/groups/roll",)),
)
WORDS = {
    "kind": WORDED,
    "kinds": WORDED,
    "may": RIGHTS,
    "access": WORDED,
    "right": WORDED,
    "decided": WORDED,
}
FLAGS = {
    "made_here": Flag("Made here"),
    "show_members": Flag("Members can see who is in the group"),
    "is_given": Flag("As elsewhere: yes", "As elsewhere: no"),
    "is_open": Flag('name="right-', "You cannot give this yourself"),
}
"""How the pages show what is true or false."""
