"""The refusals that are particular to groups; each names the fact."""

from aula_plugins.groups import _
from aula_sdk.errors import Conflict, FieldError, Invalid
from aula_sdk.i18n import Text


class AlreadyMember(Conflict):
    """The person is a member of the group."""

    code = "groups.already-member"
    title = _("Is a member of the group already")


class AlreadyAsked(Conflict):
    """An application for the same person is waiting."""

    code = "groups.already-asked"
    title = _("It has been asked for already; the answer is still to come")


class ThroughAnotherGroup(Conflict):
    """The person is a member because a part of the group reaches them (GRP-2)."""

    code = "groups.through-another-group"
    title = _("This person is a member through another group; take that group out instead")


class NoMember(Conflict):
    """The person is not a member of the group."""

    code = "groups.no-member"
    title = _("Is not a member of the group")


class AlreadyDecided(Conflict):
    """Somebody has decided the application, or it was withdrawn."""

    code = "groups.already-decided"
    title = _("This has been decided already")


class GroupEnded(Conflict):
    """The group has ended; what was shared in it stays with those who had it."""

    code = "groups.ended"
    title = _("The group has ended")


def wrong_field(field: str, reason: Text, code: str = "invalid") -> Invalid:
    """Return the refusal of one field, with a sentence for people."""
    return Invalid(fields=(FieldError(field, str(reason), code),))
