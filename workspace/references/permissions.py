"""``permissions.md``: what can be allowed, and who holds it from the start."""

from __future__ import annotations

from collections import defaultdict

from aula_platform.permissions import Catalogue
from aula_sdk.permissions import NO_RELATION
from workspace.references.site import Site
from workspace.references.tables import code, make_page, make_table

_INTRO = (
    "A right is held through a relation to an object, or through none. These are the defaults; a "
    "municipality and its institutions may give and take ([architecture](../architecture.md)). "
    "The Danish titles are what administrators read. *2F*: only in a session with two factors."
)


def make_permissions(site: Site) -> str:
    """Return the page."""
    catalogue: Catalogue = site.catalogue
    resources = [
        (
            code(one.name),
            one.title,
            code(f"{one.kind.prefix}_…"),
            "; ".join(f"{code(each.name)} {each.sentence}" for each in one.relations),
        )
        for _name, one in sorted(catalogue.resources.items())
    ]
    holders = _holders(catalogue)
    actions = [
        (
            code(one.name),
            one.title,
            code(one.resource),
            "; ".join(holders[one.name]),
            "sensitive" if one.sensitive else "",
        )
        for _name, one in sorted(catalogue.actions.items())
    ]
    return make_page(
        "Permissions",
        _INTRO,
        "## Actions",
        make_table(("action", "Danish title", "about", "held by", ""), actions),
        "## Resources and relations",
        make_table(("resource", "Danish title", "ids", "relations"), resources),
    )


def _holders(catalogue: Catalogue) -> dict[str, list[str]]:
    by_action: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for role, defaults in sorted(catalogue.defaults.items()):
        for one in defaults:
            how = "" if one.relation == NO_RELATION else f" ({one.relation})"
            by_action[one.action][how + (" *2F*" if one.step_up else "")].append(role)
    return defaultdict(
        list,
        {
            action: [f"{', '.join(sorted(set(roles)))}{how}" for how, roles in sorted(ways.items())]
            for action, ways in by_action.items()
        },
    )
