"""The pages' texts, in Danish and English, from ``locale/*.po``."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = ("da", "en")
DEFAULT = "da"


@cache
def translations(locale: str) -> GNUTranslations:
    """Return the texts in one of the languages."""
    with (Path(__file__).parent / "locale" / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def choose_locale(asked: str | None, accepted: str) -> str:
    """Return the language asked for in the address, else the first of ours that is accepted."""
    if asked in LOCALES:
        return asked
    for part in accepted.split(","):
        language = part.partition(";")[0].strip().lower().partition("-")[0]
        if language in LOCALES:
            return language
    return DEFAULT
