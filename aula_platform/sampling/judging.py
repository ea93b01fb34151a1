"""Judging an entry, and signing a sample off: each step is audited, and the last one is final."""

from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.sampling.report import SIGNED, digest_of
from aula_platform.sampling.tables import drawn, sample
from aula_sdk.errors import FieldError, Invalid, NotFound
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.log_samples import MAX_NOTE, NotJudged, OwnDeed, SignedOff, Verdict
from aula_sdk.people import Actor
from aula_sdk.protocols import WriteUnit

_ = gettext_for("aula")
JUDGED = "audit.sample_judged"


async def judge(
    write: WriteUnit, actor: Actor, sample_id: UUID, number: int, verdict: Verdict, note: str
) -> None:
    """Keep what is thought of an entry of a sample that the actor goes through."""
    note = note.strip()
    if len(note) > MAX_NOTE:
        raise _wrong(_("That is too long"))
    if verdict is not Verdict.JUSTIFIED and not note:
        raise _wrong(_("Say what is to be found out, or why you suspect a breach"))
    municipality_id = await _lock(write, sample_id)
    found = await write.first(
        sa.select(entry.c.id, entry.c.account_id, entry.c.person_id)
        .join(drawn, drawn.c.entry_id == entry.c.id)
        .where(drawn.c.sample_id == sample_id, drawn.c.number == number)
    )
    if found is None:
        raise NotFound
    mine = {one.person_id for one in actor.profiles}
    if found.account_id == actor.account_id or found.person_id in mine:
        raise OwnDeed
    said = {
        "verdict": verdict.value,
        "note": note,
        "judged_at": write.now,
        "judged_by": _profile(actor, municipality_id),
    }
    here = drawn.c.sample_id == sample_id, drawn.c.number == number
    await write.execute(sa.update(drawn).where(*here).values(said))
    write.audit(
        JUDGED,
        municipality_id=municipality_id,
        object_id=sample_id,
        details={"entry": found.id.hex, "number": number, "verdict": verdict.value},
    )


async def sign_off(write: WriteUnit, actor: Actor, sample_id: UUID) -> None:
    """Sign a sample off that the actor goes through; nothing about it changes afterwards."""
    municipality_id = await _lock(write, sample_id)
    waits = sa.exists().where(drawn.c.sample_id == sample_id, drawn.c.verdict.is_(None))
    if await write.scalar(sa.select(waits)):
        raise NotJudged
    digest, size = await digest_of(write, sample_id)
    signed = {
        "signed_at": write.now,
        "signed_by": _profile(actor, municipality_id),
        "digest": digest,
    }
    await write.execute(sa.update(sample).where(sample.c.id == sample_id).values(signed))
    write.audit(
        SIGNED,
        municipality_id=municipality_id,
        object_id=sample_id,
        details={"digest": digest, "entries": size},
    )


async def _lock(write: WriteUnit, sample_id: UUID) -> UUID:
    """Let nobody else change the sample before the end of this; return whose it is.

    Whoever judges while somebody signs off waits, and is then told so.
    """
    mine = sa.select(sample.c.municipality_id, sample.c.signed_at).where(sample.c.id == sample_id)
    found = await write.first(mine.with_for_update())
    if found is None:
        raise NotFound
    if found.signed_at is not None:
        raise SignedOff
    key: UUID = found.municipality_id
    return key


def _profile(actor: Actor, municipality_id: UUID) -> UUID:
    return next(one.id for one in actor.profiles if one.municipality_id == municipality_id)


def _wrong(told: Text) -> Invalid:
    return Invalid(fields=(FieldError("note", str(told)),))
