"""The desk at which people sign in: sends them to a broker, and lets in who comes back proved.

What needs the network happens between transactions, never inside one: a slow broker must not keep
the database from others.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from aula_platform.identity.accounts import is_account_of, open_account
from aula_platform.identity.admission import ROLE_TITLES, RoleChoice, Way, admit
from aula_platform.identity.answers import take_answer
from aula_platform.identity.broker_channel import ANSWER, BrokerChannel
from aula_platform.identity.brokers import CALLBACK, close_brokers
from aula_platform.identity.devices import coarsen, meet_device
from aula_platform.identity.door_audit import UNDECIDED, note_at_door
from aula_platform.identity.login_attempts import (
    Attempt,
    keep_attempt,
    new_request,
    take_attempt,
)
from aula_platform.identity.login_rate import take_turn
from aula_platform.identity.people import LoginProfile, People
from aula_platform.identity.problems import TooManyLogins, WrongBroker
from aula_platform.identity.refusals import Attempted, Refusals
from aula_platform.identity.return_path import keep_local
from aula_platform.identity.secrets import derive_key, new_secret
from aula_platform.identity.session_endings import end_session
from aula_platform.identity.sessions import (
    TYPED_PURPOSE,
    NewSession,
    SessionRow,
    change_role,
    find_at_broker,
    prove_again,
    start_session,
    tag_of,
)
from aula_platform.identity.shared_devices import find_town
from aula_platform.identity.step_up import PATH as STEP_UP
from aula_platform.identity.step_up import ask_for_more, check_proof
from aula_platform.identity.typed import take_over
from aula_platform.settings import Settings
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage, Write
from aula_sdk.errors import NotFound, NotSignedIn
from aula_sdk.i18n import gettext_for
from aula_sdk.login import LoginBroker, LoginExpired, LoginRefused, ProvedIdentity
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit

_ = gettext_for("aula")
_log = logging.getLogger("aula.identity")


GiveRoles = Callable[[Write, str, ProvedIdentity, UUID], Awaitable[None]]
"""Lets an account have the roles for which a broker vouches in this log-in, and no others of it."""


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody was let in."""

    cookie_value: str
    role: Kind | None
    """None when they still have to choose between several."""
    return_path: str
    known_by: str = ""
    """What the device keeps to be known again; empty where nothing is new."""

    def __repr__(self) -> str:
        """Leave out the cookies' values."""
        return f"SignedIn(role={self.role!r})"


class Arrival(msgspec.Struct, frozen=True):
    """Where somebody comes in: with which kind of browser, known again by what, from where."""

    device: str
    known_by: str
    network: str

    def __repr__(self) -> str:
        """Leave out the cookie's value."""
        return f"Arrival(device={self.device!r})"


