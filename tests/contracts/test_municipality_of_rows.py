"""Every row belongs to a municipality; the tables where none can are listed here, with why."""

from __future__ import annotations

import sqlalchemy as sa

from aula_platform.kernel import owners_of
from aula_platform.plugin_host import start_host
from aula_platform.storage.wall import COLUMN
from aula_sdk.db import Id

OF_NO_MUNICIPALITY = {
    "audit_subject": "opaque ids beside an entry that has the municipality, and read only with it",
    "events_job": "when the platform's own jobs run",
    "events_lane": "which worker delivers what; opaque ids",
    "events_subscriber": "who is to get which kind of event",
    "events_topic": "what open pages fetch anew; ids of profiles anywhere, gone within the hour",
    "identity_access_key": "with what a program acts for an account",
    "identity_account": "one human being, who can be somebody in several municipalities",
    "identity_broker_answer": "what a log-in broker sent: sealed, gone in two minutes",
    "identity_replay_cache": "a logout token that was used: a hash, gone when it has expired",
    "identity_credential": "how an account has proved itself",
    "identity_device": "a browser in which an account has logged in before",
    "identity_epoch": "one row: whether what workers remember still holds",
    "identity_login_attempt": "a browser on its way to a log-in broker: nobody yet",
    "identity_login_rate": "how often an address tried to log in; a hash",
    "identity_pin": "with what an account is known at shared devices",
    "identity_session": "a browser that is signed in to an account",
    "identity_typed": "a form that waits for a second factor of its session: sealed by its cookie",
    "plugin_host_fault": "where plugins fail in this installation; nothing of people",
    "plugin_host_restart": "when workers were ended; nothing of people",
    "stamdata_municipality": "the list of the municipalities themselves",
    "storage_idempotency": "what an account has sent already; its own opaque ids",
}


def _tables() -> list[sa.Table]:
    return [table for owner in owners_of(start_host()) for table in owner.metadata.tables.values()]


def test_every_table_says_to_which_municipality_a_row_belongs() -> None:
    """W3: kernel's and plugins' tables alike; without the column there would be no wall."""
    without = {table.name for table in _tables() if COLUMN not in table.c}
    assert without == set(OF_NO_MUNICIPALITY)


def test_the_municipality_is_an_id_that_is_always_there() -> None:
    """W3: a row that belongs to nobody would be out of everybody's reach."""
    columns = [table.c[COLUMN] for table in _tables() if COLUMN in table.c]
    assert len(columns) > len(OF_NO_MUNICIPALITY)
    for column in columns:
        assert isinstance(column.type, Id), column
        assert not column.nullable, column
