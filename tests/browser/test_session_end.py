"""Before the session ends the page says so, and what was typed is sent all the same (LOG-19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from aula_platform.identity.tables import session
from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from tests.browser.conftest import NewContext
from tests.browser.served_site import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WORDS = "Vi henter Bo kl. 12."


def _carry_out(site: ServedSite, statement: Any) -> None:
    async def work() -> None:
        async with site.app.state.storage.write(EVERYWHERE) as write:
            await write.execute(statement)

    site.run(work())


def _grow_idle(site: ServedSite) -> None:
    """Let nobody have asked for anything lately: three minutes are left."""
    left = utc_now() + timedelta(minutes=3)
    values = {"last_seen_at": utc_now() - timedelta(minutes=57), "idle_expires_at": left}
    _carry_out(site, sa.update(session).values(values))


_SECONDS = """async () => {
  const answer = await fetch("/profile/session", { headers: { accept: "application/json" } });
  return (await answer.json()).seconds;
}"""


def _wait_until_seen(tab: Tab) -> None:
    """Wait until the session is noted as in use again, which happens after an answer has left."""
    for _attempt in range(200):
        if tab.evaluate(_SECONDS) > 300:
            return
    pytest.fail("the session was not made longer")


def _wait_long(tab: Tab, pause: str) -> None:
    """Let so much time go by that the page asks how long the session lasts."""
    with tab.expect_response("**/profile/session"):
        tab.clock.fast_forward(pause)


def _write(tab: Tab) -> None:
    """Write, and let the draft be kept: keeping it lengthens the session."""
    tab.clock.install()
    tab.goto("/messages/new")
    with tab.expect_response(lambda answer: answer.request.method == "POST"):
        tab.get_by_label("Emne").fill(WORDS)
        tab.clock.fast_forward("00:02")


def test_one_is_warned_and_stays(new_context: NewContext, site: ServedSite) -> None:
    """The dialog takes the focus, leaves the page as it is, and one press lengthens the session."""
    tab = new_context("teacher").new_page()
    _write(tab)
    _grow_idle(site)
    _wait_long(tab, "26:00")
    dialog = tab.get_by_role("dialog", name="Du bliver snart logget ud")
    expect(dialog).to_contain_text("cirka 3 minutter")
    dialog.get_by_role("button", name="Bliv logget ind").click()
    expect(dialog).to_be_hidden()
    expect(tab.get_by_label("Emne")).to_have_value(WORDS)
    _wait_until_seen(tab)
    _grow_idle(site)
    _wait_long(tab, "26:00")
    expect(dialog).to_be_visible()


def test_a_site_that_does_not_answer_once_is_asked_again(
    new_context: NewContext, site: ServedSite
) -> None:
    """A fault of the proxy, as during an upgrade, says nothing about the session."""
    tab = new_context("teacher").new_page()
    _write(tab)
    _grow_idle(site)
    tab.route("**/profile/session", lambda route: route.fulfill(status=502), times=1)
    _wait_long(tab, "26:00")
    dialog = tab.get_by_role("dialog", name="Du bliver snart logget ud")
    expect(dialog).to_be_hidden()
    _wait_long(tab, "00:31")
    expect(dialog).to_be_visible()


def test_who_was_logged_out_sends_it_after_logging_in_elsewhere(
    new_context: NewContext, site: ServedSite
) -> None:
    """The page takes over the new session's token; as somebody else it does not go on."""
    context = new_context("guardian")
    tab = context.new_page()
    _write(tab)
    _carry_out(site, sa.delete(session))
    _wait_long(tab, "56:00")
    gone = tab.get_by_text("Du er blevet logget ud.")
    expect(gone).to_be_visible()
    context.add_cookies(site.cookies(site.people.other_guardian))
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(gone).to_be_visible()
    context.add_cookies(site.cookies(site.people.guardian))
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(gone).to_be_hidden()
    expect(tab.get_by_label("Emne")).to_have_value(WORDS)
    tab.get_by_role("button", name="Gem kladde").click()
    expect(tab.locator("h1")).not_to_contain_text("Det gik ikke")
    expect(tab.get_by_label("Emne")).to_have_value(WORDS)
