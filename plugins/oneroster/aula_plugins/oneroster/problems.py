"""What can be wrong with a row, as codes that programs read and sentences that people read.

A sentence may show the *shape* of a value (letters and digits as placeholders), never the value.
"""

from aula_plugins.oneroster import _
from aula_sdk.i18n import Text
from aula_sdk.stamdata_source import RowError

REASONS: dict[str, Text] = {
    "package.not-found": _("There is no such file or folder"),
    "package.not-a-zip": _("This is neither a folder nor a zip file that can be read"),
    "package.damaged": _("The zip file is damaged"),
    "package.unsafe-path": _("The zip file holds a path that leads out of it"),
    "package.link": _("The delivery holds a link where a file was expected"),
    "package.encrypted": _("The zip file is locked with a password"),
    "package.too-many-files": _("The zip file holds too many files"),
    "package.too-large": _("The zip file unpacks to far more than a municipality needs"),
    "package.duplicate-file": _("The same file is there twice"),
    "package.no-tables": _("There are no OneRoster files here"),
    "manifest.missing": _(
        "The manifest is missing; every file that is there was read as a full delivery"
    ),
    "manifest.version": _("The manifest names a version of OneRoster other than 1.1 and 1.2"),
    "manifest.mode": _("A file is either bulk, delta or absent"),
    "manifest.file-missing": _("The manifest promises this file, but it is not there"),
    "manifest.file-not-named": _("The manifest does not name this file, so it was not read"),
    "manifest.mixed": _(
        "Some files are full and some only hold changes, so nothing was taken to have left"
    ),
    "header.missing": _("The column is missing"),
    "header.duplicate": _("The column is there twice"),
    "header.semicolons": _("The columns are separated by semicolons instead of commas"),
    "row.too-long": _("The line is far too long"),
    "row.too-many-cells": _("The row has more cells than the header; a quotation mark may be lost"),
    "row.malformed": _("The row is not valid CSV; a quotation mark may be lost"),
    "encoding.not-utf-8": _("The text is not UTF-8"),
    "text.control-character": _("The text holds an invisible control character"),
    "text.too-long": _("The text is too long"),
    "value.missing": _("The value is missing"),
    "value.unknown": _("The standard does not know this value (it looks like “%(shape)s”)"),
    "guid.too-long": _("An id has at most 255 characters"),
    "guid.control-character": _("The id holds an invisible control character"),
    "guid.duplicate": _("The id is already used by an earlier row of this file"),
    "cpr.refused": _("This may be a CPR number; CPR numbers are not taken in"),
    "boolean.unknown": _("Expected true or false (it looks like “%(shape)s”)"),
    "date.malformed": _("Expected a date such as 2026-08-01 (it looks like “%(shape)s”)"),
    "date.out-of-range": _("The year cannot be right"),
    "date.order": _("It ends before it begins"),
    "email.malformed": _("This is not an e-mail address"),
    "phone.malformed": _("This is not a telephone number (it looks like “%(shape)s”)"),
    "uniid.malformed": _("This is not a UNI-ID (it looks like “%(shape)s”)"),
    "number.malformed": _("Expected a number (it looks like “%(shape)s”)"),
    "list.uneven": _("The list must have one entry for each id in agentSourcedIds, or only one"),
    "reference.unknown": _("The id refers to a row that is not in the delivery"),
    "reference.itself": _("The row refers to itself"),
    "protected.no-alias": _(
        "The person is protected but has no alias, and is not taken in before there is one"
    ),
    "name.missing": _("The person has no name"),
    "org.not-an-institution": _("A pupil belongs to a school or a day-care, not to this"),
    "role.guardian-in-class": _("A guardian is not a member of a class; the child is"),
    "guardian.contradiction": _(
        "Two rows say different things about this guardian; the one that gives less was taken"
    ),
    "guardian.unclear": _("The changes do not say which of the two is the child"),
    "delta.key-missing": _("A removed row must still say what it was about"),
}


def problem(
    file: str, line: int, field: str, code: str, *, shape: str = "", fatal: bool = False
) -> RowError:
    """Return the report of one bad row."""
    return RowError(file, line, field, REASONS[code] % {"shape": shape}, code, fatal)
