"""The references in the documentation are what the code says."""

from __future__ import annotations

import pytest

from workspace.references.pages import FOLDER, make_pages


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages as they would be written now."""
    return make_pages()


def test_no_reference_is_stale(pages: dict[str, str]) -> None:
    """Whoever changes a hook, event, setting, right, route or table writes the references anew."""
    stale = [
        name
        for name, page in pages.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != page
    ]
    assert stale == [], "run `python3 -m workspace references` and commit what it writes"
    assert {path.name for path in FOLDER.glob("*.md")} == set(pages)


def test_references_tell_of_every_house(pages: dict[str, str]) -> None:
    """A page that were made of nothing would agree with an empty file."""
    assert pages["hooks.md"].count("\n## `aula_") >= 13
    assert "`messages.message_sent.v1`" in pages["events.md"]
    assert "## `[municipalities.<key>.plugins.posts.settings]`" in pages["settings.md"]
    assert "| `messages.read` | Læse samtaler | `messages.thread` |" in pages["permissions.md"]
    assert "/api/v1/messages/threads/{thread_id}" in pages["routes.md"]
    assert "### `stamdata_guardianship`" in pages["personal-data.md"]


def test_every_setting_says_what_it_means(pages: dict[str, str]) -> None:
    """Whoever sets something reads here what it does; a default does not say it."""
    silent = [
        line.split("|")[1].strip()
        for line in pages["settings.md"].splitlines()
        if line.startswith("| `") and not any(cell.strip() for cell in line.split("|")[4:])
    ]
    assert silent == []
