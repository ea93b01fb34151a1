"""Who reads what imports have found: whoever administers the municipality.

Not an institution's administrators: reasons of rows can tell of people at other institutions, a
delivery is the municipality's, and only there somebody can have it mended (decision 0024).
"""

from aula_platform.stamdata.tables import imported
from aula_sdk.i18n import gettext_for
from aula_sdk.imports import IMPORT, READ_IMPORTS
from aula_sdk.permissions import MUNICIPALITY_ADMIN, Action, Relation, Resource, RoleDefault

_ = gettext_for("aula")
OWNER = "stamdata"

IMPORTS = Resource(
    "stamdata.import",
    IMPORT,
    _("Import"),
    imported,
    (
        Relation(
            "municipality",
            _("belongs to the municipality that was imported"),
            lambda me: imported.c.municipality_id.in_(me.municipalities),
        ),
    ),
)

RIGHTS: tuple[Action | Resource | RoleDefault, ...] = (
    IMPORTS,
    Action(READ_IMPORTS, _("Read what imports have found"), IMPORTS.name),
    RoleDefault(MUNICIPALITY_ADMIN, READ_IMPORTS, "municipality"),
)
