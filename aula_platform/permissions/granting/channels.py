"""Closing and opening communication channels between kinds of people (RGT-3)."""

from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.granting.bundles import parameters
from aula_platform.permissions.tables import channel
from aula_sdk.channels import Channel
from aula_sdk.db import Id
from aula_sdk.ids import new_id
from aula_sdk.operations import Place
from aula_sdk.people import Kind
from aula_sdk.protocols import ReadUnit, WriteUnit

CLOSED, OPENED = "permissions.channel_closed", "permissions.channel_opened"

_CLOSED = sa.select(channel.c.institution_id, channel.c.sender, channel.c.recipient).where(
    channel.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
    sa.or_(
        channel.c.institution_id.is_(None),
        channel.c.institution_id == sa.bindparam("institution_id", type_=Id),
    ),
)


async def read_channels(unit: ReadUnit, place: Place) -> list[Channel]:
    """Return each kind with each, and whether it is closed there, or above."""
    closed: dict[tuple[str, str], bool] = {}
    for row in await unit.rows(_CLOSED, parameters(place)):
        pair = (row.sender, row.recipient)
        closed[pair] = closed.get(pair, False) or row.institution_id == place.institution_id
    return [
        Channel(
            sender,
            recipient,
            (sender.value, recipient.value) in closed,
            closed.get((sender.value, recipient.value), False),
        )
        for sender in Kind
        for recipient in Kind
    ]


async def close(write: WriteUnit, place: Place, sender: Kind, recipient: Kind, by: UUID) -> None:
    """Close a channel at a place; one that the place has closed already stays as it is."""
    await raise_rights_epoch(write)
    this = _this(place, sender, recipient)
    if await write.scalar(sa.select(channel.c.id).where(*this)) is not None:
        return
    row = {
        "id": new_id(),
        **parameters(place),
        "sender": sender.value,
        "recipient": recipient.value,
        "closed_at": write.now,
        "closed_by": by,
    }
    await write.execute(sa.insert(channel), row)
    _audit(write, CLOSED, place, sender, recipient)


async def reopen(write: WriteUnit, place: Place, sender: Kind, recipient: Kind) -> None:
    """Open what this very place has closed; nothing happens to what it has not."""
    await raise_rights_epoch(write)
    gone = await write.execute(sa.delete(channel).where(*_this(place, sender, recipient)))
    if gone.rowcount:
        _audit(write, OPENED, place, sender, recipient)


def _this(place: Place, sender: Kind, recipient: Kind) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        channel.c.municipality_id == place.municipality_id,
        # Compared with None this is IS NULL.
        channel.c.institution_id == place.institution_id,
        channel.c.sender == sender.value,
        channel.c.recipient == recipient.value,
    )


def _audit(write: WriteUnit, action: str, place: Place, sender: Kind, recipient: Kind) -> None:
    institution = place.institution_id
    write.audit(
        action,
        municipality_id=place.municipality_id,
        details={
            "sender": sender.value,
            "recipient": recipient.value,
            "institution": institution.hex if institution else "",
        },
    )
