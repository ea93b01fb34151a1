"""The pages of the administration, over choices, imports and a parked stream."""

from __future__ import annotations

from typing import Any

from aula_platform.testing import RunningSite
from aula_sdk.ids import INSTITUTION, MUNICIPALITY, PROFILE
from aula_sdk.imports import IMPORT
from tests.administration.office import appoint, park, plant_import
from tests.browser.pages.shapes import Page, Visit
from tests.browser.served_site import ServedSite

API = "/api/v1/administration"

PAGES: tuple[Page, ...] = (
    Page(
        "/administration",
        (
            Visit("admin", "/administration", "Administration", "hos Nordskolen"),
            Visit("leader", "/administration", "Administration", "Importen fra stil venter"),
        ),
    ),
    Page(
        "/administration/places",
        (Visit("leader", "/administration/places", "Funktioner", "Solstrålen"),),
    ),
    Page(
        "/administration/places/{place_id}",
        (
            Visit("admin", "/administration/places/{school}", "Nordskolen", "Opslag"),
            Visit("leader", "/administration/places/{north}", "Nordby", "valgt af Kirsten Bang"),
        ),
    ),
    Page(
        "/administration/places/{place_id}/{feature}",
        (
            Visit("admin", "/administration/places/{school}/posts", "Opslag", "Hos Nordskolen"),
            Visit("admin", "/administration/places/{school}/groups", "Grupper", "Driften kan"),
            Visit("leader", "/administration/places/{north}/posts", "Opslag", "Tag tilbage"),
            Visit("leader", "/administration/places/{north}/stil", "UNI", "Kan ikke vælges her"),
        ),
    ),
    Page(
        "/administration/break-glass",
        (Visit("leader", "/administration/break-glass", "Særlig adgang", "Barnet er væk"),),
    ),
    Page(
        "/administration/break-glass/people/{profile_id}",
        (
            Visit(
                "leader",
                "/administration/break-glass/people/{henrik}",
                "Log ind med to faktorer",
                "er følsomt",
            ),
        ),
        401,
    ),
    Page(
        "/administration/support",
        (
            Visit("leader", "/administration/support", "Support", "så siden som Henrik Berg"),
            Visit("admin", "/administration/support", "Support", "kan ikke finde klassen"),
        ),
    ),
    Page(
        "/administration/imports",
        (Visit("leader", "/administration/imports", "Importer", "Venter på nogen"),),
    ),
    Page(
        "/administration/imports/{import_id}",
        (
            Visit(
                "leader",
                "/administration/imports/{stopped_import}",
                "Import fra stil",
                "ville miste 40 af 52 personer",
            ),
        ),
    ),
    Page(
        "/administration/health",
        (Visit("leader", "/administration/health", "Er alt i orden?", "Prøv igen"),),
    ),
)

PAGES += (
    Page(
        "/administration/rights",
        (Visit("leader", "/administration/rights", "Rettigheder", "Solstrålen"),),
    ),
    Page(
        "/administration/rights/{place_id}",
        (
            Visit("leader", "/administration/rights/{north}", "Rettigheder", "Forældre og værger"),
            Visit("admin", "/administration/rights/{school}", "Rettigheder", "Lav rollen"),
        ),
    ),
    Page(
        "/administration/rights/{place_id}/{role}",
        (
            Visit("leader", "/administration/rights/{north}/guardian", "Forældre og værger", "Gem"),
            Visit("admin", "/administration/rights/{school}/employee", "Medarbejdere", "fra start"),
        ),
    ),
    Page(
        "/administration/why/{profile_id}",
        (Visit("admin", "/administration/why/{teacher}", "Mette Holm", "givet fra start"),),
    ),
)

PAGES += (
    Page(
        "/administration/people/{profile_id}",
        (
            Visit("leader", "/administration/people/{teacher}", "Mette Holm", "Giv en rolle"),
            Visit("admin", "/administration/people/{deputy}", "Jonas Friis", "handler for"),
        ),
    ),
)

PAGES += (
    Page(
        "/administration/people/{profile_id}/moving",
        (
            Visit("leader", "/administration/people/{deputy}/moving", "Når nogen", "Efterfølger"),
            Visit("admin", "/administration/people/{henrik}/moving", "Når nogen", "der kan ophøre"),
        ),
    ),
)

