"""Identifiers: UUIDv7 inside, a typed prefix on the wire (architecture rule 10, ID-2).

An id on the wire names its own kind (``thr_0190…``), so that an id of the wrong kind is an error
with a name instead of a puzzling "not found".
"""

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from aula_sdk.errors import Problem
from aula_sdk.i18n import gettext_for

_ = gettext_for("sdk")
_DIGITS = 32


class WrongIdKind(Problem):
    """The id is malformed or names another kind of thing than the endpoint takes."""

    status = 400
    code = "id.wrong-kind"
    title = _("The id is not of the kind that is expected here")


def new_id() -> UUID:
    """Return a new UUIDv7; ids made later sort after ids made earlier, to the millisecond."""
    return uuid7()


@dataclass(frozen=True, slots=True)
class IdKind:
    """One kind of id, known by its prefix of three lower-case letters."""

    prefix: str

    @property
    def pattern(self) -> str:
        """The regular expression that every id of this kind matches, for JSON schemas."""
        return f"^{self.prefix}_[0-9a-f]{{32}}$"

    def format(self, value: UUID) -> str:
        """Return the id as it is written on the wire, in URLs and in files."""
        return f"{self.prefix}_{value.hex}"

    def parse(self, text: str) -> UUID:
        """Return the UUID behind ``text``; raise `WrongIdKind` when it is not of this kind."""
        prefix, _separator, digits = text.partition("_")
        if prefix == self.prefix and len(digits) == _DIGITS:
            try:
                return UUID(hex=digits)
            except ValueError:
                pass
        raise WrongIdKind(
            _WRONG_KIND % {"expected": self.prefix, "given": prefix[:20]}, expected=self.prefix
        )


_WRONG_KIND = _("Expected an id that begins with %(expected)s_, not %(given)s")

MUNICIPALITY = IdKind("mun")
INSTITUTION = IdKind("ins")
PERSON = IdKind("per")
PROFILE = IdKind("pro")
GROUP = IdKind("grp")
ACCOUNT = IdKind("acc")
FILE = IdKind("fil")
SESSION = IdKind("ses")
DEVICE = IdKind("dev")
ACCESS_KEY = IdKind("key")
SHARED_DEVICE = IdKind("shd")
IMPERSONATION = IdKind("sup")
GLASS = IdKind("gls")
