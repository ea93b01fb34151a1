"""Texts for people: gettext catalogues per owner, translated when they are shown.

A module binds its translator once, ``_ = gettext_for("messages")``, and writes ``_("Reply")``. What
comes back is a `Text`: a frozen value that becomes a string in the reader's language only when it
is turned into one, so it can be a default argument, a field of a contribution or part of an error.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

DEFAULT_LOCALE = "da"
LOCALES = ("da", "en")

_current: ContextVar[str] = ContextVar("aula_locale", default=DEFAULT_LOCALE)
_folders: dict[str, Path] = {"sdk": Path(__file__).parent / "locale"}
_loaded: dict[tuple[str, str], NullTranslations] = {}


def current_locale() -> str:
    """Return the language in which texts are shown to whoever is being served."""
    return _current.get()


def use_locale(locale: str) -> None:
    """Show texts in ``locale`` from here on in this task; an unknown one means Danish."""
    _current.set(locale if locale in LOCALES else DEFAULT_LOCALE)


def add_catalogues(domain: str, folder: Path) -> None:
    """Tell where the ``.po`` files of an owner lie (``da.po`` and ``en.po`` in one folder)."""
    _folders[domain] = folder
    for locale in LOCALES:
        _loaded.pop((domain, locale), None)


def _translations(domain: str, locale: str) -> NullTranslations:
    key = (domain, locale)
    if key not in _loaded:
        path = _folders.get(domain, Path()) / f"{locale}.po"
        _loaded[key] = _read(path, locale) if path.is_file() else NullTranslations()
    return _loaded[key]


def _read(path: Path, locale: str) -> GNUTranslations:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(domain: str, message: str, *, plural: str = "", count: int = 1) -> str:
    """Return the text in the current language; the message itself where none is known."""
    translations = _translations(domain, _current.get())
    if plural:
        return translations.ngettext(message, plural, count)
    return translations.gettext(message) if message else ""


def number(value: int) -> str:
    """Return a number of things as the current language writes it: 14.651 in Danish."""
    return format_decimal(value, locale=_current.get())


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is translated when it is shown. ``text % {"name": value}`` fills it in."""

    domain: str
    message: str
    plural: str = ""
    count: int = 1
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __mod__(self, values: Mapping[str, Any]) -> "Text":
        return replace(self, values={**self.values, **values})

    def __str__(self) -> str:
        found = translate(self.domain, self.message, plural=self.plural, count=self.count)
        if not self.values:
            return found
        if self.plural and self.values.get("count") == self.count:
            return found % {**self.values, "count": number(self.count)}
        return found % self.values


def month_name(first: date) -> str:
    """Return a month with its year as people read it in the locale in use: ``oktober 2026``."""
    return format_date(first, "LLLL y", locale=current_locale())


def gettext_for(domain: str) -> Callable[[str], Text]:
    """Return the translator of one owner: a plugin's name, ``aula`` for the kernel."""

    def bound(message: str) -> Text:
        return Text(domain, message)

    return bound


def ngettext_for(domain: str) -> Callable[[str, str, int], Text]:
    """Return the translator of one owner for texts that count; ``%(count)s`` is filled in, as
    `number` writes it.
    """

    def bound(singular: str, plural: str, count: int) -> Text:
        return Text(domain, singular, plural, count, {"count": count})

    return bound
