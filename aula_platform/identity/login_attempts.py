"""Log-ins that are under way: kept when a browser leaves for its broker, taken when it is back."""

import secrets
from datetime import timedelta
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.identity.secrets import hash_secret, new_secret
from aula_platform.identity.tables import login_attempt
from aula_sdk.i18n import gettext_for
from aula_sdk.login import LoginExpired, LoginRequest
from aula_sdk.protocols import WriteUnit

_ = gettext_for("aula")
KEEP = timedelta(minutes=15)
_KEEP = sa.insert(login_attempt)
_TAKE = (
    sa.delete(login_attempt)
    .where(
        login_attempt.c.state_hash == sa.bindparam("state_hash"),
        login_attempt.c.browser_hash == sa.bindparam("browser_hash"),
    )
    .returning(*login_attempt.c)
)


class Attempt(msgspec.Struct, frozen=True):
    """A log-in that was begun."""

    login: LoginRequest
    broker: str
    return_path: str
    session_id: UUID | None
    """The session that is to be proved anew; None where there is to be one."""


def new_request(redirect_uri: str) -> LoginRequest:
    """Return a log-in with fresh random values (RFC 7636: a verifier of 43 to 128 characters)."""
    return LoginRequest(new_secret(), new_secret(), secrets.token_urlsafe(64), redirect_uri)


async def keep_attempt(
    write: WriteUnit,
    login: LoginRequest,
    *,
    broker: str,
    browser: str,
    return_path: str,
    session_id: UUID | None = None,
) -> None:
    """Remember the log-in for a quarter of an hour, bound to the browser that began it."""
    await write.execute(
        _KEEP,
        {
            "state_hash": hash_secret(login.state),
            "browser_hash": hash_secret(browser),
            "broker": broker,
            "nonce": login.nonce,
            "code_verifier": login.code_verifier,
            "return_path": return_path,
            "session_id": session_id,
            "expires_at": write.now + KEEP,
        },
    )


async def take_attempt(write: WriteUnit, *, state: str, browser: str, redirect_uri: str) -> Attempt:
    """Return the log-in as it was begun, and make sure it is never used again.

    Raises `LoginExpired` when there is none such, when it is too old, and when it was begun in
    another browser, where it stays: else somebody could sign *you* in as *them* by a link. The
    caller commits before it asks the broker, so that of two answers with the same state one at
    most counts. It is one statement.
    """
    begun = {"state_hash": hash_secret(state), "browser_hash": hash_secret(browser)}
    row = (await write.execute(_TAKE, begun)).first()
    if row is None or row.expires_at <= write.now:
        raise LoginExpired(
            _("It was begun too long ago, in another browser, or used before. Begin again.")
        )
    login = LoginRequest(state, row.nonce, row.code_verifier, redirect_uri)
    return Attempt(login, row.broker, row.return_path, row.session_id)
