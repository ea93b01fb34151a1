"""Who may choose: a right over institutions, and one over the municipality itself."""

import sqlalchemy as sa

from aula_sdk import stamdata
from aula_sdk.contributions import DataClass
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import INSTITUTION
from aula_sdk.operations import MANAGE, MANAGE_MUNICIPALITY
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
ORDINARY = DataClass.ORDINARY
OWNER = "plugins"


def _is_mine(me: Me) -> sa.ColumnElement[bool]:
    place = stamdata.institution
    return sa.and_(place.c.id.in_(me.institutions), stamdata.valid(place, me.now))


def _is_in_my_municipality(me: Me) -> sa.ColumnElement[bool]:
    place = stamdata.institution
    return sa.and_(place.c.municipality_id.in_(me.municipalities), stamdata.valid(place, me.now))


INSTITUTIONS = Resource(
    "plugins.institution",
    INSTITUTION,
    _("Institution"),
    stamdata.institution,
    (
        Relation("own", _("belongs to the institution"), _is_mine),
        Relation("municipality", _("belongs to its municipality"), _is_in_my_municipality),
    ),
)

RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    INSTITUTIONS,
    Action(MANAGE, _("Choose features for an institution"), INSTITUTIONS.name, reads=ORDINARY),
    Action(MANAGE_MUNICIPALITY, _("Choose features for the municipality"), reads=ORDINARY),
    RoleDefault(INSTITUTION_ADMIN, MANAGE, "own"),
    RoleDefault(MUNICIPALITY_ADMIN, MANAGE, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, MANAGE_MUNICIPALITY),
)
