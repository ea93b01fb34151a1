"""The page of an export: everything that is in it, to be read by whom it is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from html.parser import HTMLParser
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader

from aula_platform.privacy.person.gathering import KERNEL, OwnerShare, TableShare
from aula_platform.privacy.person.kernel_rows import Row
from aula_platform.privacy.person.subject import Subject
from aula_sdk.contributions import PersonalData
from aula_sdk.i18n import current_locale, gettext_for

_ = gettext_for("aula")
_ZONE = ZoneInfo("Europe/Copenhagen")
_YES, _NO = _("Yes"), _("No")
_WORDS = {
    "title": _("What is kept about %(name)s"),
    "lead": _(
        "Everything that is kept about you in %(municipality)s, as it was on %(at)s. What is about "
        "others is left out, but for what you could see yourself."
    ),
    "contents": _("Contents"),
    "purpose": _("What for"),
    "basis": _("On what ground"),
    "retention": _("For how long"),
    "rows": _("%(given)s entries"),
    "files": _("Files"),
    "none": _("Nothing is kept here about you."),
    "kernel": _("The platform itself"),
}
_ENVIRONMENT = Environment(
    loader=PackageLoader("aula_platform.privacy.person", "templates"), autoescape=True
)


def render(
    subject: Subject,
    at: datetime,
    shares: Iterable[OwnerShare],
    files: Mapping[str, str],
    declared: Mapping[str, PersonalData],
) -> str:
    """Return the page in the language of the context; it loads nothing and runs nothing."""
    told = {"name": subject.name, "municipality": subject.place.name, "at": _moment(at)}
    return _ENVIRONMENT.get_template("index.html").render(
        locale=current_locale(),
        words={key: str(text) for key, text in _WORDS.items()},
        title=str(_WORDS["title"] % told),
        lead=str(_WORDS["lead"] % told),
        owners=[
            {
                "name": share.name,
                "title": str(_WORDS["kernel"]) if share.name == KERNEL else share.name,
                "tables": [_table(table, declared[table.name]) for table in share.tables],
            }
            for share in shares
        ],
        files=files,
    )


def _table(table: TableShare, declared: PersonalData) -> dict[str, Any]:
    return {
        "name": table.name,
        "purpose": str(declared.purpose),
        "basis": str(declared.legal_basis),
        "retention": str(declared.retention),
        "count": str(_WORDS["rows"] % {"given": len(table.rows)}),
        "rows": [list(_facts(row, declared)) for row in table.rows],
    }


def _facts(row: Row, declared: PersonalData) -> Iterable[tuple[str, str]]:
    """Yield what is told of a row to a reader: what is about people, and when; no technical ids."""
    for name, value in row.items():
        field = declared.fields.get(name)
        is_told = field is not None or isinstance(value, datetime) or name.endswith("_name")
        if is_told and value not in (None, "", [], {}) and not isinstance(value, UUID):
            yield (str(field.what) if field else name, _text(value))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, Enum):
        return str(value.value)
    text = str(value)
    return _without_tags(text) if text.startswith("<") else text


def _moment(value: datetime) -> str:
    return f"{value.astimezone(_ZONE):%d.%m.%Y %H.%M}"


class _Words(HTMLParser):
    """Keeps the words of markup that was cleaned when it came in."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "div", "li", "h1", "h2", "blockquote"}:
            self.parts.append("\n")


def _without_tags(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    return "".join(words.parts).strip()
