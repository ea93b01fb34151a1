"""What a role comes to at a place: the defaults, then what was decided level by level (RGT-2)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.permissions.catalogue import Catalogue
from aula_platform.permissions.tables import grant, role
from aula_sdk.db import Id
from aula_sdk.grants import Decided, RoleHead
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.operations import Place
from aula_sdk.people import Kind
from aula_sdk.permissions import INSTITUTION_ADMIN, MUNICIPALITY_ADMIN
from aula_sdk.protocols import ReadUnit

_ = gettext_for("aula")

OWN = "own_"
"""How the keys of roles begin that were made here."""
TITLES: Mapping[str, Text] = {
    Kind.EMPLOYEE.value: _("Employees"),
    Kind.GUARDIAN.value: _("Guardians"),
    Kind.PUPIL.value: _("Pupils"),
    Kind.EXTERNAL.value: _("Externals"),
    "leader": _("Leaders"),
    INSTITUTION_ADMIN: _("Administrators of the institution"),
    MUNICIPALITY_ADMIN: _("Administrators of the municipality"),
}
KINDS = frozenset(kind.value for kind in Kind)
Right = tuple[str, str]
"""An action and a relation."""


class BundleRow(msgspec.Struct, frozen=True):
    """What was decided of a role's right for a municipality, or for an institution in it."""

    role: str
    institution_id: UUID | None
    action: str
    relation: str
    allowed: bool
    step_up: bool
    granted_by: UUID | None


class Said(NamedTuple):
    """The last word about a right of a role at a place, and the word of this very place."""

    decided: Decided
    source: str
    chosen: Decided | None
    chosen_by: UUID | None = None
    """With which profile it was decided at this very place."""


_BUNDLES = sa.select(
    grant.c.role,
    grant.c.institution_id,
    grant.c.action,
    grant.c.relation,
    grant.c.allowed,
    grant.c.step_up,
    grant.c.granted_by,
).where(
    grant.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
    grant.c.role.in_(sa.bindparam("roles", expanding=True)),
    grant.c.group_id.is_(None),
    sa.or_(
        grant.c.institution_id.is_(None),
        grant.c.institution_id == sa.bindparam("institution_id", type_=Id),
    ),
)
_OWN_ROLES = (
    sa.select(role.c.id, role.c.name, role.c.institution_id)
    .where(
        role.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
        sa.or_(
            role.c.institution_id.is_(None),
            role.c.institution_id == sa.bindparam("institution_id", type_=Id),
        ),
    )
    .order_by(role.c.name, role.c.id)
)


def key_of(role_id: UUID) -> str:
    """Return the key of a role that was made here."""
    return f"{OWN}{role_id.hex}"


def said(allowed: bool, step_up: bool) -> Decided:  # noqa: FBT001  # Both come from a row.
    """Return the decision as people make it."""
    if not allowed:
        return "no"
    return "two_factors" if step_up else "yes"


def parameters(place: Place) -> dict[str, Any]:
    """Return what the statements about a place need."""
    return {"municipality_id": place.municipality_id, "institution_id": place.institution_id}


async def read_bundle(
    unit: ReadUnit, catalogue: Catalogue, place: Place, role: str
) -> dict[Right, Said]:
    """Return what a role comes to at a place, by right."""
    return (await read_bundles(unit, catalogue, place, (role,)))[role]


async def read_bundles(
    unit: ReadUnit, catalogue: Catalogue, place: Place, roles: Sequence[str]
) -> dict[str, dict[Right, Said]]:
    """Return what each of these roles comes to at a place, by right."""
    found: dict[str, dict[Right, Said]] = {
        role: {
            (default.action, default.relation): Said(
                said(True, default.step_up or catalogue.is_sensitive(default.action)),
                "default",
                None,
            )
            for default in catalogue.defaults.get(role, ())
        }
        for role in roles
    }
    rows = await unit.structs(BundleRow, _BUNDLES, {**parameters(place), "roles": list(roles)})
    for row in sorted(rows, key=lambda one: one.institution_id is not None):
        if not catalogue.has(row.action, row.relation):
            continue
        word = said(row.allowed, row.step_up or catalogue.is_sensitive(row.action))
        source = "institution" if row.institution_id else "municipality"
        if row.institution_id == place.institution_id:
            said_here = Said(word, source, word, row.granted_by)
        else:
            said_here = Said(word, source, None)
        found[row.role][row.action, row.relation] = said_here
    return found


async def what_it_gives(
    unit: ReadUnit, catalogue: Catalogue, place: Place, role: str
) -> dict[Right, Decided]:
    """Return what a role comes to at a place, without who said so."""
    bundle = await read_bundle(unit, catalogue, place, role)
    return {right: word.decided for right, word in bundle.items()}


async def read_roles(unit: ReadUnit, catalogue: Catalogue, place: Place) -> list[RoleHead]:
    """Return the roles there: kinds of people, administrators', then those made here."""
    known = [*TITLES, *sorted(set(catalogue.defaults) - set(TITLES))]
    heads = [
        RoleHead(key, TITLES.get(key, key), is_own=False, can_be_given=key not in KINDS,
                 is_ours=False)
        for key in known
        if key in catalogue.defaults
    ]  # fmt: skip
    for row in await unit.rows(_OWN_ROLES, parameters(place)):
        is_ours = row.institution_id == place.institution_id
        heads.append(RoleHead(key_of(row.id), row.name, True, can_be_given=True, is_ours=is_ours))
    return heads


def sentence_of(catalogue: Catalogue, right: Right) -> Text | None:
    """Return to what a right applies, in words."""
    action = catalogue.actions[right[0]]
    if not action.resource:
        return None
    return catalogue.resources[action.resource].relation(right[1]).sentence
