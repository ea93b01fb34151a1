"""The pages of groups, over groups that the cast has made."""

from __future__ import annotations

from datetime import timedelta

from aula_sdk.db import utc_now
from aula_sdk.ids import GROUP, PROFILE
from tests.browser.pages.shapes import ROLES, Page, Visit
from tests.browser.served_site import ServedSite

CLUB, COUNCIL, TEMPLATE = "Brætspilsklubben", "Forældrerådet", "Klubber"
SHARED = "Vi spiller hver torsdag"
PLEASE = "Jeg hjælper gerne til"

PAGES = (
    Page("/groups", tuple(Visit(role, "/groups", "Grupper", "3.A") for role in ROLES)),
    Page(
        "/groups/all",
        (
            *(Visit(role, "/groups/all", "Alle grupper", CLUB) for role in ROLES),
            Visit("teacher", "/groups/all?kind=other", "Alle grupper", COUNCIL),
        ),
    ),
    Page("/groups/new", (Visit("teacher", "/groups/new", "Ny gruppe", "Opret gruppen"),)),
    Page(
        "/groups/{group_id}",
        (
            *(Visit(role, "/groups/{club}", CLUB, SHARED) for role in ROLES),
            Visit("guardian", "/groups/{council}", COUNCIL, "Søg om at komme med"),
            Visit("pupil", "/groups/{class_3a}", "3.A", "administrative system"),
        ),
    ),
    Page(
        "/groups/{group_id}/rights",
        tuple(
            Visit(role, "/groups/{club}/rights", "Hvad jeg må her", "kan være med i")
            for role in ROLES
        ),
    ),
    Page(
        "/groups/{group_id}/edit",
        (
            Visit("teacher", "/groups/{club}/edit", "Ret gruppen", SHARED),
            Visit("leader", "/groups/{class_3a}/edit", "Ret gruppen", "administrative system"),
        ),
    ),
    Page(
        "/groups/{group_id}/end",
        (Visit("teacher", "/groups/{club}/end", "Afslut gruppen?", "når " + CLUB),),
    ),
    Page(
        "/groups/{group_id}/people",
        (Visit("teacher", "/groups/{club}/people", "Personer i gruppen", "Elever i 3.A"),),
    ),
    Page(
        "/groups/applications",
        (Visit("teacher", "/groups/applications", "Ansøgninger til grupper", PLEASE),),
    ),
    Page(
        "/groups/templates",
        (Visit("leader", "/groups/templates", "Skabeloner til grupper", TEMPLATE),),
    ),
    Page("/groups/roll", (Visit("leader", "/groups/roll", "Årsrul", "Ingen gruppe skal"),)),
)

NO_PAGES: dict[str, str] = {}


def fill(site: ServedSite) -> dict[str, str]:
    """Let the teacher make a club that everybody can join, and a council one asks to join."""
    people, api = site.people, "/api/v1/groups"
    kinds = ["employee", "guardian", "pupil", "external"]
    last_day = (utc_now() + timedelta(days=60)).date().isoformat()
    with site.client(people.teacher) as client:
        made = []
        for name, access in ((CLUB, "open"), (COUNCIL, "application")):
            body = {"name": name, "description": SHARED, "access": access, "kinds": kinds}
            answer = client.post(api, json=body | {"show_members": True, "ends_on": last_day})
            assert answer.is_success, answer.text
            made.append(answer.json()["id"])
        class_3a = GROUP.format(people.groups["3.A"])
        chosen = [f"{class_3a}:pupil", PROFILE.format(people.teacher.profile_id)]
        answer = client.post(f"{api}/{made[0]}/members", json={"people": chosen})
        assert answer.is_success, answer.text
    with site.client(people.other_guardian) as client:
        who = PROFILE.format(people.other_guardian.profile_id)
        answer = client.post(f"{api}/{made[1]}/join", json={"who": who, "words": PLEASE})
        assert answer.is_success, answer.text
    with site.client(people.leader) as client:
        answer = client.post(f"{api}/templates", json={"name": TEMPLATE, "access": "open"})
        assert answer.is_success, answer.text
    return {"club": made[0], "council": made[1], "class_3a": class_3a}
