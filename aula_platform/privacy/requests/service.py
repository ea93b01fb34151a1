"""Asking for one's data, seeing how far it is, and deciding about it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.permissions.onlookers import people_of
from aula_platform.privacy.tables import MAX_WORDS, State, What, request
from aula_platform.stamdata.tables import institution, person, profile
from aula_sdk.errors import Conflict, FieldError, Invalid, NotFound
from aula_sdk.i18n import Text, current_locale, gettext_for
from aula_sdk.ids import new_id
from aula_sdk.operations import HANDLE_REQUESTS
from aula_sdk.people import Actor
from aula_sdk.protocols import Permissions, ReadUnit, WriteUnit

_ = gettext_for("aula")
ASKED, DECIDED = "privacy.request_asked", "privacy.request_decided"
MOST = 50
OPEN = (State.ASKED, State.APPROVED, State.FAILED)


class AskedAlready(Conflict):
    """The same is waiting already."""

    code = "privacy.asked-already"
    title = _("You have asked for this already")


class NotOpen(Conflict):
    """Somebody else has decided it meanwhile."""

    code = "privacy.not-open"
    title = _("This has been decided already")


class Request(msgspec.Struct, frozen=True):
    """A request as its asker and those who decide see it."""

    id: UUID
    what: What
    words: str
    state: State
    asked_at: datetime
    answer: str
    file_id: UUID | None
    expires_at: datetime | None
    name: str
    """Whom it is about; empty when the person was erased."""
    institution: str
    asker: str
    """Who has asked; empty when that person was erased."""
    asker_id: UUID
    municipality_id: UUID


_by, _asker = profile.alias("by"), person.alias("asker")
_SHOWN = (
    sa.select(
        request.c.id,
        request.c.what,
        request.c.words,
        request.c.state,
        request.c.asked_at,
        request.c.answer,
        request.c.file_id,
        request.c.expires_at,
        sa.func.coalesce(person.c.name, ""),
        sa.func.coalesce(institution.c.name, ""),
        sa.func.coalesce(_asker.c.name, ""),
        request.c.asker_id,
        request.c.municipality_id,
    )
    .outerjoin(person, person.c.id == request.c.person_id)
    .outerjoin(institution, institution.c.id == request.c.institution_id)
    .outerjoin(_by, _by.c.id == request.c.asker_id)
    .outerjoin(_asker, _asker.c.id == _by.c.person_id)
    .order_by(request.c.asked_at.desc(), request.c.id.desc())
    .limit(MOST)
)


async def list_own(read: ReadUnit, actor: Actor) -> list[Request]:
    """Return what the actor has asked for, the latest first."""
    mine = [one.id for one in actor.profiles]
    return _typed(await read.structs(Request, _SHOWN.where(request.c.asker_id.in_(mine))))


async def list_to_decide(read: ReadUnit, permissions: Permissions, actor: Actor) -> list[Request]:
    """Return what the actor decides about, what waits first; each is looked at (R19)."""
    visible = permissions.visible(actor, HANDLE_REQUESTS)
    of_others = request.c.account_id != actor.account_id
    waits = sa.case((request.c.state.in_(OPEN), 0), else_=1)
    statement = _SHOWN.where(visible.clause, of_others).order_by(None)
    statement = statement.order_by(waits, request.c.asked_at.desc(), request.c.id.desc())
    found = _typed(await read.structs(Request, statement, visible.params))
    for one in found:
        # Whoever wrote it is told, and nobody else that there is a request: a child's other parent
        # would learn of it by that.
        read.looked(
            HANDLE_REQUESTS,
            municipality_id=one.municipality_id,
            object_id=one.id,
            subjects=(one.asker_id,),
        )
    return found


def _typed(rows: Sequence[Request]) -> list[Request]:
    return [
        msgspec.structs.replace(one, what=What(one.what), state=State(one.state)) for one in rows
    ]


async def ask(write: WriteUnit, actor: Actor, person_id: UUID, what: What, words: str) -> UUID:
    """Ask for something of one's own, or of a child in one's custody; return the request's id.

    Raises `NotFound` for anybody else, `Invalid`, `AskedAlready`.
    """
    if person_id not in people_of(actor):
        raise NotFound
    words = words.strip()
    if len(words) > MAX_WORDS:
        raise _wrong("words", _("That is too long"))
    if what is What.CORRECTION and not words:
        raise _wrong("words", _("Say what is wrong, and what it should be"))
    found = await write.first(
        sa.select(profile.c.id, profile.c.institution_id, profile.c.municipality_id)
        .where(
            profile.c.person_id == person_id,
            profile.c.municipality_id.in_(actor.municipalities),
        )
        .order_by(profile.c.valid_to.is_not(None), profile.c.id)
    )
    if found is None:
        raise NotFound
    mine = [one.id for one in actor.profiles]
    same = (
        request.c.person_id == person_id,
        request.c.asker_id.in_(mine),
        request.c.what == what,
        request.c.state.in_(OPEN),
    )
    if await write.first(sa.select(request.c.id).where(*same)) is not None:
        raise AskedAlready
    here = [one.id for one in actor.profiles if one.municipality_id == found.municipality_id]
    key = new_id()
    await write.execute(
        sa.insert(request),
        {
            "id": key,
            "municipality_id": found.municipality_id,
            "institution_id": found.institution_id,
            "person_id": person_id,
            "asker_id": (here or mine)[0],
            "account_id": actor.account_id,
            "locale": current_locale(),
            "what": what,
            "words": words,
            "state": State.ASKED,
            "asked_at": write.now,
            "answer": "",
        },
    )
    _note(write, ASKED, found.municipality_id, key, found.id, what)
    return key


async def decide(
    write: WriteUnit,
    permissions: Permissions,
    actor: Actor,
    key: UUID,
    *,
    approved: bool,
    answer: str,
) -> None:
    """Approve a request, which is then done within seconds, or refuse it with a reason.

    Raises `NotFound` to whoever does not decide about it, `Invalid` for a refusal without a reason
    (art. 12(4)), `NotOpen`.
    """
    if not await permissions.may(write, actor, HANDLE_REQUESTS, key):
        raise NotFound
    answer = answer.strip()
    if len(answer) > MAX_WORDS:
        raise _wrong("answer", _("That is too long"))
    if not approved and not answer:
        raise _wrong(
            "answer", _("Say why, and that one can complain to the data protection authority")
        )
    row = await write.first(sa.select(request).where(request.c.id == key))
    assert row is not None  # noqa: S101  # The condition above has found it.
    if row.account_id == actor.account_id:
        raise NotFound  # One's own, asked for as somebody of another municipality.
    decider = [one.id for one in actor.profiles if one.municipality_id == row.municipality_id]
    # A correction is made by whoever approves it, at the source; nothing is left for a job.
    after = State.DONE if row.what == What.CORRECTION else State.APPROVED
    changed = await write.execute(
        sa.update(request)
        .where(request.c.id == key, request.c.state.in_((State.ASKED, State.FAILED)))
        .values(
            state=after if approved else State.REFUSED,
            decided_at=write.now,
            decider_id=decider[0],
            answer=answer,
        )
    )
    if not changed.rowcount:
        raise NotOpen
    decision = "approved" if approved else "refused"
    _note(write, DECIDED, row.municipality_id, key, row.asker_id, row.what, decision)


def _wrong(field: str, told: Text) -> Invalid:
    return Invalid(told, fields=(FieldError(field, str(told)),))


def _note(
    write: WriteUnit,
    action: str,
    municipality_id: UUID,
    key: UUID,
    about: UUID,
    what: str,
    decision: str = "",
) -> None:
    details: dict[str, str | int | bool] = {"what": str(what)}
    if decision:
        details["decision"] = decision
    write.audit(
        action, municipality_id=municipality_id, object_id=key, subjects=(about,), details=details
    )
