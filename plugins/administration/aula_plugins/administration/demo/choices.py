"""Who chooses what in the demo; what has been chosen already stays."""

from uuid import UUID

import sqlalchemy as sa

from aula_plugins.administration.schemas import StateToChoose
from aula_plugins.administration.service import features, places
from aula_sdk import stamdata
from aula_sdk.db import Id, Instant
from aula_sdk.operations import MANAGE_MUNICIPALITY
from aula_sdk.people import Actor, Kind
from aula_sdk.protocols import Platform

_MOST = 20
_SETTING = ("posts", "important_days", 10)
"""Feature, setting and value that the municipality chooses."""
_SWITCHED_OFF = "groups"
"""What the last institution by name has switched off for itself."""
_staff = (
    sa.select(stamdata.profile.c.id)
    .join_from(
        stamdata.profile,
        stamdata.institution,
        stamdata.institution.c.id == stamdata.profile.c.institution_id,
    )
    .where(
        stamdata.institution.c.kind == "municipality",
        stamdata.institution.c.municipality_id == sa.bindparam("municipality", type_=Id),
        stamdata.profile.c.kind == Kind.EMPLOYEE.value,
        stamdata.valid(stamdata.profile, sa.bindparam("now", type_=Instant)),
    )
    .order_by(stamdata.profile.c.sort_key, stamdata.profile.c.id)
    .limit(_MOST)
)


async def find_administrator(platform: Platform, municipality: UUID) -> Actor | None:
    """Return somebody who administers the municipality; None where there is nobody."""
    async with platform.read() as read:
        rows = await read.rows(_staff, {"municipality": municipality, "now": read.now})
    for row in rows:
        actor = await platform.actor_for(row.id)
        if actor.can(MANAGE_MUNICIPALITY):
            return actor
    return None


async def choose_in(platform: Platform, administrator: Actor) -> int:
    """Choose a setting for the municipality and a state for an institution; return how many."""
    async with platform.read() as read:
        found = await places.list_places(read, platform, administrator)
        municipality, institution = found[0], found[-1]
        of_municipality = await features.list_features(
            read, platform, administrator, municipality.id
        )
        of_institution = await features.list_features(read, platform, administrator, institution.id)
    name, setting, value = _SETTING
    chosen = 0
    async with platform.write(administrator) as write:
        for feature in of_municipality.items:
            for one in feature.settings if feature.name == name else ():
                if one.name == setting and one.is_open and not one.is_chosen:
                    values = {setting: value}
                    await features.set_up(
                        write, platform, administrator, municipality.id, name, values
                    )
                    chosen += 1
        for feature in of_institution.items:
            if feature.name == _SWITCHED_OFF and feature.is_open and feature.chosen is None:
                wanted = StateToChoose("off")
                await features.switch(
                    write, platform, administrator, institution.id, feature.name, wanted
                )
                chosen += 1
    return chosen
