"""Who decides requests, and who fetches what was prepared.

Whoever decides never sees what is in an export, and nobody decides their own request.
"""

from typing import Any

import sqlalchemy as sa

from aula_platform.privacy.tables import State, request
from aula_platform.stamdata.tables import guardianship, profile
from aula_sdk import stamdata
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import IdKind
from aula_sdk.operations import HANDLE_REQUESTS
from aula_sdk.people import Kind
from aula_sdk.permissions import (
    INSTITUTION_ADMIN,
    MUNICIPALITY_ADMIN,
    Action,
    Me,
    Relation,
    Resource,
    RoleDefault,
)

_ = gettext_for("aula")
OWNER = "privacy"
FETCH = "privacy.fetch"
REQUEST = IdKind("prq")


_by = profile.alias("by")


def _not_mine(me: Me) -> sa.ColumnElement[bool]:
    """By person: whoever decides as an employee may have asked as a guardian."""
    mine = profile.alias("mine")
    return ~(
        sa.exists()
        .where(_by.c.id == request.c.asker_id, _by.c.person_id == mine.c.person_id)
        .where(mine.c.id.in_(me.profiles))
    )


def may_have(now: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that whoever has asked is still the person, or has custody."""
    held = (
        sa.exists()
        .where(
            guardianship.c.guardian_person_id == _by.c.person_id,
            guardianship.c.child_person_id == request.c.person_id,
            guardianship.c.custody,
            stamdata.valid(guardianship, now),
        )
        .correlate(request, _by)
    )
    own = _by.c.person_id == request.c.person_id
    return sa.exists().where(_by.c.id == request.c.asker_id, sa.or_(own, held))


REQUESTS = Resource(
    "privacy.request",
    REQUEST,
    _("Request for one's own data"),
    request,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: sa.and_(request.c.institution_id.in_(me.institutions), _not_mine(me)),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work"),
            lambda me: sa.and_(request.c.municipality_id.in_(me.municipalities), _not_mine(me)),
        ),
        Relation(
            "asker",
            _("has asked for it, and it is ready"),
            lambda me: sa.and_(
                request.c.asker_id.in_(me.profiles),
                request.c.state == State.READY,
                request.c.expires_at > me.now,
                may_have(me.now),
            ),
        ),
    ),
)

RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    REQUESTS,
    Action(HANDLE_REQUESTS, _("Decide requests for one's own data"), REQUESTS.name),
    Action(FETCH, _("Fetch one's own data"), REQUESTS.name, sensitive=True),
    RoleDefault(INSTITUTION_ADMIN, HANDLE_REQUESTS, "own"),
    RoleDefault(MUNICIPALITY_ADMIN, HANDLE_REQUESTS, "municipality"),
    *(RoleDefault(kind.value, FETCH, "asker") for kind in Kind),
)
