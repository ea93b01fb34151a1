"""For whom a post is, as words on the wire: ``grp_…:guardian`` (or employee, pupil, external).

The people of one kind in a group; there is no post to a single person (POST-2).
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from aula_plugins.posts import _
from aula_plugins.posts.errors import wrong_field
from aula_sdk.ids import GROUP, WrongIdKind
from aula_sdk.people import Kind

PATTERN = rf"^{GROUP.prefix}_[0-9a-f]{{32}}:({'|'.join(Kind)})$"
MAX_CHOICES = 100


class Choice(msgspec.Struct, frozen=True, order=True):
    """The people of one kind in a group."""

    group_id: UUID
    role: Kind

    @property
    def key(self) -> str:
        """The choice as it is written on the wire."""
        return f"{GROUP.format(self.group_id)}:{self.role}"


def parse_choice(text: str) -> Choice:
    """Return the choice behind ``text``; raise `Invalid` naming ``audience``."""
    group, _colon, role = text.partition(":")
    try:
        return Choice(GROUP.parse(group), Kind(role))
    except (WrongIdKind, ValueError):
        raise wrong_field(
            "audience", _("This is not a group one can post to"), "malformed"
        ) from None


def parse_choices(texts: Iterable[str]) -> tuple[Choice, ...]:
    """Return the choices, each once, in the order given; raise `Invalid` when too many."""
    choices = tuple(dict.fromkeys(parse_choice(text) for text in texts))
    if len(choices) > MAX_CHOICES:
        raise wrong_field("audience", _("Choose larger groups instead"), "too-many")
    return choices
