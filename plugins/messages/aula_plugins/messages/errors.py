"""The refusals that are particular to messages; each names the fact."""

from aula_plugins.messages import _
from aula_sdk.errors import Conflict, FieldError, Invalid
from aula_sdk.i18n import Text


class ThreadLeft(Conflict):
    """Somebody who has left a conversation cannot write in it (MSG-20)."""

    code = "messages.thread-left"
    title = _("You have left this conversation")


class NobodyToAnswer(Conflict):
    """There is no other person whom an answer could reach."""

    code = "messages.nobody-to-answer"
    title = _("There is nobody to answer")


class SenderGone(Conflict):
    """Who wrote the message can no longer be reached through this conversation (R7)."""

    code = "messages.sender-gone"
    title = _("Who wrote this can no longer be reached")


class ChannelClosed(Conflict):
    """Some of those whom the answer would reach cannot be written to by the sender (MSG-15)."""

    code = "messages.channel-closed"
    title = _("Somebody in this conversation cannot be written to by you any more")


class TooLateToEdit(Conflict):
    """The time in which a message may be changed is over (MSG-19)."""

    code = "messages.too-late-to-edit"
    title = _("It is too late to change this message")


class AlreadyWithdrawn(Conflict):
    """The message has no words any more."""

    code = "messages.already-withdrawn"
    title = _("The message has been withdrawn")


class NotWritten(Conflict):
    """A line of the system is nobody's to change."""

    code = "messages.not-written"
    title = _("This line was written by the system")


def wrong_field(field: str, reason: Text, code: str = "invalid") -> Invalid:
    """Return the refusal of one field, with a sentence for people."""
    return Invalid(fields=(FieldError(field, str(reason), code),))
