"""How recipients are chosen, as one word on the wire (MSG-8, MSG-10).

``pro_…`` is a person, ``pro_…:guardian`` the guardians of a child, ``grp_…:guardian`` (or
``employee``, ``pupil``, ``external``) the people of that kind in a group.
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from aula_plugins.messages import _
from aula_plugins.messages.errors import wrong_field
from aula_plugins.messages.models import RecipientKind
from aula_sdk.ids import GROUP, PROFILE, WrongIdKind
from aula_sdk.people import Kind

PATTERN = (
    rf"^({PROFILE.prefix}_[0-9a-f]{{32}}(:{Kind.GUARDIAN})?"
    rf"|{GROUP.prefix}_[0-9a-f]{{32}}:({'|'.join(Kind)}))$"
)
MAX_CHOICES = 100


class Choice(msgspec.Struct, frozen=True, order=True):
    """One choice of recipients."""

    what: RecipientKind
    target_id: UUID
    role: str = ""

    @property
    def key(self) -> str:
        """The choice as it is written on the wire."""
        if self.what is RecipientKind.GROUP:
            return f"{GROUP.format(self.target_id)}:{self.role}"
        suffix = f":{Kind.GUARDIAN}" if self.what is RecipientKind.GUARDIANS_OF else ""
        return PROFILE.format(self.target_id) + suffix


def parse_choice(text: str) -> Choice:
    """Return the choice behind ``text``; raise `Invalid` naming ``recipients``."""
    target, _colon, role = text.partition(":")
    try:
        if target.startswith(f"{GROUP.prefix}_") and role in set(Kind):
            return Choice(RecipientKind.GROUP, GROUP.parse(target), role)
        if role in {"", Kind.GUARDIAN}:
            what = RecipientKind.GUARDIANS_OF if role else RecipientKind.PERSON
            return Choice(what, PROFILE.parse(target), role)
    except WrongIdKind:
        pass
    raise wrong_field("recipients", _("This is not somebody one can write to"), "malformed")


def parse_choices(texts: Iterable[str]) -> tuple[Choice, ...]:
    """Return the choices, each once, in the order given; raise `Invalid` when too many."""
    choices = tuple(dict.fromkeys(parse_choice(text) for text in texts))
    if len(choices) > MAX_CHOICES:
        raise wrong_field(
            "recipients", _("Choose groups instead of so many single people"), "too-many"
        )
    return choices
