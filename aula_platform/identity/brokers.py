"""What a log-in broker is: somebody else who proves who a person is.

OpenID Connect is built in (`oidc`); other protocols implement the same few methods. A broker
never sees a database: it turns a browser away with an address, and an answer into an identity.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec

from aula_sdk.people import Assurance, Kind


class LoginRequest(msgspec.Struct, frozen=True):
    """One log-in as the broker knows it. All values are ours, random, and used once."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str

    def __repr__(self) -> str:
        """Leave out the secrets."""
        return "LoginRequest()"


class ProvedIdentity(msgspec.Struct, frozen=True):
    """What a broker has proved."""

    issuer: str
    subject: str
    """Who it is, in the issuer's own words; means nothing elsewhere."""
    uniid: str
    """By what stamdata knows the person; never a CPR number."""
    assurance: Assurance
    proved_at: datetime

    def __repr__(self) -> str:
        """Leave out who it is."""
        return f"ProvedIdentity(issuer={self.issuer!r})"


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

    async def begin(self, login: LoginRequest) -> str:
        """Return the address to which the browser is sent; raise `BrokerUnavailable`."""
        ...

    async def finish(self, login: LoginRequest, answer: Mapping[str, str]) -> ProvedIdentity:
        """Return who came back with this answer, or raise a `LoginRefused` that says why not."""
        ...

    async def find_sign_out_url(self, return_url: str) -> str | None:
        """Return where the browser ends its session with the broker, if there is such a place."""
        ...
