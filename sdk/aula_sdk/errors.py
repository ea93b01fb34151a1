"""Errors as facts: a status, a code that programs read and a text that people read.

In the API a `Problem` becomes an RFC 9457 document, in the browser a page that says what happened,
what was kept and what to do. A normal "no" is a Problem; anything else is a fault of ours.
"""

from typing import ClassVar

import msgspec

from aula_sdk.i18n import Text, gettext_for

_ = gettext_for("sdk")


class FieldError(msgspec.Struct, frozen=True):
    """One field of what was sent that cannot be taken as it is."""

    field: str
    reason: str
    """A sentence in the reader's language."""
    code: str = "invalid"


class Problem(Exception):
    """A refusal. Subclasses name the fact and set ``status``, ``code`` and ``title``."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"
    title: ClassVar[Text] = _("The request cannot be carried out")

    def __init__(
        self,
        detail: Text | None = None,
        *,
        fields: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
        **extra: object,
    ) -> None:
        """``extra`` are further members of the problem document; never personal data."""
        super().__init__(self.code)
        self.detail = detail
        self.fields = fields
        self.headers = headers or {}
        self.extra = extra


class NotFound(Problem):
    """There is no such thing, or not for this person: the two look the same (rule: 404)."""

    status = 404
    code = "not-found"
    title = _("This is not here, or not for you")


class SwitchedOff(NotFound, LookupError):
    """The plugin is off there, maybe since a moment ago: for whoever asks, it is not there.

    A request that began while it was on and meets this is answered as if it had begun afterwards.
    """


class NotSignedIn(Problem):
    """Nobody is signed in; the browser is sent to the sign-in page."""

    status = 401
    code = "not-signed-in"
    title = _("You are not signed in")


class Forbidden(Problem):
    """The person sees the thing but may not do this with it."""

    status = 403
    code = "forbidden"
    title = _("You may not do this")


class StepUpRequired(Problem):
    """The content is sensitive and the session was not proved strongly enough (RFC 9470)."""

    status = 401
    code = "step-up-required"
    title = _("Sign in with two factors to go on")


class Invalid(Problem):
    """What was sent does not fit; ``fields`` says where."""

    status = 422
    code = "invalid"
    title = _("Something needs to be corrected")


class Conflict(Problem):
    """The thing has changed or ended, so that this can no longer be done."""

    status = 409
    code = "conflict"
    title = _("This can no longer be done")


class TooLarge(Problem):
    """More was sent than is taken in one piece."""

    status = 413
    code = "too-large"
    title = _("This is too large")
