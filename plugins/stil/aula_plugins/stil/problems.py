"""What can be wrong with an export, as codes that programs read and sentences that people read.

A sentence may show the *shape* of a value (letters and digits as placeholders), never the value.
"""

import re

from aula_plugins.stil import _
from aula_sdk.i18n import Text
from aula_sdk.stamdata_source import RowError
from aula_sdk.stamdata_values import looks_like_cpr

REASONS: dict[str, Text] = {
    "package.not-found": _("There is no such file or folder"),
    "package.not-a-zip": _("This is neither an XML file, a folder nor a zip file that can be read"),
    "package.damaged": _("The file or zip file is damaged"),
    "package.unsafe-path": _("The zip file holds a path that leads out of it"),
    "package.link": _("The delivery holds a link where a file was expected"),
    "package.encrypted": _("The zip file is locked with a password"),
    "package.too-many-files": _("The delivery holds too many files"),
    "package.too-large": _("The delivery holds far more than a municipality needs"),
    "package.duplicate-file": _("The same file is there twice"),
    "package.no-files": _("There are no XML files here"),
    "xml.malformed": _("This is not well-formed XML; the file may have been cut off"),
    "xml.encoding": _("The file's encoding is not one that is read"),
    "xml.doctype": _("The file has a document type or entities of its own, which is not safe"),
    "xml.token-too-long": _("A tag or comment is far too long"),
    "xml.too-deep": _("The elements lie too deep inside each other"),
    "xml.too-many-names": _("There are far too many kinds of elements"),
    "xml.not-an-export": _("This is no UNI-Login export, or one in a namespace that is not known"),
    "export.mixed": _("The files are of different packages; read each package by itself"),
    "export.filtered": _(
        "Some of the files hold a part of the people only, so nobody was taken to have left"
    ),
    "export.future": _("The export says that it was made in the future"),
    "export.package": _("Expected small, medium, full or fullmyndighed"),
    "export.more": _("The package is not supposed to carry this, so it was not read"),
    "export.superseded": _("There is a newer export of this institution, so this one was not read"),
    "school-year.malformed": _("Expected a school year such as 2026-2027"),
    "moment.malformed": _("Expected a date and time (it looks like “%(shape)s”)"),
    "element.too-large": _("The element holds far too much"),
    "field.repeated": _("This is said twice, and differently; the first was taken"),
    "encoding.not-utf-8": _("The text holds characters that cannot be read"),
    "text.control-character": _("The text holds an invisible control character"),
    "text.too-long": _("The text is too long"),
    "value.missing": _("The value is missing"),
    "value.unknown": _("This value is not known (it looks like “%(shape)s”)"),
    "guid.too-long": _("An id has at most 255 characters"),
    "guid.control-character": _("The id holds an invisible control character"),
    "guid.duplicate": _("The id is already used by an earlier element of this institution"),
    "cpr.refused": _("This may be a CPR number; CPR numbers are not taken in"),
    "boolean.unknown": _("Expected true or false (it looks like “%(shape)s”)"),
    "date.malformed": _("Expected a date such as 2026-08-01 (it looks like “%(shape)s”)"),
    "date.out-of-range": _("The year cannot be right"),
    "date.order": _("It ends before it begins"),
    "email.malformed": _("This is not an e-mail address"),
    "phone.malformed": _("This is not a telephone number (it looks like “%(shape)s”)"),
    "uniid.malformed": _("This is not a UNI-ID (it looks like “%(shape)s”)"),
    "number.malformed": _("Expected a number (it looks like “%(shape)s”)"),
    "institution-number.malformed": _(
        "An institution number has six letters or digits (it looks like “%(shape)s”)"
    ),
    "reference.unknown": _("There is no group with this id in the institution"),
    "reference.itself": _("The child is named as its own contact person"),
    "person.no-role": _("The person is neither pupil, employee nor external here"),
    "protected.no-alias": _(
        "The person is protected but has no alias, and is not taken in before there is one"
    ),
    "name.missing": _("The person has no name"),
    "guardian.contradiction": _(
        "Different things are said about this contact person; what gives less was taken"
    ),
}


_LETTERS = re.compile(r"[^\W\d]|_")


def label_of(file: str) -> str:
    """Return the name under which a file is reported: never one that may hold a CPR number."""
    return "….xml" if looks_like_cpr(_LETTERS.sub(" ", file)) else file[:80]


def problem(
    file: str, line: int, field: str, code: str, *, shape: str = "", fatal: bool = False
) -> RowError:
    """Return the report of one bad element."""
    return RowError(label_of(file), line, field, REASONS[code] % {"shape": shape}, code, fatal)
