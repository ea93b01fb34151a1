"""The API of the administration, and its pages."""

from tests.api_and_pages.shapes import WORDED, Pair
from workspace.places import find_plugins

IMPORT = {"import_id": "imp"}
PAIRS = (
    Pair("/administration/attention", ("/administration",)),
    Pair("/administration/places", ("/administration/places", "/administration")),
    Pair(
        "/administration/places/{place_id}/features",
        (
            "/administration/places/{place_id}",
            *(f"/administration/places/{{place_id}}/{name}" for name in find_plugins()),
        ),
        {
            "name": "a setting's name for programs; people read its title",
            "expected": "the field on the form takes nothing else",
            "why": "of what nobody has set the page says nothing",
        },
        kinds={"place_id": "ins"},
    ),
    Pair(
        "/administration/rights/{place_id}/roles",
        ("/administration/rights/{place_id}",),
        kinds={"place_id": "ins"},
    ),
    Pair(
        "/administration/rights/{place_id}/roles/{role}",
        ("/administration/rights/{place_id}/{role}",),
        kinds={"place_id": "ins"},
    ),
    Pair(
        "/administration/rights/people/{profile_id}",
        ("/administration/why/{profile_id}",),
        kinds={"profile_id": "pro"},
    ),
    Pair("/administration/health", ("/administration/health",)),
    Pair(
        "/administration/imports",
        ("/administration/imports",),
        opens="/administration/imports/{id}",
    ),
    Pair(
        "/administration/imports/{import_id}",
        ("/administration/imports/{import_id}",),
        kinds=IMPORT,
    ),
    Pair(
        "/administration/imports/{import_id}/rows",
        ("/administration/imports/{import_id}",),
        kinds=IMPORT,
    ),
)
WORDS = {"kind": WORDED, "state": WORDED, "mode": WORDED, "by": WORDED, "left_to": WORDED}
