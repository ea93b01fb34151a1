"""The kernel's own pages."""

from __future__ import annotations

from tests.browser.conversations import PRACTICE, READING
from tests.browser.pages.messages import NEWS
from tests.browser.pages.shapes import NOBODY, ROLES, Page, Visit

PAGES = (
    Page(
        "/",
        (
            Visit("guardian", "/", "Hej Anne", NEWS),
            Visit("pupil", "/", "Hej Alma", READING),
            Visit("teacher", "/", "Hej Mette", READING),
            Visit("external", "/", "Hej Viggo", PRACTICE),
        ),
    ),
    Page(
        "/profile",
        (
            Visit("guardian", "/profile", "Profil", "Solstrålen"),
            Visit("pupil", "/profile", "Profil", "Alma Skov"),
            Visit("teacher", "/profile", "Profil", "Mette Holm"),
            Visit("external", "/profile", "Profil", "Viggo Krog"),
        ),
    ),
    Page(
        "/profile/looks",
        (
            Visit("guardian", "/profile/looks", "Hvem har kigget", "fortroligt"),
            Visit("pupil", "/profile/looks", "Hvem har kigget", "fortroligt"),
            Visit("teacher", "/profile/looks", "Hvem har kigget", "fortroligt"),
            Visit("external", "/profile/looks", "Hvem har kigget", "fortroligt"),
        ),
    ),
    Page(
        "/profile/devices",
        tuple(
            Visit(role, "/profile/devices", "Her er du logget ind", "Denne enhed") for role in ROLES
        ),
    ),
    Page(
        "/see-as/{profile_id}",
        (Visit("leader", "/see-as/{henrik}", "Log ind med to faktorer", "er følsomt"),),
        401,
    ),
    Page("/tablet", (Visit(NOBODY, "/tablet", "Par denne enhed", "Kode"),)),
    Page(
        "/tablet/{profile_id}", (Visit(NOBODY, "/tablet/pro_" + 32 * "0", "findes ikke", ""),), 404
    ),
    Page("/shared-devices", (Visit("admin", "/shared-devices", "Fælles enheder", "Par en enhed"),)),
    Page(
        "/profile/pin",
        (Visit("teacher", "/profile/pin", "Log ind med to faktorer", "er følsomt"),),
        401,
    ),
    Page(
        "/profile/data",
        (
            Visit("guardian", "/profile/data", "Dine data", "forældremyndighed"),
            Visit("pupil", "/profile/data", "Dine data", "forældremyndighed"),
            Visit("teacher", "/profile/data", "Dine data", "forældremyndighed"),
            Visit("external", "/profile/data", "Dine data", "forældremyndighed"),
        ),
    ),
    Page(
        "/profile/requests",
        (Visit("admin", "/profile/requests", "Anmodninger om data", "godkender"),),
    ),
    Page(
        "/profile/keys",
        (
            Visit("guardian", "/profile/keys", "Adgangsnøgler", "Lav en nøgle"),
            Visit("teacher", "/profile/keys", "Adgangsnøgler", "Lav en nøgle"),
        ),
    ),
    Page("/sign-in", (Visit(NOBODY, "/sign-in", "Log ind", "Unilogin"),)),
    Page("/sign-in/{broker}", (Visit(NOBODY, "/sign-in/test", "Log ind", "Unilogin"),)),
    Page("/sign-in/callback", (Visit(NOBODY, "/sign-in/callback", "Log ind", "forfra"),), 400),
    Page(
        "/role",
        tuple(Visit(role, "/role", "Hvilken rolle vil du bruge?", "Nordskolen") for role in ROLES),
    ),
    Page("/offline", (Visit(NOBODY, "/offline", "Ingen forbindelse", "net"),)),
    Page(
        "/{path}",
        (
            Visit(NOBODY, "/no/such/page", "findes ikke", "overblikket"),
            *(Visit(role, "/no/such/page", "findes ikke", "overblikket") for role in ROLES),
        ),
        404,
    ),
)

NO_PAGES = {
    "/overview/{plugin}/{name}": "a box of the overview by itself, for its refresh",
    "/badges/{plugin}/{name}": "a number of the navigation by itself, for its refresh",
    "/live": "a stream of topics",
    "/profile/session": "how long the session lasts, for the warning",
    "/files/{file_id}": "an uploaded file",
    "/files/{file_id}/{size}": "an uploaded picture, smaller",
    "/looks/{name}": "a municipality's logo",
    "/health": "whether the site works, for programs",
    "/sw.js": "the service worker",
    "/.well-known/jwks.json": "keys for programs",
    "/sign-in/{broker}/ended": "what a broker says of its sessions; it leads on",
    "/sign-in/{broker}/metadata": "what identity providers read of us",
    "/static/{file_path}": "files that pages load",
    "/static/licences/{file_path}": "the licences of what lies beside them",
    "/step-up": "it leads to the log-in broker",
    "/step-up/kept/{typed_id}": "a form that waited; tests/identity opens it",
}
