"""Accounts: made at the first log-in of somebody whom stamdata knows, linked by UNI-ID."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.identity.people import LoginProfile, People
from aula_platform.identity.problems import PersonLeft
from aula_platform.identity.tables import account, account_person, credential
from aula_sdk.db import Instant
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id
from aula_sdk.login import ProvedIdentity
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("aula")
_BY_UNIID = (
    sa.select(account.c.id, account.c.closed_at, account_person.c.person_id)
    .outerjoin(account_person, account_person.c.account_id == account.c.id)
    .where(account.c.uniid == sa.bindparam("uniid", type_=sa.String))
)
"""The account, once for each person that it is."""
_NEW = insert(account).on_conflict_do_nothing(index_elements=[account.c.uniid])
_met = insert(credential)
_USED = _met.on_conflict_do_update(
    index_elements=[credential.c.issuer, credential.c.subject],
    set_={"account_id": _met.excluded.account_id, "last_used_at": _met.excluded.last_used_at},
)


async def open_account(
    write: WriteUnit, proved: ProvedIdentity, profiles: Sequence[LoginProfile]
) -> UUID:
    """Return the account of who was proved, made if it is their first time, linked as of now.

    The UNI-ID decides: a new UNI-ID at the same broker is another account, and a person whose
    UNI-ID was corrected leaves the account that they were linked to by mistake. Raises
    `PersonLeft` when the account has been closed.
    """
    known = {"uniid": proved.uniid}
    found = await write.rows(_BY_UNIID, known)
    if not found:
        await write.execute(_NEW, {**known, "id": new_id(), "created_at": write.now})
        found = await write.rows(_BY_UNIID, known)
    account_id: UUID = found[0].id
    if found[0].closed_at is not None:
        raise PersonLeft(_("Your account has been closed. Ask your municipality."))
    await _keep_credential(write, account_id, proved)
    linked = {row.person_id for row in found if row.person_id is not None}
    await _link(write, account_id, linked, {p.person_id: p.municipality_id for p in profiles})
    return account_id


async def is_account_of(read: ReadUnit, account_id: UUID, proved: ProvedIdentity) -> bool:
    """Whether who was proved is the person of this account, which is still open."""
    mine = account.c.id == account_id
    found = await read.scalar(
        sa.select(account.c.id).where(
            mine, account.c.uniid == proved.uniid, account.c.closed_at.is_(None)
        )
    )
    return found is not None


async def _keep_credential(write: WriteUnit, account_id: UUID, proved: ProvedIdentity) -> None:
    await write.execute(
        _USED,
        {
            "id": new_id(),
            "account_id": account_id,
            "issuer": proved.issuer,
            "subject": proved.subject,
            "created_at": write.now,
            "last_used_at": write.now,
        },
    )


async def _link(
    write: WriteUnit, account_id: UUID, linked: set[UUID], persons: dict[UUID, UUID]
) -> None:
    """Make the account, which is those ``linked``, be exactly these persons (person id →
    municipality id).
    """
    if linked == persons.keys():
        return
    mine = account_person.c.account_id == account_id
    gone = account_person.c.person_id.in_(linked - persons.keys())
    await write.execute(sa.delete(account_person).where(mine, gone))
    new = sorted(persons.keys() - linked)
    others = sa.select(account_person.c.person_id).where(account_person.c.person_id.in_(new))
    # Nobody remembers anything of a new account; a morning of first log-ins must not make every
    # worker forget everybody.
    is_remembered = bool(linked) or await write.first(others) is not None
    for person_id in new:
        statement = insert(account_person).values(
            person_id=person_id,
            account_id=account_id,
            municipality_id=persons[person_id],
            linked_at=write.now,
        )
        await write.execute(
            statement.on_conflict_do_update(
                index_elements=[account_person.c.person_id],
                set_={"account_id": account_id, "linked_at": write.now},
            )
        )
    if is_remembered:
        await raise_rights_epoch(write)


async def relink_accounts(
    write: WriteUnit, people: People, moved: AbstractSet[UUID] | None = None
) -> int:
    """After a change of stamdata, make accounts be the persons with their UNI-ID; in two
    statements, whatever their number. Return how many links were added or removed.

    Only the links of the persons ``moved`` are looked at; of everybody where that is None.

    So a child who starts in another municipality is on the overview without a new log-in, and a
    UNI-ID that is corrected takes the wrong account's access away at once.
    """
    person = people.profiles
    same = sa.exists().where(
        account.c.id == account_person.c.account_id,
        person.c.uniid == account.c.uniid,
        person.c.person_id == account_person.c.person_id,
    )
    by_uniid = sa.exists().where(
        account.c.id == account_person.c.account_id, account.c.uniid.is_not(None)
    )
    if moved is not None and not moved:
        return 0
    theirs = sa.true() if moved is None else account_person.c.person_id.in_(moved)
    removed = await write.execute(sa.delete(account_person).where(theirs, by_uniid, ~same))
    taken = sa.exists().where(account_person.c.person_id == person.c.person_id)
    missing = (
        sa.select(
            person.c.person_id,
            account.c.id,
            person.c.municipality_id,
            sa.literal(write.now, Instant),
        )
        .join(account, account.c.uniid == person.c.uniid)
        .where(~taken, sa.true() if moved is None else person.c.person_id.in_(moved))
        .distinct()
    )
    added = await write.execute(
        sa.insert(account_person).from_select(
            ["person_id", "account_id", "municipality_id", "linked_at"], missing
        )
    )
    changed = int(removed.rowcount + added.rowcount)
    if changed:
        await raise_rights_epoch(write)
    return changed


async def list_persons(read: ReadUnit, account_id: UUID) -> dict[UUID, UUID]:
    """Return the persons that the account is, each with the municipality it belongs to."""
    rows = await read.rows(
        sa.select(account_person.c.person_id, account_person.c.municipality_id).where(
            account_person.c.account_id == account_id
        )
    )
    return {row.person_id: row.municipality_id for row in rows}
