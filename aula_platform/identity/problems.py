"""Why somebody could not sign in, in words that say what to do next.

The sign-in page shows these beside the buttons, so that the next step is on the same screen. None
of them tells a stranger whether another person exists: all are shown after the broker's answer,
about the one who answered.
"""

from aula_sdk.errors import Problem
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.login import LoginRefused

_ = gettext_for("aula")


class TooManyLogins(LoginRefused):
    """More log-ins were begun from one address than people at one place begin."""

    status = 429
    code = "login.too-many"
    title = _("Too many log-ins have been begun from here")


class PersonUnknown(LoginRefused):
    """No institution has told us of this person."""

    code = "login.person-unknown"
    title = _("We do not know you here")


class PersonLeft(LoginRefused):
    """Everything this person had here has ended."""

    code = "login.person-left"
    title = _("You no longer have access")


class PersonNotYet(LoginRefused):
    """What this person has here has not begun."""

    code = "login.person-not-yet"
    title = _("Your access has not begun yet")


class WrongBroker(LoginRefused):
    """The person is known, but not as one of those whom this way of signing in is for (LOG-4)."""

    code = "login.wrong-broker"
    title = _("You need to sign in another way")

    def __init__(self, detail: Text, *, offered: tuple[str, ...] = ()) -> None:
        """``offered`` are the brokers that are meant for the person."""
        super().__init__(detail)
        self.offered = offered


class OtherPerson(LoginRefused):
    """The second factor was somebody else's than the first."""

    code = "login.other-person"
    title = _("That was somebody else")


class RequestForged(Problem):
    """A request that changes something did not come from a page of this session."""

    status = 403
    code = "request-forged"
    title = _("The page you sent from is no longer valid")
