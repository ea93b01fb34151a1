"""What an entry of the audit can speak of, as conditions in SQL: nothing is read to be weighed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit.tables import entry, subject
from aula_platform.sampling.acting import AT_WORK
from aula_platform.sampling.families import is_protected
from aula_platform.sampling.period import Period
from aula_platform.stamdata.tables import guardianship, membership, person, profile
from aula_sdk import stamdata
from aula_sdk.audit import AuditKind
from aula_sdk.log_samples import Signal
from aula_sdk.people import Kind

Condition = sa.ColumnElement[bool]

READINGS = entry.c.kind.in_((AuditKind.LOOK.value, AuditKind.EXPORT.value))
"""What is drawn from by chance: everything confidential or sensitive that was read or taken out."""
_AT_WORK = entry.c.role.in_(AT_WORK)
_FAMILIES = (Kind.PUPIL.value, Kind.GUARDIAN.value)


class BusyDay(NamedTuple):
    """An account that has looked very many times on one day."""

    account_id: UUID
    start: datetime
    end: datetime


def conditions(
    period: Period, busy: Sequence[BusyDay], sensitive: Collection[str]
) -> Mapping[Signal, Condition]:
    """Return by signal which entries speak of it.

    ``sensitive`` are the actions that take a second factor. Whom somebody had to do with is asked
    of the moment of the deed, which stamdata has an answer for.
    """
    at_night = [sa.and_(entry.c.at >= start, entry.c.at < end) for start, end in period.nights()]
    many = [
        sa.and_(entry.c.account_id == one.account_id, entry.c.at >= one.start, entry.c.at < one.end)
        for one in busy
    ]
    return {
        Signal.PROTECTED: sa.and_(READINGS, _about_protected()),
        Signal.OWN_FAMILY: sa.and_(READINGS, _AT_WORK, _about_own_family()),
        Signal.NO_COMMON_GROUP: sa.and_(READINGS, _AT_WORK, _about_others_families()),
        Signal.COLLEAGUE: sa.and_(READINGS, _AT_WORK, _about_colleague()),
        Signal.MANY_LOOKS: sa.and_(READINGS, sa.or_(sa.false(), *many)),
        Signal.UNUSUAL_HOUR: sa.and_(READINGS, _AT_WORK, sa.or_(*at_night)),
        Signal.SENSITIVE: sa.and_(READINGS, entry.c.action.in_(sorted(sensitive))),
        Signal.SUPPORT: entry.c.details["as"].as_string().is_not(None),
        Signal.EXPORT: entry.c.kind == AuditKind.EXPORT.value,
        Signal.RIGHTS: entry.c.kind == AuditKind.GRANT.value,
    }


def _about_protected() -> Condition:
    whom, who = profile.alias(), person.alias()
    return sa.exists().where(
        subject.c.entry_id == entry.c.id,
        whom.c.id == subject.c.profile_id,
        who.c.id == whom.c.person_id,
        is_protected(who),
    )


def _about_own_family() -> Condition:
    """About a child of whom whoever acted is a contact person, or another one of that child."""
    whom, mine, theirs = profile.alias(), guardianship.alias(), guardianship.alias()
    another = sa.exists().where(
        theirs.c.child_person_id == mine.c.child_person_id,
        theirs.c.guardian_person_id == whom.c.person_id,
        stamdata.valid(theirs, entry.c.at),
    )
    another = another.correlate_except(theirs)
    return sa.exists().where(
        subject.c.entry_id == entry.c.id,
        whom.c.id == subject.c.profile_id,
        whom.c.person_id != entry.c.person_id,
        mine.c.guardian_person_id == entry.c.person_id,
        stamdata.valid(mine, entry.c.at),
        sa.or_(mine.c.child_person_id == whom.c.person_id, another),
    )


def _about_others_families() -> Condition:
    """About a pupil or a guardian whom no group of whoever acted reached at that moment."""
    whom, mine = profile.alias(), profile.alias()
    member, reach = membership.alias(), stamdata.reach.alias()
    common = sa.exists().where(
        reach.c.profile_id == whom.c.id,
        stamdata.valid(reach, entry.c.at),
        member.c.group_id == reach.c.group_id,
        stamdata.valid(member, entry.c.at),
        mine.c.id == member.c.profile_id,
        mine.c.person_id == entry.c.person_id,
    )
    # Of two levels around it SQLAlchemy by itself looks at the nearest one alone.
    common = common.correlate_except(reach, member, mine)
    return sa.exists().where(
        subject.c.entry_id == entry.c.id,
        whom.c.id == subject.c.profile_id,
        whom.c.kind.in_(_FAMILIES),
        whom.c.person_id != entry.c.person_id,
        ~common,
    )


def _about_colleague() -> Condition:
    whom, mine = profile.alias(), profile.alias()
    return sa.exists().where(
        subject.c.entry_id == entry.c.id,
        whom.c.id == subject.c.profile_id,
        whom.c.kind == Kind.EMPLOYEE.value,
        whom.c.person_id != entry.c.person_id,
        mine.c.person_id == entry.c.person_id,
        mine.c.kind == Kind.EMPLOYEE.value,
        mine.c.institution_id == whom.c.institution_id,
    )
