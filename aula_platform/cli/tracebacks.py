"""Tracebacks for log lines: of a database's error its kind alone, for its words quote the row."""

import textwrap
import traceback
from collections.abc import Iterator

import sqlalchemy as sa

_CAUSED = "\nThe above exception was the direct cause of the following exception:\n\n"
_MEANWHILE = "\nDuring handling of the above exception, another exception occurred:\n\n"


def tell_error(error: BaseException) -> str:
    """Return the traceback as Python writes it, with what led to the error and what it holds.

    Of an error of a database (`sqlalchemy.exc.StatementError`) and of all that led to it only the
    type and the code (SQLSTATE, SQLite's name of it) are told: ``Key (email)=(…) already exists``
    is somebody's.
    """
    return "".join(_tell(error, set(), hidden=False)).rstrip("\n")


def _tell(error: BaseException, told: set[int], *, hidden: bool) -> Iterator[str]:
    told.add(id(error))
    hidden = hidden or isinstance(error, sa.exc.StatementError)
    context = None if error.__suppress_context__ else error.__context__
    before = error.__cause__ or context
    if before is not None and id(before) not in told:
        yield from _tell(before, told, hidden=hidden)
        yield _CAUSED if error.__cause__ else _MEANWHILE
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    yield from [_name(error)] if hidden else traceback.format_exception_only(error)
    for held in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        if id(held) not in told:
            yield textwrap.indent("".join(_tell(held, told, hidden=hidden)), "  | ")


def _name(error: BaseException) -> str:
    kind = type(error)
    raised = error.orig if isinstance(error, sa.exc.StatementError) else error
    code = getattr(raised, "sqlstate", None) or getattr(raised, "sqlite_errorname", None)
    return f"{kind.__module__}.{kind.__qualname__}{f' ({code})' if code else ''}\n"
