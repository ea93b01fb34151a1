"""Deciding the age limits of a municipality or an institution (CNS-4, SEC-6)."""

from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.epochs import raise_rights_epoch
from aula_platform.permissions.granting.bundles import parameters
from aula_platform.permissions.granting.offers import wrong
from aula_platform.permissions.tables import age
from aula_sdk.age_limits import AgeLimits
from aula_sdk.ages import CONSENT_AGE, GROWN_UP, LEAST_CONSENT_AGE
from aula_sdk.db import Id
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id
from aula_sdk.operations import Place
from aula_sdk.protocols import ReadUnit, WriteUnit

_ = gettext_for("aula")
DECIDED = "permissions.ages_decided"

_SAID = sa.select(age.c.institution_id, age.c.consent_age, age.c.secure_area_age).where(
    age.c.municipality_id == sa.bindparam("municipality_id", type_=Id),
    sa.or_(
        age.c.institution_id.is_(None),
        age.c.institution_id == sa.bindparam("institution_id", type_=Id),
    ),
)
Said = tuple[int | None, int | None]


async def read_ages(unit: ReadUnit, place: Place, floor: int) -> AgeLimits:
    """Return what holds at a place, and what it rests on; ``floor`` is the installation's age."""
    said: dict[UUID | None, Said] = {
        row.institution_id: (row.consent_age, row.secure_area_age)
        for row in await unit.rows(_SAID, parameters(place))
    }
    consent, secure_area = said.get(place.institution_id, (None, None))
    above = said.get(None, (None, None)) if place.institution_id else (None, None)
    consent_above, least = above[0] or CONSENT_AGE, max(floor, above[1] or 0)
    return AgeLimits(
        consent or consent_above,
        max(least, secure_area or 0),
        consent,
        secure_area,
        consent_above,
        least,
    )


async def decide_ages(
    write: WriteUnit,
    place: Place,
    floor: int,
    by: UUID,
    *,
    consent: int | None,
    secure_area: int | None,
) -> None:
    """Decide both limits at a place, in the stead of what it decided before; None decides nothing.

    Raises `Invalid` for an age out of bounds. What is said already is not said again, and stands
    though the installation has raised its own age since.
    """
    # Whoever else decides waits here, and every kept actor is made anew afterwards.
    await raise_rights_epoch(write)
    before = await read_ages(write, place, floor)
    if (before.consent_here, before.secure_area_here) == (consent, secure_area):
        return
    _check("consent", consent, LEAST_CONSENT_AGE, GROWN_UP)
    if secure_area != before.secure_area_here:
        _check("secure_area", secure_area, floor, max(floor, GROWN_UP))
    await write.execute(
        sa.delete(age).where(
            age.c.municipality_id == place.municipality_id,
            # Compared with None this is IS NULL.
            age.c.institution_id == place.institution_id,
        )
    )
    if consent is not None or secure_area is not None:
        row = {
            "id": new_id(),
            **parameters(place),
            "consent_age": consent,
            "secure_area_age": secure_area,
            "decided_at": write.now,
            "decided_by": by,
        }
        await write.execute(sa.insert(age), row)
    write.audit(
        DECIDED,
        municipality_id=place.municipality_id,
        details={
            "institution": place.institution_id.hex if place.institution_id else "",
            "consent": consent or 0,
            "secure_area": secure_area or 0,
        },
    )


def _check(field: str, years: int | None, least: int, most: int) -> None:
    if years is not None and not least <= years <= most:
        reason = _("Choose an age from %(least)s to %(most)s years") % {
            "least": least,
            "most": most,
        }
        raise wrong(field, reason)
