"""The desk at which people sign in: sends them to a broker, and lets in who comes back proved.

What needs the network happens between transactions, never inside one: a slow broker must not keep
the database from others.
"""

import logging
from collections.abc import Mapping, Sequence

import msgspec

from aula_platform.identity.accounts import open_account
from aula_platform.identity.admission import ROLE_TITLES, RoleChoice, admit
from aula_platform.identity.brokers import LoginBroker
from aula_platform.identity.door_audit import note_at_door
from aula_platform.identity.login_attempts import keep_attempt, new_request, take_attempt
from aula_platform.identity.login_rate import take_turn
from aula_platform.identity.people import LoginProfile, People
from aula_platform.identity.problems import TooManyLogins, WrongBroker
from aula_platform.identity.return_path import keep_local
from aula_platform.identity.sessions import (
    NewSession,
    SessionRow,
    change_role,
    end_session,
    start_session,
)
from aula_platform.settings import Settings
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage
from aula_sdk.errors import NotFound, NotSignedIn
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit

_ = gettext_for("aula")
_log = logging.getLogger("aula.identity")
CALLBACK = "/sign-in/callback"


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody was let in."""

    cookie_value: str
    role: Kind | None
    """None when they still have to choose between several."""
    return_path: str

    def __repr__(self) -> str:
        """Leave out the cookie's value."""
        return f"SignedIn(role={self.role!r})"


class LoginDesk:
    """Joins brokers, people, accounts and sessions; one for the whole application."""

    def __init__(
        self,
        storage: Storage,
        people: People,
        brokers: Mapping[str, LoginBroker],
        settings: Settings,
    ) -> None:
        """``brokers`` have been checked by `check_brokers`."""
        self.brokers = brokers
        self._storage = storage
        self._people = people
        self._settings = settings

    @property
    def site_url(self) -> str:
        """The address that people open, without a slash at its end."""
        return self._settings.site.url.rstrip("/")

    def list_help(self, host: str) -> list[dict[str, str]]:
        """Return whom people may ask: of the municipality that ``host`` means, else of all."""
        places = self._settings.municipalities
        meant = places.get(self._settings.municipality_at(host))
        asked = [meant] if meant else places.values()
        return [{"name": p.name, "text": p.help} for p in asked if p.help]

    async def begin(self, broker: str, *, browser: str, address: str, return_path: str) -> str:
        """Return where to send the browser; raise `NotFound` or a `LoginRefused`."""
        chosen = self._broker(broker)
        login = new_request(self.site_url + CALLBACK)
        url = await chosen.begin(login)
        async with self._storage.write(GLOBAL) as write:
            may_begin = await take_turn(write, address, broker)
            if may_begin:
                path = keep_local(return_path)
                await keep_attempt(write, login, broker=broker, browser=browser, return_path=path)
        if not may_begin:
            raise TooManyLogins(_("Wait a minute and try again."), headers={"Retry-After": "60"})
        return url

    async def finish(
        self,
        answer: Mapping[str, str],
        *,
        browser: str,
        device: str,
        earlier: SessionRow | None,
    ) -> SignedIn:
        """Let in who came back from a broker, or raise a `LoginRefused` that says why not.

        Nobody whom stamdata does not know gets an account. The browser's ``earlier`` session ends.
        """
        async with self._storage.write(GLOBAL) as write:
            login, name, path = await take_attempt(
                write,
                state=answer.get("state", ""),
                browser=browser,
                redirect_uri=self.site_url + CALLBACK,
            )
        broker = self._broker(name)
        proved = await broker.finish(login, answer)
        async with self._storage.write(EVERYWHERE) as write:
            profiles = await self._people.find_by_uniid(write, proved.uniid)
            choices = admit(profiles, broker.kinds, write.now)
            account_id = await open_account(write, proved, profiles)
            role = choices[0].role if len(choices) == 1 else None
            new = NewSession(account_id, name, role, proved.assurance, proved.proved_at, device)
            value = await start_session(write, new, self._settings.login)
            if earlier is not None:
                await end_session(write, earlier.account_id, earlier.id)
            note_at_door(write, "identity.signed_in", new, profiles)
        _log.info("a log-in by %s was let in at level %s", name, proved.assurance.name)
        return SignedIn(value, role, path)

    async def list_roles(self, session: SessionRow) -> tuple[RoleChoice, ...]:
        """Return the roles that this session may take: held now, and meant for its broker.

        Raises a `LoginRefused` when there are none any more.
        """
        async with self._storage.read(EVERYWHERE) as read:
            return await self._find_roles(read, session)

    async def _find_roles(self, read: ReadUnit, session: SessionRow) -> tuple[RoleChoice, ...]:
        profiles = await self._people.find_by_account(read, session.account_id)
        return self._admitted(session, profiles, read)

    def _admitted(
        self, session: SessionRow, profiles: Sequence[LoginProfile], read: ReadUnit
    ) -> tuple[RoleChoice, ...]:
        broker = self.brokers.get(session.broker)
        return admit(profiles, broker.kinds if broker else (), read.now)

    async def choose_role(self, session: SessionRow, role: Kind) -> str:
        """Act in ``role`` from now on; return the session's new cookie value.

        Raises `WrongBroker` for a role that the session may not take, and `NotSignedIn` when it
        has ended meanwhile.
        """
        async with self._storage.write(EVERYWHERE) as write:
            profiles = await self._people.find_by_account(write, session.account_id)
            choices = self._admitted(session, profiles, write)
            if role not in {choice.role for choice in choices}:
                raise WrongBroker(
                    _("You cannot be %(role)s after the log-in that you used. Choose another.")
                    % {"role": ROLE_TITLES[role]}
                )
            value = await change_role(write, session, role)
            if value is not None:
                chosen = msgspec.structs.replace(session, role=role)
                note_at_door(write, "identity.role_chosen", chosen, profiles)
        if value is None:
            raise NotSignedIn
        return value

    async def sign_out(self, session: SessionRow) -> str | None:
        """End the session; return where the browser signs out of its broker too, if it can."""
        async with self._storage.write(EVERYWHERE) as write:
            if await end_session(write, session.account_id, session.id):
                profiles = await self._people.find_by_account(write, session.account_id)
                note_at_door(write, "identity.signed_out", session, profiles)
        broker = self.brokers.get(session.broker)
        if broker is None:
            return None
        return await broker.find_sign_out_url(f"{self.site_url}/sign-in")

    def _broker(self, name: str) -> LoginBroker:
        try:
            return self.brokers[name]
        except KeyError:
            raise NotFound from None
