"""The refusals that are particular to posts; each names the fact."""

from aula_plugins.posts import _
from aula_sdk.errors import Conflict, FieldError, Invalid
from aula_sdk.i18n import Text


class AlreadyWithdrawn(Conflict):
    """The post or comment has no words any more."""

    code = "posts.already-withdrawn"
    title = _("This has been withdrawn")


class AlreadyPublished(Conflict):
    """Others have been told of the post; its time of publication is a fact."""

    code = "posts.already-published"
    title = _("The post has been published already")


class CommentsClosed(Conflict):
    """Who wrote the post wants no comments, or the municipality allows none."""

    code = "posts.comments-closed"
    title = _("This post cannot be commented on")


class OwnWords(Conflict):
    """One's own words are withdrawn, not reported."""

    code = "posts.own-words"
    title = _("You wrote this yourself; you can withdraw it")


class AlreadyDecided(Conflict):
    """Somebody has decided about the report already."""

    code = "posts.already-decided"
    title = _("This report has been decided already")


class TooOldForUnread(Conflict):
    """What is older than a month is never counted as unread."""

    code = "posts.too-old-for-unread"
    title = _("A post this old is not counted as unread")


def wrong_field(field: str, reason: Text, code: str = "invalid") -> Invalid:
    """Return the refusal of one field, with a sentence for people."""
    return Invalid(fields=(FieldError(field, str(reason), code),))
