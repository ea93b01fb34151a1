"""Whatever is typed into a page's form: a page that says what is wrong, never a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.bad_input.forms import Form, collect_forms, pattern_of
from tests.bad_input.test_api import LONG, PARTS, WITHOUT_API
from tests.bad_input.wild_site import ROLES, WildSite
from tests.bad_input.wild_values import wild_words

pytestmark = pytest.mark.xdist_group("bad_input")
EXAMPLES = 300 if LONG else 6
_FORM = "application/x-www-form-urlencoded"
_UNTRIED = {
    "/sign-out",
    "/profile/devices/{session_id:str}/end",
    "/profile/devices/end-all",
    "/profile/devices/end-others",
    "/administration/support/people/{profile_id:str}/log-out",
    "/role",
    "/tablet/leave",
    "/{path:path}",
}
"""Who is signed out asks nothing more; the other two read nothing of what is sent."""


def list_routes(site: WildSite, part: str) -> Iterator[str]:
    """Yield the addresses at which a part of the site takes forms."""
    for route in site.running.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            is_page = "POST" in handler.http_methods and not route.path.startswith("/api")
            if is_page and handler.opt.get("plugin", "") == part and route.path not in _UNTRIED:
                yield route.path


@pytest.fixture(scope="session")
def forms(wild: WildSite) -> list[Form]:
    """Every form that somebody can walk to, as it stands before anything wild was sent."""
    return collect_forms(wild)


def address(path: str, site: WildSite, random: Random) -> str:
    """Return an address of the route with ids of what there is, or of nothing."""
    known = [one for ids in site.ids.values() for one in ids] + ["pro_" + "0" * 32, "x", "%00"]
    return re.sub(r"\{[^}]*\}", lambda _found: random.choice(known), path)


def try_route(site: WildSite, path: str, forms: list[Form], names: list[str]) -> None:
    """Send one address many forms: those of its pages with some fields changed, and others."""
    fitting = [form for form in forms if pattern_of(path).fullmatch(form.action)]
    fields = sorted({name for form in fitting for name, _value in form.fields}) or names

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(fitting) if fitting else st.none(),
        st.sampled_from(ROLES),
        st.lists(st.tuples(st.sampled_from(fields), wild_words), min_size=1, max_size=4),
        st.sampled_from(["urlencoded", "urlencoded", "multipart"]),
        st.randoms(use_true_random=False),
    )
    def wild(
        form: Form | None, role: str, wrong: list[tuple[str, str]], kind: str, random: Random
    ) -> None:
        base = Form(role, address(path, site, random), ()) if form is None else form
        changed = dict(wrong)
        sent = [(name, value) for name, value in base.fields if name not in changed] + wrong
        if kind == "multipart":
            parts = [(name, (None, value.encode(errors="surrogatepass"))) for name, value in sent]
            site.send(base.role, "POST", base.action, files=parts)
        else:
            content = urlencode(sent, errors="surrogatepass")
            headers = {"Content-Type": _FORM}
            site.send(base.role, "POST", base.action, content=content, headers=headers)

    wild()


@pytest.mark.parametrize("part", [part for part in PARTS if part not in WITHOUT_API])
def test_no_form_is_answered_as_a_fault(
    wild: WildSite, forms: list[Form], subtests: pytest.Subtests, part: str
) -> None:
    """No 5xx and no error in the log, whatever is in a form's fields."""
    routes = list(list_routes(wild, part))
    assert routes
    names = sorted({name for form in forms for name, _value in form.fields})
    assert len(names) > len(PARTS)
    for path in routes:
        with subtests.test(path):
            try_route(wild, path, forms, names)
