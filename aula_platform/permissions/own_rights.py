"""Who decides rights, and who may ask why: rights of their own."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from aula_platform.permissions.tables import goes_on
from aula_sdk import stamdata
from aula_sdk.age_limits import DECIDE_AGES, DECIDE_AGES_MUNICIPALITY
from aula_sdk.grants import EXPLAIN, GRANT, GRANT_IN_GROUP, GRANT_MUNICIPALITY
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import GROUP, INSTITUTION, PROFILE
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
OWNER = "permissions"
LEADER = "leader"

_place, _person, _group = stamdata.institution, stamdata.profile, stamdata.group


_Condition = Callable[[sa.FromClause, sa.ColumnElement[Any]], sa.ColumnElement[bool]]


def _here(
    table: sa.Table, column: str, holds: _Condition = stamdata.valid
) -> tuple[Relation, Relation]:
    def own(me: Me) -> sa.ColumnElement[bool]:
        return sa.and_(table.c[column].in_(me.institutions), holds(table, me.now))

    def municipality(me: Me) -> sa.ColumnElement[bool]:
        mine = table.c.municipality_id.in_(me.municipalities)
        return sa.and_(mine, holds(table, me.now))

    return (
        Relation("own", _("is of an institution where I work"), own),
        Relation("municipality", _("is of a municipality where I work"), municipality),
    )


INSTITUTIONS = Resource(
    "permissions.institution", INSTITUTION, _("Institution"), _place, _here(_place, "id")
)
PEOPLE = Resource(
    "permissions.person", PROFILE, _("Person"), _person, _here(_person, "institution_id")
)
# What is to hold in a class is decided before it begins (GRP-5).
GROUPS = Resource(
    "permissions.group", GROUP, _("Group"), _group, _here(_group, "institution_id", goes_on)
)

RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    INSTITUTIONS,
    PEOPLE,
    GROUPS,
    Action(GRANT, _("Decide rights at an institution"), INSTITUTIONS.name),
    Action(GRANT_MUNICIPALITY, _("Decide rights for the municipality")),
    Action(GRANT_IN_GROUP, _("Decide rights in a group"), GROUPS.name),
    Action(DECIDE_AGES, _("Decide age limits at an institution"), INSTITUTIONS.name),
    Action(DECIDE_AGES_MUNICIPALITY, _("Decide age limits for the municipality")),
    Action(EXPLAIN, _("Ask why somebody may do something"), PEOPLE.name),
    RoleDefault(INSTITUTION_ADMIN, GRANT, "own"),
    RoleDefault(INSTITUTION_ADMIN, GRANT_IN_GROUP, "own"),
    RoleDefault(INSTITUTION_ADMIN, DECIDE_AGES, "own"),
    RoleDefault(INSTITUTION_ADMIN, EXPLAIN, "own"),
    RoleDefault(LEADER, GRANT_IN_GROUP, "own"),
    RoleDefault(MUNICIPALITY_ADMIN, GRANT, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, GRANT_MUNICIPALITY),
    RoleDefault(MUNICIPALITY_ADMIN, GRANT_IN_GROUP, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, DECIDE_AGES, "municipality"),
    RoleDefault(MUNICIPALITY_ADMIN, DECIDE_AGES_MUNICIPALITY),
    RoleDefault(MUNICIPALITY_ADMIN, EXPLAIN, "municipality"),
)