PAGES += (
    Page(
        "/administration/channels/{place_id}",
        (
            Visit("leader", "/administration/channels/{north}", "Hvem kan skrive", "Eksterne"),
            Visit("admin", "/administration/channels/{school}", "Hvem kan skrive", "Gem"),
        ),
    ),
    Page(
        "/administration/ages",
        (Visit("leader", "/administration/ages", "Aldersgrænser", "Solstrålen"),),
    ),
    Page(
        "/administration/ages/{place_id}",
        (
            Visit("leader", "/administration/ages/{north}", "Aldersgrænser", "Som fra start"),
            Visit("admin", "/administration/ages/{school}", "Aldersgrænser", "Som kommunen"),
        ),
    ),
)

PAGES += (
    Page(
        "/administration/retention/{municipality_id}",
        (Visit("leader", "/administration/retention/{north}", "Sletteregler", "Rigsarkivet"),),
    ),
    Page(
        "/administration/retention/{municipality_id}/policies/{subject}",
        (
            Visit(
                "leader", "/administration/retention/{north}/policies/posts.posts", "Opslag", "24"
            ),
        ),
    ),
    Page(
        "/administration/retention/runs/{run_id}",
        (Visit("leader", "/administration/retention/runs/{run}", "Sletning", "Planlagt"),),
    ),
    Page(
        "/administration/samples",
        (Visit("leader", "/administration/samples", "Stikprøver af loggen", "Udtræk en mere nu"),),
    ),
    Page(
        "/administration/samples/{sample_id}",
        (
            Visit(
                "leader", "/administration/samples/{sample}", "Stikprøve af loggen",
                "Hvad vurderer du?",
            ),
        ),
    ),
    Page(
        "/administration/samples/{sample_id}/report",
        (
            Visit(
                "leader", "/administration/samples/{sample}/report", "Rapport over en stikprøve",
                "Frø:",
            ),
        ),
    ),
)  # fmt: skip

NO_PAGES: dict[str, str] = {
    "/administration/retention": "of one municipality it leads on to its own page",
    "/administration/samples/{sample_id}/report.csv": "a file for spreadsheets",
}


def fill(site: ServedSite) -> dict[str, str]:
    """Let the leader administer the municipality and choose; return the ids that addresses name."""
    people, running = site.people, RunningSite(site.app)
    north = people.leader.municipality_id
    site.run(appoint(running, people))
    stop: dict[str, Any] = {
        "institution_id": None, "institution": "Nordskolen", "what": "people",
        "leaving": 40, "of": 52,
    }  # fmt: skip
    stopped = site.run(plant_import(running, north, "stopped", errors=23, stops=[stop]))
    site.run(park(running, north))
    place = MUNICIPALITY.format(north)
    teacher = PROFILE.format(people.teacher.profile_id)
    deputy = PROFILE.format(people.colleague.profile_id)
    with site.client(people.leader) as client:
        henrik = PROFILE.format(people.without_access.profile_id)
        why = {"reason": "Henrik kan ikke finde klassen", "minutes": "15"}
        assert client.post(f"/see-as/{henrik}", data=why).status_code == 303
    with site.client(people.leader) as client:
        wish = {"area": "messages", "reason": "Barnet er væk", "hours": 2}
        asked = client.post(f"{API}/break-glass/people/{henrik}", json=wish)
        assert asked.status_code == 201, asked.text
        posts = f"{API}/places/{place}/features/posts"
        choice = {"state": "on", "left_to": "institution"}
        assert client.put(f"{posts}/state", json=choice).is_success
        values = {"values": {"important_days": 10}}
        assert client.patch(f"{posts}/settings", json=values).is_success
        post = {"role": "institution_admin", "deputy_for": PROFILE.format(people.admin.profile_id)}
        given = client.post(f"{API}/rights/people/{deputy}/roles", json=post)
        assert given.status_code == 201, given.text
    with site.client(people.leader) as client:
        rules = f"{API}/retention/{place}"
        assert client.put(f"{rules}/policies/posts.posts", json={"months": 24}).is_success
        case = {"target": teacher, "reason": "Rigsarkivet har bedt om det"}
        assert client.post(f"{rules}/freezes", json=case).is_success
        run = client.post(f"{rules}/runs").json()["id"]
    with site.client(people.teacher) as client:
        # What the teacher reads here stands in the log.
        assert client.get("/api/v1/messages/threads").is_success
        assert client.get("/api/v1/posts").is_success
    with site.client(people.leader) as client:
        drawn = client.post(f"{API}/samples", json={"municipality": place})
        assert drawn.status_code == 201, drawn.text
    return {
        "run": run,
        "sample": drawn.json()["id"],
        "north": place,
        "teacher": teacher,
        "henrik": henrik,
        "deputy": deputy,
        "school": INSTITUTION.format(people.admin.institution_id),
        "stopped_import": IMPORT.format(stopped),
    }
