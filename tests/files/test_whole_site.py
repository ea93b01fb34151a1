"""Files in the whole application, with its sessions, forms and headers."""

from __future__ import annotations

from typing import Any

from aula_sdk.ids import FILE

PDF = b"%PDF-1.7\n0123456789"


async def test_form_gets_chips_that_carry_the_files(browser: Any, people: Any) -> None:
    """A form's files come back as chips with a hidden field each, named as the form's field."""
    anne = await browser(people.guardian)
    sent = [("attachments", (name, PDF, "application/pdf")) for name in ("Æble.pdf", "<b>.pdf")]
    answer = await anne.post("/files", files=sent)
    assert answer.status_code == 201, answer.text
    assert answer.text.count('type="hidden" name="attachments" value="fil_') == 2
    assert "Æble.pdf" in answer.text
    assert "<b>" not in answer.text
    too_many = await anne.post("/files", files=sent * 6, headers={"accept": "application/json"})
    assert too_many.json()["code"] == "file.too-many"


async def test_file_keeps_its_own_headers_and_owner(browser: Any, people: Any) -> None:
    """Rule 24: the site's headers do not loosen a file's, and a stranger gets 404."""
    anne, ole = await browser(people.guardian), await browser(people.neighbour)
    made = await anne.post("/api/v1/files", files={"file": ("brev.pdf", PDF)})
    assert made.status_code == 201, made.text
    href = made.json()["href"]
    got = await anne.get(href, headers={"accept-encoding": "gzip"})
    assert got.content == PDF
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["cache-control"] == "private, no-cache"
    assert "content-encoding" not in got.headers
    assert (await ole.get(href)).status_code == 404
    nobody = await browser()
    answer = await nobody.get(href, headers={"accept": "application/json"})
    assert answer.status_code == 401


async def test_upload_needs_the_page_s_token(browser: Any, people: Any) -> None:
    """R16: another site's form uploads nothing in somebody's name."""
    anne = await browser(people.guardian)
    anne.headers["x-csrftoken"] = "of another page"
    answer = await anne.post("/api/v1/files", files={"file": ("brev.pdf", PDF)})
    assert answer.status_code == 403


async def test_stored_file_is_looked_at_like_an_upload(
    platform: Any, running: Any, people: Any
) -> None:
    """What a form sends without JavaScript goes the same way: told by content, safely named."""
    actor = await platform.actor_for(people.guardian.profile_id)
    async with platform.write(actor) as write:
        made = await platform.files.store(
            write,
            actor,
            name="../brev",
            media_type="text/html",
            content=PDF,
            municipality_id=actor.municipalities[0],
        )
        (stored,) = await platform.files.waiting(write, actor, [made])
    assert (stored.name, stored.media_type) == ("brev.pdf", "application/pdf")
    assert FILE.format(stored.id).startswith("fil_")
