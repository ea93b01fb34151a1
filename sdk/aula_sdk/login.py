"""Log-in brokers: somebody else who proves who a person is, and how a plugin brings another kind.

OpenID Connect is built in; other protocols are contributed (`aula_login_protocols`). A broker never
sees a database: it turns a browser away with an address, and an answer into an identity.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from aula_sdk.errors import Problem
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Assurance, Kind

_ = gettext_for("sdk")

LONGEST_ANSWER = 128 * 1024
"""How many bytes a broker may send with the browser in a form."""


class LoginRefused(Problem):
    """Nobody was signed in. Subclasses say why; ``detail`` says what to do.

    None of them tells a stranger whether another person exists: all are shown after the broker's
    answer, about the one who answered.
    """

    status = 403
    code = "login.refused"
    title = _("You were not signed in")
    again: str = ""
    """Where the person can try once more, when that is not the sign-in page."""


class LoginCancelled(LoginRefused):
    """The person turned round at the broker."""

    code = "login.cancelled"
    title = _("You stopped before you were signed in")


class LoginExpired(LoginRefused):
    """The log-in was begun too long ago, in another browser, or has been used already."""

    status = 400
    code = "login.expired"
    title = _("This log-in can no longer be used")


class LoginNotTrusted(LoginRefused):
    """The broker's answer does not prove anything."""

    status = 400
    code = "login.not-trusted"
    title = _("The answer from the log-in service could not be trusted")


class BrokerUnavailable(LoginRefused):
    """The broker does not answer, or says that it cannot."""

    status = 503
    code = "login.unavailable"
    title = _("The log-in service does not answer")


class NotProvedEnough(LoginRefused):
    """The broker knows the person, but not as surely or as recently as was asked for (LOG-15)."""

    code = "login.not-proved-enough"
    title = _("One more factor is needed")


class LoginRequest(msgspec.Struct, frozen=True):
    """One log-in as the broker knows it. All values are ours, random, and used once."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str
    acr_values: tuple[str, ...] = ()
    """Which kinds of proof are asked for, in the broker's words; empty: whichever it likes."""
    max_age: int | None = None
    """How many seconds old the proof may be; it is asked for anew where it is older."""

    def __repr__(self) -> str:
        """Leave out the secrets."""
        return "LoginRequest()"


class Privilege(msgspec.Struct, frozen=True, order=True):
    """What somebody may do at an organisation, in the words of who vouches for it."""

    scope: str
    """Of which organisation it is, such as ``urn:dk:gov:saml:cvrNumberIdentifier:12345678``."""
    name: str
    """A URI that both sides have agreed upon."""


class ProvedIdentity(msgspec.Struct, frozen=True):
    """What a broker has proved."""

    issuer: str
    subject: str
    """Who it is, in the issuer's own words; means nothing elsewhere."""
    uniid: str
    """By what stamdata knows the person; never a CPR number."""
    assurance: Assurance
    proved_at: datetime
    acr: str = ""
    """What the broker calls the way in which it was proved."""
    amr: tuple[str, ...] = ()
    """With which factors."""
    sid: str = ""
    """The broker's name for its session, by which it can end ours."""
    privileges: tuple[Privilege, ...] = ()
    """What the broker says that the person may do; a table in the settings makes roles of it."""

    def __repr__(self) -> str:
        """Leave out who it is."""
        return f"ProvedIdentity(issuer={self.issuer!r})"


class BrokerSession(msgspec.Struct, frozen=True):
    """Whose session at a broker is over: of a person (``subject``), or that one alone (``sid``)."""

    subject: str = ""
    sid: str = ""
    token_id: str = ""
    """By what the broker's word is known, so that it counts once."""
    expires_at: datetime | None = None
    """Until when the word would be believed."""
    answer_url: str = ""
    """Where the browser tells the broker that it was done; empty where no browser came."""

    def __repr__(self) -> str:
        """Leave out who it is."""
        return "BrokerSession()"


class LoginBroker(Protocol):
    """A way of signing in, with a button of its own."""

    @property
    def name(self) -> str:
        """Its key in ``aula.toml`` and in addresses."""
        ...

    @property
    def title(self) -> str:
        """What its button says."""
        ...

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The roles that may be taken after signing in here."""
        ...

    @property
    def demo(self) -> bool:
        """Whether anybody may be anybody here."""
        ...

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins to which the browser is sent when it signs out."""
        ...

    @property
    def takes_forms(self) -> bool:
        """Whether it answers by form; whatever else claims to be its form is kept nowhere."""
        ...

    @property
    def metadata(self) -> str:
        """By what document the broker can be told of us (SAML metadata); empty where none is used.

        It is public: anybody can fetch it at ``/sign-in/NAME/metadata``.
        """
        ...

    async def begin(self, login: LoginRequest) -> str:
        """Return the address to which the browser is sent; raise `BrokerUnavailable`."""
        ...

    async def finish(self, login: LoginRequest, answer: Mapping[str, str]) -> ProvedIdentity:
        """Return who came back with this answer, or raise a `LoginRefused` that says why not."""
        ...

    async def find_sign_out_url(self, return_url: str, ended: BrokerSession) -> str | None:
        """Return where the browser ends its session with the broker, if there is such a place."""
        ...

    async def read_ended(self, sent: Mapping[str, str], query: str) -> BrokerSession | None:
        """Return whose session the broker says it has ended; None when it answers us instead.

        ``query`` is the address's query as it came, over which some protocols sign. Raises
        `LoginNotTrusted` when the broker did not say it, or says it too late.
        """
        ...


class BrokerSetup(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says of one broker, as far as all protocols have it."""

    name: str
    title: str
    kinds: tuple[Kind, ...]
    demo: bool
    issuer: str
    """By which name the broker is known: an issuer, or a SAML entity id."""
    client_id: str
    """By which name the broker knows this installation."""
    subject_claim: str
    acr: Mapping[str, Assurance]
    site_url: str
    callback_url: str
    """Where the broker sends the browser with a form or an address."""
    ended_url: str
    """Where the broker says that a session is over."""


@dataclass(frozen=True, slots=True)
class LoginProtocol:
    """A protocol in which brokers can be spoken to: ``protocol = "saml"`` in a broker's section."""

    name: str
    struct: type[msgspec.Struct]
    """What ``[login.brokers.NAME.settings]`` may hold; all of it is checked at the start."""
    make: Callable[[BrokerSetup, Any], LoginBroker]
    """Return a broker; raise ValueError, which says what is wrong with the settings. No network."""
