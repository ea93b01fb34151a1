"""Communication channels between kinds of people (RGT-3): open unless a level has closed them.

A municipality closes one for all its institutions, an institution for itself; what either has
closed is closed, at the sender's institution and at the recipient's. A plugin with which people
write to each other puts `is_open` into the query that finds recipients.
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from aula_sdk.db import Id
from aula_sdk.people import Kind
from aula_sdk.stamdata import views

closed = sa.Table(
    "permissions_channel_v1",
    views,
    sa.Column("id", Id),
    sa.Column("municipality_id", Id),
    sa.Column("institution_id", Id),
    sa.Column("sender", sa.String),
    sa.Column("recipient", sa.String),
)
"""Which kind of sender cannot write to which kind of recipient; without an institution: nowhere in
the municipality."""

_Column = sa.ColumnElement[Any]


def is_open(
    *,
    municipality: _Column,
    sender: _Column,
    sender_institution: _Column,
    recipient: sa.FromClause,
) -> sa.ColumnElement[bool]:
    """Return the condition that a sender of this kind may write to the row of ``recipient``.

    ``recipient`` is `aula_sdk.stamdata.profile` or whatever else has ``kind`` and
    ``institution_id``.
    """
    shut = closed.alias("shut")
    return sa.not_(
        sa.exists(
            sa.select(sa.literal(1))
            .select_from(shut)
            .where(
                shut.c.municipality_id == municipality,
                shut.c.sender == sender,
                shut.c.recipient == recipient.c.kind,
                sa.or_(
                    shut.c.institution_id.is_(None),
                    shut.c.institution_id == sender_institution,
                    shut.c.institution_id == recipient.c.institution_id,
                ),
            )
            .correlate(recipient)
        )
    )


class Channel(msgspec.Struct, frozen=True):
    """One kind of person writing to another, at a place."""

    sender: Kind
    recipient: Kind
    is_closed: bool
    closed_here: bool
    """Whether this very place has closed it; else it is for the municipality to open it."""