class LoginDesk:
    """Joins brokers, people, accounts and sessions; one for the whole application."""

    def __init__(
        self,
        storage: Storage,
        people: People,
        brokers: Mapping[str, LoginBroker],
        settings: Settings,
        give_roles: GiveRoles | None = None,
    ) -> None:
        """``brokers`` have been checked by `check_brokers`; ``give_roles`` makes roles of what
        they vouch for.
        """
        self._give_roles = give_roles
        self.brokers = brokers
        self._storage = storage
        self._people = people
        self._settings = settings
        self._refusals = Refusals(storage, people)
        self.channel = BrokerChannel(storage, people, brokers, self._refusals, self._places)

    async def close(self) -> None:
        """Close what brokers keep open."""
        await close_brokers(self.brokers)

    @property
    def site_url(self) -> str:
        """The address that people open, without a slash at its end."""
        return self._settings.site.url.rstrip("/")

    def list_brokers(self, host: str) -> list[LoginBroker]:
        """Return the brokers that are for people of the municipality that ``host`` means; all of
        them where it means none.
        """
        meant = self._settings.municipality_at(host)
        return [
            broker
            for name, broker in self.brokers.items()
            if not meant or not self._places(name) or meant in self._places(name)
        ]

    def list_places(self, name: str) -> list[str]:
        """Return the names of the municipalities whose people alone this broker is for."""
        known = self._settings.municipalities
        return [known[key].name for key in self._places(name) if key in known]

    def _places(self, name: str) -> tuple[str, ...]:
        chosen = self._settings.login.brokers.get(name)
        return chosen.municipalities if chosen else ()

    def list_help(self, host: str) -> list[dict[str, str]]:
        """Return whom people may ask: of the municipality that ``host`` means, else of all."""
        places = self._settings.municipalities
        meant = places.get(self._settings.municipality_at(host))
        asked = [meant] if meant else places.values()
        return [{"name": p.name, "text": p.help} for p in asked if p.help]

    async def begin(
        self,
        broker: str,
        *,
        browser: str,
        address: str,
        return_path: str,
        session: SessionRow | None = None,
    ) -> str:
        """Return where to send the browser; raise `NotFound` or a `LoginRefused`.

        With a ``session`` that one is proved anew, by two factors.
        """
        chosen = self._broker(broker)
        login = new_request(self.site_url + CALLBACK)
        if session is not None:
            login = ask_for_more(login, self._settings.login, broker)
        url = await chosen.begin(login)
        async with self._storage.write(GLOBAL) as write:
            may_begin = await take_turn(write, address, broker)
            if may_begin:
                path = keep_local(return_path)
                await keep_attempt(
                    write,
                    login,
                    broker=broker,
                    browser=browser,
                    return_path=path,
                    session_id=session.id if session else None,
                )
        if not may_begin:
            refused = TooManyLogins(
                _("Wait a minute and try again."), headers={"Retry-After": "60"}
            )
            await self._refusals.note(refused, Attempted(broker, self._places(broker)))
            raise refused
        return url

    async def finish(
        self,
        answer: Mapping[str, str],
        *,
        browser: str,
        device: str,
        earlier: SessionRow | None,
        known_by: str = "",
        address: str = "",
    ) -> SignedIn:
        """Let in who came back from a broker, or raise a `LoginRefused` that says why not.

        Nobody whom stamdata does not know gets an account. The browser's ``earlier`` session ends.
        ``known_by`` is the cookie by which the device is known again; a new one is told of (R13).
        """
        attempted = Attempted()
        come = Arrival(device, known_by or new_secret(), coarsen(address))
        try:
            return await self._finish(answer, attempted, come, browser=browser, earlier=earlier)
        except LoginRefused as refused:
            await self._refusals.note(refused, attempted)
            raise

    async def _finish(
        self,
        answer: Mapping[str, str],
        attempted: Attempted,
        come: Arrival,
        *,
        browser: str,
        earlier: SessionRow | None,
    ) -> SignedIn:
        # What a broker has posted is taken with the log-in, or not at all.
        unit = self._storage.write if ANSWER in answer else self._storage.write_one
        async with unit(GLOBAL) as write:
            if ANSWER in answer:
                answer = await take_answer(write, answer[ANSWER])
            attempt = await take_attempt(
                write,
                state=answer.get("state", answer.get("RelayState", "")),
                browser=browser,
                redirect_uri=self.site_url + CALLBACK,
            )
        attempted.broker, attempted.places = attempt.broker, self._places(attempt.broker)
        if attempt.session_id is None:
            return await self._let_in(attempt, answer, attempted, come, earlier=earlier)
        try:
            return await self._prove_again(attempt, answer, attempted, earlier)
        except LoginRefused as refused:
            refused.again = f"{STEP_UP}?{urlencode({'next': attempt.return_path})}"
            raise

    async def _let_in(
        self,
        attempt: Attempt,
        answer: Mapping[str, str],
        attempted: Attempted,
        come: Arrival,
        *,
        earlier: SessionRow | None,
    ) -> SignedIn:
        name, broker = attempt.broker, self._broker(attempt.broker)
        proved = await broker.finish(attempt.login, answer)
        attempted.uniid = proved.uniid
        async with self._storage.write(EVERYWHERE) as write:
            found = await self._people.find_by_uniid(write, proved.uniid)
            choices = self._admit(name, found, write.now)
            account_id = await open_account(write, proved, found)
            role = choices[0].role if len(choices) == 1 else None
            new = NewSession(
                account_id,
                name,
                role,
                proved.assurance,
                proved.proved_at,
                come.device,
                acr=proved.acr,
                amr=proved.amr,
                broker_subject=proved.subject,
                broker_sid=proved.sid,
                device_id=await meet_device(write, account_id, come.known_by, come.device),
                network=come.network,
            )
            value = await start_session(write, new, self._settings.login)
            if earlier is not None:
                await end_session(write, earlier.account_id, earlier.id)
            if self._give_roles is not None:
                await self._give_roles(write, name, proved, account_id)
            note_at_door(write, "identity.signed_in", new, found)
        level, whose = proved.assurance.name, tag_of(new)
        _log.info("a log-in by %s was let in at level %s, whose=%s", name, level, whose)
        return SignedIn(value, role, attempt.return_path, come.known_by)

    async def _prove_again(
        self,
        attempt: Attempt,
        answer: Mapping[str, str],
        attempted: Attempted,
        session: SessionRow | None,
    ) -> SignedIn:
        """Keep that the session's person was proved anew; under a new cookie, in the same role."""
        if session is None or session.id != attempt.session_id:
            raise LoginExpired(_("You have signed out meanwhile, or in as somebody else."))
        attempted.account_id = session.account_id
        attempted.role = session.role.value if session.role else UNDECIDED
        login = ask_for_more(attempt.login, self._settings.login, attempt.broker)
        proved = await self._broker(attempt.broker).finish(login, answer)
        wanted = self._settings.login.step_up
        async with self._storage.write(EVERYWHERE) as write:
            same = await is_account_of(write, session.account_id, proved)
            check_proof(proved, same_person=same, wanted=wanted, now=write.now)
            value = await prove_again(write, session, proved)
            if value is None:
                raise LoginExpired(_("You have signed out meanwhile, or in as somebody else."))
            if self._give_roles is not None:
                await self._give_roles(write, attempt.broker, proved, session.account_id)
            await take_over(write, session.id, session.typed_key, derive_key(value, TYPED_PURPOSE))
            proven = msgspec.structs.replace(session, assurance=proved.assurance)
            profiles = await self._people.find_by_account(write, session.account_id)
            note_at_door(write, "identity.proved_again", proven, profiles)
        _log.info("a session was proved anew by %s at %s", attempt.broker, proved.assurance.name)
        return SignedIn(value, session.role, attempt.return_path)

    async def list_roles(self, session: SessionRow) -> tuple[RoleChoice, ...]:
        """Return the roles that this session may take: held now, and meant for its broker.

        Raises a `LoginRefused` when there are none any more.
        """
        async with self._storage.read(EVERYWHERE) as read:
            return await self._find_roles(read, session)

    async def _find_roles(self, read: ReadUnit, session: SessionRow) -> tuple[RoleChoice, ...]:
        profiles = await self._people.find_by_account(read, session.account_id)
        return self._admit(session.broker, profiles, read.now)

    def _admit(
        self, name: str, profiles: Sequence[LoginProfile], now: datetime
    ) -> tuple[RoleChoice, ...]:
        """Return the roles that may be taken after a log-in by this broker; see `admit`."""
        broker = self.brokers.get(name)
        kinds = broker.kinds if broker else ()
        return admit(profiles, kinds, now, places=self._places(name), ways=self._list_ways())

    def _list_ways(self) -> tuple[Way, ...]:
        return tuple(
            Way(name, broker.kinds, self._places(name)) for name, broker in self.brokers.items()
        )

    async def choose_role(self, session: SessionRow, role: Kind) -> str:
        """Act in ``role`` from now on; return the session's new cookie value.

        Raises `WrongBroker` for a role that the session may not take, and `NotSignedIn` when it
        has ended meanwhile.
        """
        async with self._storage.write(EVERYWHERE) as write:
            profiles = await self._people.find_by_account(write, session.account_id)
            choices = self._admit(session.broker, profiles, write.now)
            if role not in {choice.role for choice in choices}:
                raise WrongBroker(
                    _("You cannot be %(role)s after the log-in that you used. Choose another.")
                    % {"role": ROLE_TITLES[role]}
                )
            value = await change_role(write, session, role, self._settings.login)
            if value is not None:
                chosen = msgspec.structs.replace(session, role=role)
                note_at_door(write, "identity.role_chosen", chosen, profiles)
        if value is None:
            raise NotSignedIn
        return value

    async def sign_out(self, session: SessionRow) -> str | None:
        """End the session; return where the browser signs out of its broker too, if it can."""
        async with self._storage.write(EVERYWHERE) as write:
            there = await find_at_broker(write, session)
            town = await find_town(write, session.id) if session.shared_profile_id else None
            if await end_session(write, session.account_id, session.id):
                profiles = await self._people.find_by_account(write, session.account_id)
                note_at_door(write, "identity.signed_out", session, profiles, town=town)
        broker = self.brokers.get(session.broker)
        if broker is None:
            return None
        return await broker.find_sign_out_url(f"{self.site_url}/sign-in", there)

    def _broker(self, name: str) -> LoginBroker:
        try:
            return self.brokers[name]
        except KeyError:
            raise NotFound from None
