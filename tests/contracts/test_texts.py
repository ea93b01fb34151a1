"""Texts for people: each one that code and templates name is there in Danish and in English.

What is extracted from the sources is held against the language files of its owner, both ways: no
text without a translation, and no translation of a text that nobody shows any more.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "ngettext": (1, 2), "_n": (1, 2)}


class Owner(NamedTuple):
    """Whose texts they are, and where its sources lie."""

    name: str
    sources: tuple[str, ...]
    without: tuple[str, ...] = ()
    """Folders of the sources that are another owner's."""

    @property
    def locale(self) -> Path:
        """The folder of the language files."""
        found = [
            path
            for source in self.sources
            for path in (ROOT / source / "locale", ROOT / source / "web/locale")
            if path.is_dir()
        ]
        return found[0]


def _owners() -> list[Owner]:
    plugins = sorted(path.name for path in (ROOT / "plugins").iterdir() if path.is_dir())
    return [
        Owner("aula", ("aula_platform",), ("aula_platform/widgets", "aula_platform/web/assets")),
        Owner("widgets", ("aula_platform/widgets",)),
        Owner("sdk", ("sdk/aula_sdk",), ("sdk/aula_sdk/tools/templates",)),
        *(Owner(name, (f"plugins/{name}/aula_plugins/{name}",)) for name in plugins),
    ]


def _files(owner: Owner) -> Iterator[tuple[Path, str]]:
    elsewhere = [ROOT / folder for folder in owner.without]
    for source in owner.sources:
        for pattern, method in (("*.py", "python"), ("*.html", "jinja2.ext:babel_extract")):
            for path in sorted((ROOT / source).rglob(pattern)):
                if not any(path.is_relative_to(folder) for folder in elsewhere):
                    yield path, method


def _named(owner: Owner) -> dict[str, str]:
    """Return every text that the sources name, with the place of one that does."""
    found: dict[str, str] = {}
    options = {"trimmed": "true"}
    for path, method in _files(owner):
        for line, text, _comments, _context in extract_from_file(
            method, path, keywords=KEYWORDS, options=options
        ):
            first = text[0] if isinstance(text, tuple) else text
            if first:
                found.setdefault(first, f"{path.relative_to(ROOT)}:{line}")
    return found


def _catalogue(owner: Owner, locale: str) -> Catalog:
    with (owner.locale / f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def _translated(catalogue: Catalog) -> dict[str, bool]:
    """Return, for each text of the catalogue, whether all of its forms are translated."""
    found: dict[str, bool] = {}
    for message in catalogue:
        if message.id:
            first = message.id[0] if isinstance(message.id, tuple | list) else message.id
            forms = message.string if isinstance(message.string, tuple | list) else [message.string]
            found[first] = all(forms) and not message.fuzzy
    return found


@pytest.mark.parametrize("locale", ["da", "en"])
@pytest.mark.parametrize("owner", _owners(), ids=lambda owner: owner.name)
def test_every_text_is_there_in_every_language(owner: Owner, locale: str) -> None:
    named = _named(owner)
    translated = _translated(_catalogue(owner, locale))
    missing = {text: place for text, place in named.items() if not translated.get(text)}
    assert missing == {}, f"{owner.name}/{locale}.po lacks these"


@pytest.mark.parametrize("owner", _owners(), ids=lambda owner: owner.name)
def test_no_translation_outlives_its_text(owner: Owner) -> None:
    named = _named(owner)
    for locale in ("da", "en"):
        left = sorted(set(_translated(_catalogue(owner, locale))) - set(named))
        assert left == [], f"nobody shows these texts of {owner.name}/{locale}.po"


SAME_IN_DANISH = {
    "Support": "one word in both languages",
    "Person": "one word in both languages",
    "%(count)s person": "the singular is one word in both languages",
    "%(file)s: %(reason)s": "it holds no word",
    "Admin": "one word in both languages",
    "Administration": "one word in both languages",
    "Aula": "a name",
    "Demo": "one word in both languages",
    "E-mail": "one word in both languages",
    "Format: %(format)s": "one word in both languages",
    "Import": "one word in both languages",
    "Information": "one word in both languages",
    "Institution": "one word in both languages",
    "Mine": "one word in both languages",
    "Send": "one word in both languages",
}
"""Texts that are the same in Danish, and why: any other was left untranslated."""


def _same(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        source = message.id if isinstance(message.id, tuple | list) else [message.id]
        forms = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and set(source) & set(forms):
            yield source[0]


def test_a_danish_text_that_is_its_english_one_is_listed() -> None:
    found = {text for owner in _owners() for text in _same(_catalogue(owner, "da"))}
    assert found == set(SAME_IN_DANISH)


@pytest.mark.parametrize("locale", ["da", "en"])
@pytest.mark.parametrize("owner", _owners(), ids=lambda owner: owner.name)
def test_a_translation_fills_in_what_its_text_does(owner: Owner, locale: str) -> None:
    wrong = [
        message.id
        for message in _catalogue(owner, locale)
        if message.id and _filled_in(message.id) != _filled_in(message.string)
    ]
    assert wrong == []


def _filled_in(texts: object) -> set[str]:
    forms = texts if isinstance(texts, tuple | list) else [texts]
    return {name for form in forms for name in re.findall(r"%\((\w+)\)[sd]", str(form))}
