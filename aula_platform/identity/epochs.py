"""Epochs: two numbers that say whether what a worker remembers still holds (architecture rule 20).

Snapshots of actors are kept in each process under the rights epoch, the state of plugins under the
activation epoch. Whoever changes either raises the number in the same transaction; every request
reads both with its session, so "from the next request on" holds on several machines without a bus.
"""

import msgspec
import sqlalchemy as sa

from aula_platform.identity.tables import epoch
from aula_sdk.protocols import ReadUnit, WriteUnit

_READ = sa.select(epoch.c.rights, epoch.c.activation)


class Epochs(msgspec.Struct, frozen=True):
    """The two numbers as they were when the request began."""

    rights: int
    activation: int


async def read_epochs(read: ReadUnit) -> Epochs:
    """Return the epochs, for requests and jobs without a session."""
    found = await read.structs(Epochs, _READ)
    return found[0]


async def raise_rights_epoch(write: WriteUnit) -> None:
    """Make every worker read rights anew; part of each change of stamdata, grants or links.

    The row is locked until the commit, so call it last in a long transaction.
    """
    await write.execute(sa.update(epoch).values(rights=epoch.c.rights + 1))


async def raise_activation_epoch(write: WriteUnit) -> None:
    """Make every worker read anew which plugins are on where."""
    await write.execute(sa.update(epoch).values(activation=epoch.c.activation + 1))
