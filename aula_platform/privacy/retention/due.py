"""What is due of one kind of thing in a municipality, as SQL."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aula_sdk.db import Id, Instant
from aula_sdk.retention import RetentionSubject


def things(
    subject: RetentionSubject, municipality_id: UUID, before: datetime, *columns: Any
) -> sa.Select[Any]:
    """Select these columns of the things whose time began before the moment, frozen or not."""
    moment = sa.literal(before, Instant)
    return sa.select(*columns).where(
        subject.table.c.municipality_id == municipality_id, subject.due(moment)
    )


def at(subject: RetentionSubject) -> sa.ColumnElement[Any]:
    """Return the institution that counts a thing; of nobody's institution the municipality."""
    here = sa.func.coalesce(subject.institution_column, subject.table.c.municipality_id)
    return sa.type_coerce(here, Id)
