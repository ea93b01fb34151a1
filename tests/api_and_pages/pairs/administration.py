"""The API of the administration, and its pages."""

from tests.api_and_pages.shapes import RIGHTS, WORDED, Flag, Pair
from workspace.places import find_plugins

IMPORT = {"import_id": "imp"}
_PLACE = {"municipality_id": "mun"}
_HERE = "/administration/retention/{municipality_id}"
SAMPLE = {"sample_id": "smp"}
MONTHS = {"first_month": WORDED, "last_month": WORDED}
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
            "options": "values for programs; the form shows their titles",
            "value": "a value for programs; the page shows its title",
            "value_titles": "the form shows all; whoever may not set it reads the one in force",
        },
        kinds={"place_id": "ins"},
    ),
    Pair(
        "/administration/rights/{place_id}/roles",
        ("/administration/rights/{place_id}",),
        {
            "is_own": "the page has a badge",
            "is_ours": "the page of the role has a button to remove it",
        },
        kinds={"place_id": "ins"},
    ),
    Pair(
        "/administration/rights/{place_id}/roles/{role}",
        ("/administration/rights/{place_id}/{role}",),
        {
            "action": "an action's name for programs; people read its title",
            "plugin": "a plugin's name for programs; people read its title",
            "source": WORDED,
            "decided": WORDED,
            "chosen": WORDED,
            "sentence": "stands behind the action, with a colon",
            "is_own": "the list of roles says so",
            "is_ours": "the page has a button to remove it",
            "is_open": "the page has a field",
        },
        kinds={"place_id": "ins"},
        fixed={"role": "employee"},
    ),
    Pair(
        "/administration/rights/people/{profile_id}",
        ("/administration/why/{profile_id}",),
        {
            "source": WORDED,
            "plugin": "a plugin's name for programs; people read its title",
            "allowed": "the page has a badge for each action",
            "action": "an action's name for programs; people read its title",
        },
        kinds={"profile_id": "pro"},
    ),
    Pair(
        "/administration/rights/people/{profile_id}/given",
        ("/administration/people/{profile_id}",),
        {
            "key": "a role's key for programs; people read its title",
            "action": "an action's name for programs; people read its title",
            "relation": "a relation's name for programs; people read its sentence",
            "sentence": "stands behind the action, with a colon",
            "decided": WORDED,
        },
        kinds={"profile_id": "pro"},
    ),
    Pair(
        "/administration/rights/people/{profile_id}/moving",
        ("/administration/people/{profile_id}/moving",),
        {
            "kinds": WORDED,
            "kind": WORDED,
            "held_as": WORDED,
            "decided": WORDED,
            "valid_from": "the person's page says from when",
            "valid_to": "the person's page says until when",
        },
        kinds={"profile_id": "pro"},
    ),
    Pair(
        "/administration/rights/{place_id}/channels",
        ("/administration/channels/{place_id}",),
        {
            "sender": WORDED,
            "recipient": WORDED,
            "is_closed": "the page has a box that is ticked or not",
            "closed_here": "the page has a box, or says that the municipality has closed it",
        },
        kinds={"place_id": "ins"},
    ),
    Pair(
        "/administration/ages/{place_id}",
        ("/administration/ages/{place_id}",),
        {
            "consent_here": "the page has it chosen in the list",
            "secure_area_here": "the page has it chosen in the list",
        },
        kinds={"place_id": "ins"},
    ),
    Pair("/administration/health", ("/administration/health",)),
    Pair("/administration/support", ("/administration/support",)),
    Pair(
        "/administration/break-glass",
        ("/administration/break-glass",),
        {
            "is_mine": "the page has a button to read",
            "may_decide": RIGHTS,
            "is_protected": "the page says so while it waits",
        },
    ),
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
    Pair(
        f"{_HERE}/policies",
        (_HERE, f"{_HERE}/policies/posts.posts"),
        {
            "subject": "a kind's name for programs; people read its title",
            "months": "said in years where these are whole",
            "default": "the hint of each kind's own form",
            "least": "the hint of each kind's own form",
            "most": "the hint of each kind's own form",
        },
        kinds=_PLACE,
    ),
    Pair(f"{_HERE}/freezes", (_HERE,), kinds=_PLACE),
    Pair(
        f"{_HERE}/runs",
        (_HERE,),
        opens="/administration/retention/runs/{id}",
        kinds=_PLACE,
    ),
    Pair(
        "/administration/retention-runs/{run_id}",
        ("/administration/retention/runs/{run_id}",),
        {
            "subject": "a kind's name for programs; people read its title",
            "deleted": "said when it has begun",
            "preserved": "said when it has begun",
            "spared": "said when it has begun",
            "failed": "said when there are some",
        },
        kinds={"run_id": "rtr"},
    ),
    Pair(
        "/administration/samples",
        ("/administration/samples",),
        MONTHS | {"municipality": "the list is of the places that one goes through"},
        opens="/administration/samples/{id}",
    ),
    Pair(
        "/administration/samples/{sample_id}",
        ("/administration/samples/{sample_id}",),
        MONTHS,
        kinds=SAMPLE,
    ),
    Pair(
        "/administration/samples/{sample_id}/entries",
        ("/administration/samples/{sample_id}",),
        {
            "role": WORDED,
            "drawn_as": WORDED,
            "signals": WORDED,
            "verdict": WORDED,
            "is_protected": "the page says so instead of the name",
        },
        kinds=SAMPLE,
    ),
    Pair(
        "/administration/samples/{sample_id}/report",
        ("/administration/samples/{sample_id}/report",),
        MONTHS
        | {
            "role": WORDED,
            "drawn_as": WORDED,
            "signal": WORDED,
            "verdict": WORDED,
            "is_intact": "the page says it when it is not",
        },
        kinds=SAMPLE,
    ),
)
WORDS = {
    "may_release": RIGHTS,
    "kind": WORDED,
    "state": WORDED,
    "mode": WORDED,
    "by": WORDED,
    "left_to": WORDED,
}
FLAGS = {
    "preserves": Flag("is archived first|is archived before"),
    "from_login": Flag("omes with the log-in"),
    "is_extra": Flag("drawn beside the plan"),
    "is_own": Flag("You did this yourself"),
    "is_well": Flag("All is well|Carried out"),
    "is_municipality": Flag("For all institutions|Other places|Deletion rules"),
    "is_on": Flag(">On<|>On ", ">Off<|>Off "),
    "is_open": Flag("Switch|Change", "Locked"),
    "is_chosen": Flag("Chosen here"),
    "value": Flag(r"\bYes\b|checked", r"\bNo\b|checkbox"),
}
"""How the pages show what is true or false."""
