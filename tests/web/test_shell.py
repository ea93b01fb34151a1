"""The shell: who gets in, what they meet there, and what everybody's answers carry."""

from contextvars import copy_context
from pathlib import Path

import httpx
import pytest

from aula_platform.web.devices import say_device
from aula_platform.web.templates import make_environment
from aula_sdk.i18n import ngettext_for, use_locale
from aula_sdk.testing.plugin import Browser, People


async def test_nobody_is_sent_to_sign_in_and_back(browser: Browser) -> None:
    """Nobody gets 303 to the sign-in page, which remembers where they were going."""
    client = await browser()
    answer = await client.get("/profile")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fprofile"


@pytest.mark.parametrize(
    ("key", "greeting"),
    [
        ("guardian", "Hello Anne"),
        ("pupil", "Hello Alma"),
        ("teacher", "Hello Mette"),
        ("external", "Hello Viggo"),
        ("stranger", "Hello Ida"),
    ],
)
async def test_every_role_has_an_overview(
    browser: Browser, people: People, key: str, greeting: str
) -> None:
    """The first page greets whoever has signed in by name."""
    client = await browser(getattr(people, key))
    answer = await client.get("/")
    assert answer.status_code == 200
    assert greeting in answer.text


async def test_guardian_sees_own_children_once(browser: Browser, people: People) -> None:
    """ID-11: children with access, by person; siblings at two institutions are two buttons."""
    client = await browser(people.guardian)
    text = (await client.get("/")).text
    assert text.count("?child=per_") == 2
    assert "Alma" in text
    assert "Dagny" in text


async def test_contact_person_without_access_sees_no_child(
    browser: Browser, people: People
) -> None:
    """R7, ID-12: being a contact person alone shows nothing of the child."""
    client = await browser(people.without_access)
    answer = await client.get("/")
    assert answer.status_code == 200
    assert "?child=per_" not in answer.text
    assert "Bo Berg" not in answer.text


async def test_choices_of_look_follow_the_account(browser: Browser, people: People) -> None:
    """Language and colours are kept with the account and hold in its next session."""
    client = await browser(people.guardian)
    for path, form in (("theme", {"theme": "dark"}), ("language", {"locale": "da"})):
        answer = await client.post(f"/profile/{path}", data={**form, "next": "//evil.example"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
    another = await browser(people.guardian)
    text = (await another.get("/")).text
    assert 'data-theme="dark"' in text
    assert 'lang="da"' in text
    assert "Hej Anne" in text


async def test_wrong_choice_is_a_page_that_says_so(browser: Browser, people: People) -> None:
    """A value that no form offers is refused in words, and nothing changes."""
    client = await browser(people.guardian)
    answer = await client.post("/profile/theme", data={"theme": "pink"})
    assert answer.status_code == 422
    assert "There is no such choice of colours" in answer.text


def _assert_defended(answer: httpx.Response) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'nonce-" in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/api/v1/nowhere", "/profile"])
async def test_every_answer_carries_the_defences(
    browser: Browser, people: People, path: str
) -> None:
    """R18: pages, errors and redirects alike say what a browser may load for them."""
    for member in (None, people.teacher):
        client = await browser(member)
        _assert_defended(await client.get(path))


async def test_unknown_address_is_a_problem_to_programs_and_a_page_to_people(
    browser: Browser,
) -> None:
    """RFC 9457 below /api, a page with a way on elsewhere; both 404."""
    client = await browser()
    page = await client.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>This is not here, or not for you</h1>" in page.text
    answer = await client.get("/api/v1/nowhere")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:aula:problem:not-found",
        "title": "This is not here, or not for you",
        "status": 404,
        "code": "not-found",
        "instance": "/api/v1/nowhere",
    }


async def test_the_installed_app_keeps_nothing_about_anybody(
    browser: Browser, people: People
) -> None:
    """A shared device keeps the offline page: it is the same, without token or name, for all."""
    client = await browser(people.guardian)
    page = await client.get("/offline")
    assert page.status_code == 200
    assert "No connection" in page.text
    assert '<meta name="csrf-token" content=""' in page.text
    assert "Anne" not in page.text
    worker = await client.get("/sw.js")
    assert (worker.status_code, worker.headers["cache-control"]) == (200, "no-cache")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "/offline" in worker.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("chrome/linux", "Chrome on Linux"),
        ("samsung/android", "Samsung Internet on Android"),
        ("other/iphone", "iPhone"),
        ("firefox/other", "Firefox"),
        ("other/other", "Unknown device"),
    ],
)
def test_devices_are_named_in_words(kind: str, words: str) -> None:
    """The profile says where one is signed in so that its owner knows the device again."""

    def say() -> str:
        use_locale("en")
        return str(say_device(kind))

    assert copy_context().run(say) == words


@pytest.mark.parametrize(("locale", "told"), [("da", "14.651"), ("en", "14,651")])
def test_counts_are_written_as_the_language_writes_numbers(locale: str, told: str) -> None:
    """Thousands are set apart: by a point in Danish, by a comma in English."""

    def say() -> str:
        use_locale(locale)
        return str(ngettext_for("nowhere")("%(count)s change", "%(count)s changes", 14651))

    assert copy_context().run(say) == f"{told} changes"


@pytest.mark.parametrize(("locale", "told"), [("da", "14.651"), ("en", "14,651")])
@pytest.mark.parametrize(
    "template",
    ['{{ ngettext("%(num)s row", "%(num)s row", size) }}', "{{ size | number }} row"],
)
def test_templates_write_numbers_as_the_language_does(
    locale: str, told: str, template: str, tmp_path: Path
) -> None:
    """Both where a text counts and where a number stands by itself."""
    (tmp_path / "page.html").write_text(template)
    page = make_environment({"nowhere": tmp_path}).get_template("nowhere/page.html")

    def fill() -> str:
        use_locale(locale)
        return page.render(size=14651)

    assert copy_context().run(fill) == f"{told} row"
