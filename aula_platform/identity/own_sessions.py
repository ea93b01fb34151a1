"""What people do about their own sessions, devices and access keys: end them, own up to them.

Each is in the audit of every municipality in which the account is somebody, and wakes the open
pages of the account, so that those whose session has ended are told nothing more (R7, R13).
"""

from collections.abc import Sequence
from uuid import UUID

from aula_platform.identity.access_keys import NewKey, make_key, revoke_keys
from aula_platform.identity.devices import accept_device, refuse_device
from aula_platform.identity.door_audit import note_at_door
from aula_platform.identity.people import People
from aula_platform.identity.session_endings import end_all_sessions, end_session
from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.step_up import fresh_proof
from aula_platform.settings import StepUpSettings
from aula_platform.storage import EVERYWHERE, Storage, Write
from aula_sdk.errors import NotFound

TOPIC = "session"
"""The live topic that wakes pages; none fetches anything for it."""


class OwnSessions:
    """The sessions of whoever asks; nobody ends another's here."""

    def __init__(self, storage: Storage, people: People, step_up: StepUpSettings) -> None:
        """``step_up`` says when two factors were proved recently enough."""
        self._storage = storage
        self._people = people
        self._step_up = step_up

    async def end_one(
        self, session: SessionRow, session_id: UUID, *, profiles: Sequence[UUID]
    ) -> None:
        """End one session of the account; raise `NotFound` when it has none by this id."""
        async with self._storage.write(EVERYWHERE) as write:
            if not await end_session(write, session.account_id, session_id):
                raise NotFound
            await self._note(write, "identity.session_ended", session, profiles)

    async def end_all(
        self, session: SessionRow, *, but_this: bool, profiles: Sequence[UUID]
    ) -> int:
        """End all sessions of the account, or all but this; return how many.

        The account's access keys go too, since whoever was in could have made one; and a new
        device that nobody has owned up to is forgotten, it was not the owner's: unless the session
        came after it, since a thief's must not hide another, and has not proved two factors since.
        """
        async with self._storage.write(EVERYWHERE) as write:
            kept = session.id if but_this else None
            proof = fresh_proof(session, self._step_up, write.now)
            await refuse_device(write, session.account_id, session_id=session.id, proof=proof)
            ended = await end_all_sessions(write, session.account_id, but=kept)
            await revoke_keys(write, session.account_id)
            await self._note(write, "identity.signed_out_everywhere", session, profiles)
        return ended

    async def accept(self, session: SessionRow, device_id: UUID) -> None:
        """Note that the owner knows the device.

        Raises `NotFound` where nothing was asked about it, or where the new device itself says so
        or one that came later and has proved no two factors since: whoever has stolen a log-in must
        not be able to hide that.
        """
        async with self._storage.write(EVERYWHERE) as write:
            proof = fresh_proof(session, self._step_up, write.now)
            if not await accept_device(
                write, session.account_id, device_id, session_id=session.id, proof=proof
            ):
                raise NotFound
            await self._note(write, "identity.device_accepted", session, ())

    async def make_key(self, session: SessionRow, new: NewKey) -> str:
        """Keep a key for the session's person and role; return its text, which is shown once."""
        async with self._storage.write(EVERYWHERE) as write:
            _key_id, text = await make_key(write, session, new)
            await self._note(write, "identity.key_made", session, ())
        return text

    async def revoke_key(self, session: SessionRow, key_id: UUID) -> None:
        """Take a key away, from its next request on; raise `NotFound` when it is not one's own."""
        async with self._storage.write(EVERYWHERE) as write:
            if not await revoke_keys(write, session.account_id, [key_id]):
                raise NotFound
            await self._note(write, "identity.key_revoked", session, ())

    async def _note(
        self, write: Write, action: str, session: SessionRow, profiles: Sequence[UUID]
    ) -> None:
        known = await self._people.find_by_account(write, session.account_id)
        note_at_door(write, action, session, known)
        if profiles:
            write.changed(TOPIC, profiles)
