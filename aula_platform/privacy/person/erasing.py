"""Erases one person: plugins say how theirs goes, the kernel's rows go by what they name (art. 17).

All of it, or nothing, is one transaction, which ends by looking for what is left.
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from aula_platform.files.tables import file
from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.identity.tables import account_person, break_glass, impersonation
from aula_platform.permissions.tables import age, channel, grant, holder, role
from aula_platform.plugin_host.tables import set_up, switched
from aula_platform.privacy.person.gathering import Plugins
from aula_platform.privacy.person.subject import Subject
from aula_platform.privacy.person.traces import find_traces, naming_columns
from aula_platform.privacy.place import Installation
from aula_platform.privacy.reach import OF_ACCOUNTS
from aula_platform.privacy.retention.held import check_person, hold_off_decisions
from aula_platform.privacy.retention.tables import freeze, policy, run
from aula_platform.privacy.tables import request
from aula_platform.sampling.tables import drawn, sample
from aula_platform.storage import EVERYWHERE, Write
from aula_platform.storage.wall import COLUMN
from aula_sdk.people import Actor
from aula_sdk.retention import RetentionSubject

ERASED = "privacy.person_erased"
"""What is audited when somebody was erased: opaque ids and counts, which are its tombstone."""

BLANKED: Mapping[str, tuple[str, ...]] = {
    grant.name: ("granted_by",),
    holder.name: ("granted_by", "deputy_for"),
    role.name: ("created_by",),
    request.name: ("decider_id",),
    sample.name: ("signed_by",),
    drawn.name: ("judged_by",),
    channel.name: ("closed_by",),
    age.name: ("decided_by",),
    impersonation.name: ("supporter_id",),
    break_glass.name: ("asker_id", "decider_id"),
    switched.name: ("chosen_by",),
    set_up.name: ("chosen_by",),
    policy.name: ("decided_by",),
    freeze.name: ("frozen_by", "lifted_by"),
    run.name: ("planned_by", "announced_by"),
}
"""What somebody has decided stays, without who it was."""

REMAINS: Mapping[str, str] = {
    "audit_entry": "what was done, by opaque ids; it cannot be changed, and expires by its months",
    "audit_link": "the chain over the audit",
    "audit_subject": "whom it was about, by opaque ids",
    "events_delivery": "which part of the program was told: ids, gone within a week",
    "events_lane": "which worker is to tell whom: ids, gone when it is told",
    "events_outbox": "that something happened, by ids, gone within a week",
    "events_topic": "which open pages fetch anew: ids, gone within the hour",
}
"""Tables in which an id that nobody can resolve any more stays for a time, with why."""

_OF_ACCOUNTS = {account_person.name, *(column.table.name for column in OF_ACCOUNTS)}


class StillBelongs(Exception):
    """The person belongs to an institution, which must know whom it looks after."""


class StillNamed(Exception):
    """Something still names the person; nothing was erased. The message says what it is."""


async def erase_person(
    installation: Installation,
    subject: Subject,
    plugins: Plugins,
    subjects: Mapping[str, RetentionSubject],
    by: Actor | None = None,
) -> dict[str, int]:
    """Erase the person; return how many rows that touched, by plugin and by table of the kernel.

    Afterwards no row names the person but those of `REMAINS`, and the person's words and files are
    gone. Others' rows stay. Raises `StillBelongs`, `NotWhole`, `StillNamed`, and `Frozen` when
    something that ``subjects`` know of the person is; nothing is erased then. On SQLite what was
    deleted is still in the file until it is made compact.
    """
    await installation.check_whole()
    if subject.belongs:
        raise StillBelongs("the person still belongs to an institution: nothing was erased")
    async with installation.storage.write(subject.place.wall, by) as write:
        profiles, known = subject.profiles, subjects.values()
        await hold_off_decisions(write, subject.place.id)
        await check_person(write, subject.place.id, subject.person_id, profiles, known)
        touched = {}
        for name, plugin in plugins.items():
            if plugin is not None:
                touched[name] = await plugin.erase(subject.person_id, write)
        files = await write.rows(sa.select(file.c.id).where(_files_of(subject)))
        await write.execute(sa.delete(file).where(_files_of(subject)))
        touched[file.name] = len(files)
        touched |= await _erase_kernel(installation, subject, plugins, write)
        await _check_gone(installation, subject, write)
        await raise_rights_epoch(write)
        write.audit(
            ERASED,
            municipality_id=subject.place.id,
            object_id=subject.person_id,
            subjects=subject.profiles,
            details={"rows": sum(touched.values()), "files": len(files)},
        )
    # After the rows: should this be cut off, what is left are blobs that nobody's row names, which
    # a job collects.
    for one in files:
        await installation.blobs.remove(one.id)
    return {name: rows for name, rows in touched.items() if rows}


def _files_of(subject: Subject) -> sa.ColumnElement[bool]:
    """Return the condition for what the person has uploaded, and for exports of the person."""
    mine = sa.false() if subject.account_id is None else file.c.account_id == subject.account_id
    about = sa.select(request.c.id).where(request.c.person_id == subject.person_id)
    return sa.and_(
        sa.or_(mine, file.c.object_id.in_(about)), file.c.municipality_id == subject.place.id
    )


async def _erase_kernel(
    installation: Installation, subject: Subject, plugins: Plugins, write: Write
) -> dict[str, int]:
    touched: dict[str, int] = {}
    for table in _rooms_tables(installation, plugins):
        if table.name in REMAINS or (table.name in _OF_ACCOUNTS and not subject.is_alone):
            continue
        write.wall = subject.place.wall if COLUMN in table.c else EVERYWHERE
        for statement in _statements(table, subject):
            changed = await write.execute(statement)
            if changed.rowcount:
                touched[table.name] = touched.get(table.name, 0) + changed.rowcount
    write.wall = subject.place.wall
    link = account_person.c.person_id == subject.person_id
    await write.execute(
        sa.delete(account_person).where(link, account_person.c.municipality_id == subject.place.id)
    )
    return touched


def _rooms_tables(installation: Installation, plugins: Plugins) -> Iterator[sa.Table]:
    """Yield the kernel's tables, each before those that it refers to."""
    for owner, table in list(installation.tables())[::-1]:
        if owner.name not in plugins:
            yield table


def _statements(table: sa.Table, subject: Subject) -> Iterator[sa.Update | sa.Delete]:
    here = table.c[COLUMN] == subject.place.id if COLUMN in table.c else sa.true()
    ids, blanked = sorted(subject.ids), BLANKED.get(table.name, ())
    for name in blanked:
        yield sa.update(table).where(here, table.c[name].in_(ids)).values({name: None})
    naming = [column for column in naming_columns(table) if column.name not in blanked]
    if naming:
        named = sa.or_(*(column.in_(ids) for column in naming))
        yield sa.delete(table).where(here, named)


async def _check_gone(installation: Installation, subject: Subject, write: Write) -> None:
    """Raise `StillNamed` when a row names the person yet."""
    kept = set(REMAINS) if subject.is_alone else {*REMAINS, *_OF_ACCOUNTS}
    tables = [table for _owner, table in installation.tables() if table.name not in kept]
    left = await find_traces(write, tables, subject)
    if left:
        told = ", ".join(f"{name} ({len(keys)})" for name, keys in left.items())
        raise StillNamed(f"{told} would still name the person: nothing was erased")
