"""The pages of contacts, over choices that the cast has made."""

from __future__ import annotations

from aula_platform.testing import RunningSite
from aula_sdk.ids import GROUP, PROFILE
from plugins.contacts.tests.school import register_contact_data
from tests.browser.pages.shapes import Page, Visit
from tests.browser.served_site import ServedSite

API = "/api/v1/contacts"

PAGES = (
    Page(
        "/contacts",
        (
            Visit("guardian", "/contacts", "Kontakter", "Dagny Skov"),
            Visit("pupil", "/contacts", "Kontakter", "3.A"),
            Visit("teacher", "/contacts", "Kontakter", "Andre grupper, hvor du arbejder"),
        ),
    ),
    Page(
        "/contacts/{group_id}",
        (
            Visit("guardian", "/contacts/{class_3a}", "3.A", "Ikke delt med dig"),
            Visit("guardian", "/contacts/{class_3a}?show=contact_parents", "3.A", "Line Berg"),
            Visit("pupil", "/contacts/{class_3a}", "3.A", "Line Berg"),
            Visit("teacher", "/contacts/{class_3a}?show=guardians", "3.A", "Peter Vang"),
            Visit("teacher", "/contacts/{class_3a}?show=employees", "3.A", "Mette Holm"),
        ),
    ),
    Page(
        "/contacts/{group_id}/print",
        (
            Visit("guardian", "/contacts/{class_3a}/print", "3.A: Børn", "Line Berg"),
            Visit("pupil", "/contacts/{class_3a}/print", "3.A: Børn", "Line Berg"),
            Visit("teacher", "/contacts/{class_3a}/print?show=guardians", "3.A", "Peter Vang"),
        ),
    ),
    Page(
        "/contacts/{group_id}/contact-parents",
        (
            Visit(
                "teacher",
                "/contacts/{class_3a}/contact-parents",
                "Kontaktforældre i 3.A",
                "Peter Vang",
            ),
        ),
    ),
    Page(
        "/contacts/people/{person_id}",
        (
            Visit("guardian", "/contacts/people/{line}", "Line Berg", "mobile-of-other_guardian"),
            Visit("pupil", "/contacts/people/{line}", "Line Berg", "Bo Berg"),
            Visit("teacher", "/contacts/people/{line}", "Line Berg", "Mor til barnet"),
        ),
    ),
    Page(
        "/contacts/sharing",
        (
            Visit(
                "guardian",
                "/contacts/sharing",
                "Hvem ser mine kontaktoplysninger",
                "Kontaktoplysninger for Alma Skov",
            ),
            Visit(
                "pupil",
                "/contacts/sharing",
                "Hvem ser mine kontaktoplysninger",
                "Intet at vælge endnu",
            ),
        ),
    ),
)

NO_PAGES: dict[str, str] = {}


def fill(site: ServedSite) -> dict[str, str]:
    """Let Line Berg share and be a contact parent; return the ids that addresses name."""
    site.run(register_contact_data(RunningSite(site.app), site.people))
    line = PROFILE.format(site.people.other_guardian.profile_id)
    class_3a = GROUP.format(site.people.groups["3.A"])
    choice = {"audience": "class"}
    parents = {"parents": [line]}
    with site.client(site.people.other_guardian) as client:
        assert client.put(f"{API}/sharing/{line}", json=choice).is_success
    with site.client(site.people.teacher) as client:
        path = f"{API}/groups/{class_3a}/contact-parents"
        assert client.put(path, json=parents).is_success
    return {"class_3a": class_3a, "line": line}
