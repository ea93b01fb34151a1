"""What can be read of a request: bytes that are no text, and text that no database takes, are not.

PostgreSQL keeps no NUL in a text and SQLite would; so it is refused here, before anything is done,
and both databases hold the same.
"""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict
from litestar.exceptions import SerializationException

from aula_sdk.errors import Problem
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
NUL = "\0"


class Unreadable(Problem):
    """What was sent is no text, or holds a character that cannot be kept."""

    code = "unreadable"
    title = _("This cannot be read")


_WITH_NUL = _("It holds a character (NUL) that cannot be kept.")
_NO_JSON = _("It is not JSON, or a number in it is too large.")
_NO_TEXT = _("It is not text in UTF-8.")
_TOO_DEEP = _("It is nested too deeply.")


class ReadableRequest(Request[Any, Any, Any]):
    """A request whose JSON and forms are text that can be kept; raises `Unreadable` otherwise."""

    async def json(self) -> Any:
        """Return the JSON that was sent."""
        try:
            found = await super().json()
        except SerializationException as error:
            raise Unreadable(_NO_JSON) from error
        except UnicodeDecodeError as error:
            raise Unreadable(_NO_TEXT) from error
        except RecursionError as error:
            raise Unreadable(_TOO_DEEP) from error
        # To look through all of it is only worth it where there can be one.
        if b"\\u0000" in await self.body() and _has_nul(found):
            raise Unreadable(_WITH_NUL)
        return found

    async def form(self) -> FormMultiDict:
        """Return the form that was sent."""
        try:
            found = await super().form()
        except (UnicodeDecodeError, LookupError) as error:
            raise Unreadable(_NO_TEXT) from error
        for name, value in found.multi_items():
            if NUL in name or (isinstance(value, str) and NUL in value):
                raise Unreadable(_WITH_NUL)
        return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and NUL in value


def check_address(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raise `Unreadable` when the address holds a character that cannot be kept."""
    if NUL in connection.scope["path"] or b"%00" in connection.scope["query_string"]:
        raise Unreadable(_WITH_NUL)
