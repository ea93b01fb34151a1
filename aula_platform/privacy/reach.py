"""Which rows of each table are a municipality's: by ``municipality_id``, or by a rule of these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_platform.audit import tables as audit
from aula_platform.events import tables as events
from aula_platform.identity import tables as identity
from aula_platform.stamdata import tables as stamdata
from aula_platform.storage import tables as storage
from aula_platform.storage.wall import COLUMN

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a table without ``municipality_id`` is divided."""

    of: Callable[[UUID], Condition]
    looks_elsewhere: bool = False
    """Whether the condition asks what other municipalities have, and so needs to see them."""


def accounts_alone(municipality_id: UUID) -> sa.Select[Any]:
    """Return the accounts of people of this municipality who are nobody in any other.

    An account is somebody's by its link, or (before the first log-in after an import, and after
    the last) by the UNI-ID that both have.
    """
    link, person, account = identity.account_person, stamdata.person, identity.account
    linked, known = link.c.account_id == account.c.id, person.c.uniid == account.c.uniid

    def somebody(where: Callable[[sa.Column[Any]], Condition]) -> Condition:
        return sa.or_(
            sa.exists().where(linked, where(link.c.municipality_id)),
            sa.exists().where(known, where(person.c.municipality_id)),
        )

    here = somebody(lambda column: column == municipality_id)
    elsewhere = somebody(lambda column: column != municipality_id)
    return sa.select(account.c.id).where(here, ~elsewhere)


OF_ACCOUNTS: tuple[sa.Column[Any], ...] = (
    storage.idempotency.c.account_id,
    identity.session.c.account_id,
    identity.credential.c.account_id,
    identity.device.c.account_id,
    identity.access_key.c.account_id,
    identity.pin.c.account_id,
    identity.account.c.id,
)
"""Where an account is; the account itself, by whose going nobody knows any more whose the others
were, is the last."""


def _of_accounts(column: sa.Column[Any]) -> Rule:
    return Rule(lambda one: column.in_(accounts_alone(one)), looks_elsewhere=True)


def _audited(municipality_id: UUID) -> Condition:
    entries = sa.select(audit.entry.c.id).where(audit.entry.c.municipality_id == municipality_id)
    return audit.subject.c.entry_id.in_(entries)


def _streaming(municipality_id: UUID) -> Condition:
    events_there = sa.select(events.outbox.c.stream).where(
        events.outbox.c.municipality_id == municipality_id
    )
    return events.lane.c.stream.in_(events_there)


def _typed(municipality_id: UUID) -> Condition:
    sessions = sa.select(identity.session.c.id).where(
        identity.session.c.account_id.in_(accounts_alone(municipality_id))
    )
    return identity.typed.c.session_id.in_(sessions)


RULES: Mapping[str, Rule] = {
    "audit_subject": Rule(_audited),
    "events_lane": Rule(_streaming),
    "identity_typed": Rule(_typed, looks_elsewhere=True),
    "stamdata_municipality": Rule(lambda one: stamdata.municipality.c.id == one),
    **{column.table.name: _of_accounts(column) for column in OF_ACCOUNTS},
}
"""Tables without the column of which a part is a municipality's all the same."""

NOBODYS: Mapping[str, str] = {
    "events_job": "when the platform's own jobs run",
    "events_subscriber": "who is to get which kind of event",
    "events_topic": "which open pages fetch anew; opaque ids, gone within the hour",
    "identity_broker_answer": "what a log-in broker sent: sealed, gone in two minutes",
    "identity_replay_cache": "a logout token that was used: a hash, gone when it has expired",
    "identity_epoch": "one row: whether what workers remember still holds",
    "identity_login_attempt": "a browser on its way to a log-in broker: nobody yet",
    "identity_login_rate": "how often an address tried to log in: a hash, gone in minutes",
    "plugin_host_fault": "where plugins fail in this installation; nothing of people",
    "plugin_host_restart": "when workers were ended; nothing of people",
}
"""Tables of which nothing is any municipality's, with why."""

NOT_EXPORTED: Mapping[str, str] = {
    "events_delivery": "which part of the program was told of an event; nothing elsewhere",
    "events_lane": "which worker was to tell whom; nothing elsewhere",
    "events_outbox": "that something happened, as ids, for a week; the audit has it too",
    "identity_credential": "how an account has proved itself to a log-in broker: a credential",
    "identity_access_key": "with what programs act for somebody, by the hash of a secret",
    "identity_pin": "with what an employee is known at a shared device: a slow hash",
    "identity_shared_device": "tablets of an institution, by the hash of a secret; paired anew",
    "identity_device": "which devices have logged in before, by the hash of a secret",
    "identity_typed": "what was typed before a second factor: sealed by a cookie, gone in minutes",
    "identity_session": "who is signed in at this moment, by the hash of a secret: a credential",
    "storage_idempotency": "keys that keep a form from being sent twice, for a week",
}
"""Tables of which a municipality's rows are erased but not handed over, with why."""

KEPT: Mapping[str, str] = {
    "audit_checkpoint": "that a municipality was erased, and how much: opaque ids and counts",
}
"""Tables of which a municipality's rows are handed over but stay after it is erased, with why."""


def rows_of(table: sa.Table, municipality_id: UUID) -> Condition | None:
    """Return the condition for the municipality's rows; None when none can be anybody's.

    Raises `LookupError` for a table of which nobody has said it.
    """
    if table.name in RULES:
        return RULES[table.name].of(municipality_id)
    if COLUMN in table.c:
        return table.c[COLUMN] == municipality_id
    if table.name in NOBODYS:
        return None
    raise LookupError(
        f"{table.name} has no {COLUMN}: say in {__name__} which rows are a municipality's"
    )


def looks_elsewhere(table: sa.Table) -> bool:
    """Whether finding the rows needs a look at other municipalities' people."""
    return table.name in RULES and RULES[table.name].looks_elsewhere
