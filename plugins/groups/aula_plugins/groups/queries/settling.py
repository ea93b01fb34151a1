"""Groups that follow others as people come and go there."""

import sqlalchemy as sa

from aula_plugins.groups.models import part, set_up
from aula_plugins.groups.queries import params
from aula_sdk import stamdata

_own = stamdata.group

FOLLOWING = (
    sa.select(set_up.c.id)
    .join(_own, _own.c.id == set_up.c.id)
    .where(
        set_up.c.municipality_id == params.one("municipality_id"),
        stamdata.valid(_own, params.now()),
        set_up.c.id.in_(sa.select(part.c.group_id)),
    )
    .order_by(set_up.c.id)
)
"""Groups that hold and have parts. Parameters: ``municipality_id``, ``now``."""
