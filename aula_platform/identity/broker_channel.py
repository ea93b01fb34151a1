"""What brokers send by themselves: answers in forms, and that sessions are over."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from aula_platform.identity.answers import keep_answer, use_once
from aula_platform.identity.brokers import CALLBACK
from aula_platform.identity.door_audit import note_at_door
from aula_platform.identity.login_rate import take_turn
from aula_platform.identity.people import LoginProfile, People
from aula_platform.identity.problems import TooManyLogins
from aula_platform.identity.refusals import Attempted, Refusals
from aula_platform.identity.session_endings import end_at_broker
from aula_platform.storage import EVERYWHERE, GLOBAL, Storage
from aula_sdk.errors import NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.login import BrokerSession, LoginBroker, LoginNotTrusted

_ = gettext_for("aula")
_log = logging.getLogger("aula.identity")
ANSWER = "answer"
LONGEST_REPLAY = timedelta(hours=1)
"""How long a logout is remembered whose broker does not say how long it would be believed."""


class BrokerChannel:
    """Takes what comes without a browser's cookies, for what the broker's signature makes it."""

    def __init__(
        self,
        storage: Storage,
        people: People,
        brokers: Mapping[str, LoginBroker],
        refusals: Refusals,
        places: Callable[[str], Sequence[str]],
    ) -> None:
        """``brokers`` have been checked by `check_brokers`; ``places`` says of a broker for which
        municipalities' people alone it is.
        """
        self._storage = storage
        self._people = people
        self._brokers = brokers
        self._refusals = refusals
        self._places = places

    def tell_of_us(self, name: str) -> str:
        """Return our metadata for a broker; raise `NotFound` for one that uses none."""
        metadata = self._broker(name).metadata
        if not metadata:
            raise NotFound
        return metadata

    async def keep_answer(self, name: str, sent: Mapping[str, str], *, address: str) -> str:
        """Keep what the broker sent by form; return the path at which the browser comes for it.

        Raises `NotFound` for a broker that sends no forms, and `TooManyLogins`: whose form it is
        can only be known later, so that anybody may send one, but not as many as they like.
        """
        if not self._broker(name).takes_forms:
            raise NotFound
        async with self._storage.write(GLOBAL) as write:
            may_keep = await take_turn(write, address, f"{name}/{ANSWER}")
            value = await keep_answer(write, sent) if may_keep else ""
        if not may_keep:
            refused = TooManyLogins(
                _("Wait a minute and try again."), headers={"Retry-After": "60"}
            )
            await self._refusals.note(refused, Attempted(name, self._places(name)))
            raise refused
        return f"{CALLBACK}?{urlencode({ANSWER: value})}"

    async def end_at_broker(
        self, name: str, sent: Mapping[str, str], query: str
    ) -> BrokerSession | None:
        """End the sessions that the broker says are over; None when it answers us instead.

        Each is in the audit of the municipalities in which its person is somebody. Raises
        `LoginNotTrusted` when the broker did not say so, or has said so before.
        """
        ended = await self._broker(name).read_ended(sent, query)
        if ended is None:
            return None
        async with self._storage.write(EVERYWHERE) as write:
            if ended.token_id and not await use_once(
                write, name, ended.token_id, ended.expires_at or write.now + LONGEST_REPLAY
            ):
                raise LoginNotTrusted(_("This was said before."))
            sessions = await end_at_broker(write, name, ended)
            known: dict[UUID, list[LoginProfile]] = {}
            for one in sessions:
                if one.account_id not in known:
                    known[one.account_id] = await self._people.find_by_account(
                        write, one.account_id
                    )
                note_at_door(write, "identity.ended_by_broker", one, known[one.account_id])
        _log.info("%s has ended %d sessions", name, len(sessions))
        return ended

    def _broker(self, name: str) -> LoginBroker:
        try:
            return self._brokers[name]
        except KeyError:
            raise NotFound from None
