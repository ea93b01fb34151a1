"""Who may see the site as whom, and who reads afterwards that it was done (R2, ADM-7)."""

import sqlalchemy as sa

from aula_platform.identity.tables import impersonation
from aula_platform.stamdata.tables import guardianship, person, profile
from aula_sdk import stamdata
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import IMPERSONATION, PROFILE
from aula_sdk.operations import READ_SUPPORT, SEE_AS
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
OWNER = "identity"
_seen = stamdata.profile


def _may_be_seen(me: Me) -> sa.ColumnElement[bool]:
    """Of nobody else than the supporter, and nobody protected: neither the person, nor a child that
    the person would see (R8).
    """
    mine, child = profile.alias("mine"), person.alias("seen_child")
    is_me = sa.exists().where(mine.c.id.in_(me.profiles), mine.c.person_id == _seen.c.person_id)
    is_protected = sa.exists().where(person.c.id == _seen.c.person_id, person.c.protected)
    sees_protected = sa.exists().where(
        guardianship.c.guardian_person_id == _seen.c.person_id,
        guardianship.c.child_person_id == child.c.id,
        child.c.protected,
        stamdata.valid(guardianship, me.now),
    )
    return sa.and_(
        stamdata.valid(_seen, me.now), sa.not_(is_me), sa.not_(is_protected), ~sees_protected
    )


SEEN = Resource(
    "identity.seen",
    PROFILE,
    _("Person as whom the site can be seen"),
    _seen,
    (
        Relation(
            "own",
            _("is of an institution where I work, and not protected"),
            lambda me: sa.and_(_seen.c.institution_id.in_(me.institutions), _may_be_seen(me)),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work, and not protected"),
            lambda me: sa.and_(_seen.c.municipality_id.in_(me.municipalities), _may_be_seen(me)),
        ),
    ),
)
IMPERSONATIONS = Resource(
    "identity.impersonation",
    IMPERSONATION,
    _("Support that saw the site as somebody"),
    impersonation,
    (
        Relation(
            "own",
            _("is of an institution where I work"),
            lambda me: impersonation.c.institution_id.in_(me.institutions),
        ),
        Relation(
            "municipality",
            _("is of a municipality where I work"),
            lambda me: impersonation.c.municipality_id.in_(me.municipalities),
        ),
    ),
)
RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    SEEN,
    IMPERSONATIONS,
    Action(SEE_AS, _("See the site as somebody else"), SEEN.name, sensitive=True),
    Action(READ_SUPPORT, _("Read who has seen the site as whom"), IMPERSONATIONS.name),
    RoleDefault(MUNICIPALITY_ADMIN, SEE_AS, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, READ_SUPPORT, "municipality"),
    RoleDefault(INSTITUTION_ADMIN, READ_SUPPORT, "own"),
)
