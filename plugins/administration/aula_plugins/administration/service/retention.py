"""How long things are kept, what is exempt from deletion, and runs, for the municipality."""

from uuid import UUID

import sqlalchemy as sa

from aula_plugins.administration.schemas import Decision
from aula_plugins.administration.schemas import retention as schemas
from aula_plugins.administration.service.places import item_of
from aula_sdk import stamdata
from aula_sdk.errors import NotFound
from aula_sdk.ids import INSTITUTION, MUNICIPALITY
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.retention import FREEZE, RUN, RunLine


def list_places(platform: Platform, actor: Actor) -> list[Place]:
    """Return the municipalities in which the actor decides, by name."""
    return list(platform.retention.places(actor))


def find_place(platform: Platform, actor: Actor, key: str) -> Place:
    """Return the municipality with this id; raise `NotFound` where the actor does not decide."""
    wanted = MUNICIPALITY.parse(key)
    for place in platform.retention.places(actor):
        if place.municipality_id == wanted:
            return place
    raise NotFound


async def list_policies(
    read: ReadUnit, platform: Platform, actor: Actor, key: str
) -> schemas.Policies:
    """Return how long everything is kept, and who has decided so."""
    place = find_place(platform, actor, key)
    lines = await platform.retention.policies(read, actor, place.municipality_id)
    profile = stamdata.profile
    deciders = {line.source.profile_id for line in lines if line.source.profile_id}
    named = sa.select(profile.c.id, profile.c.name).where(profile.c.id.in_(deciders))
    names = {row.id: row.name for row in await read.rows(named)} if deciders else {}
    items = [
        schemas.PolicyItem(
            line.subject,
            str(line.title),
            str(line.counts_from),
            line.months,
            line.default,
            line.least,
            line.most,
            line.preserves,
            Decision(
                line.source.by,
                str(line.source.text),
                names.get(line.source.profile_id, "") if line.source.profile_id else "",
                line.source.at,
            ),
        )
        for line in lines
    ]
    return schemas.Policies(item_of(place), items)


async def decide(
    write: WriteUnit, platform: Platform, actor: Actor, key: str, subject: str, months: int | None
) -> None:
    """Decide how long something is kept; None: as from the start."""
    place = find_place(platform, actor, key)
    await platform.retention.decide(write, actor, place.municipality_id, subject, months)


async def list_freezes(
    read: ReadUnit, platform: Platform, actor: Actor, key: str
) -> schemas.Freezes:
    """Return what is exempt from deletion."""
    place = find_place(platform, actor, key)
    lines = await platform.retention.freezes(read, actor, place.municipality_id)
    items = [
        schemas.FreezeItem(
            FREEZE.format(one.id),
            one.kind,
            place.name if one.target_id == place.municipality_id else one.name,
            one.reason,
            one.frozen_at,
            one.until,
            one.by,
        )
        for one in lines
    ]
    return schemas.Freezes(item_of(place), items)


async def freeze(
    write: WriteUnit, platform: Platform, actor: Actor, key: str, wanted: schemas.ThingToFreeze
) -> schemas.FreezeMade:
    """Exempt something from deletion; return the freeze's id."""
    place = find_place(platform, actor, key)
    made = await platform.retention.freeze(
        write, actor, place.municipality_id, wanted.target, wanted.reason, wanted.until
    )
    return schemas.FreezeMade(FREEZE.format(made))


async def lift(write: WriteUnit, platform: Platform, actor: Actor, key: str) -> None:
    """Let something be deleted again when it is due."""
    await platform.retention.lift(write, actor, FREEZE.parse(key))


async def list_runs(read: ReadUnit, platform: Platform, actor: Actor, key: str) -> schemas.Runs:
    """Return the runs, the newest first."""
    place = find_place(platform, actor, key)
    lines = await platform.retention.runs(read, actor, place.municipality_id)
    return schemas.Runs(item_of(place), [_run(line) for line in lines])


async def open_run(read: ReadUnit, platform: Platform, actor: Actor, key: str) -> schemas.RunView:
    """Return a run with its counts; raise `NotFound`."""
    report = await platform.retention.run(read, actor, RUN.parse(key))
    counts = [
        schemas.CountItem(
            one.subject,
            str(one.title),
            _counted_at(one.institution_id, report.run.municipality_id),
            one.institution,
            one.found,
            one.frozen,
            one.deleted,
            one.preserved,
            one.spared,
            one.failed,
        )
        for one in report.counts
    ]
    return schemas.RunView(_run(report.run), counts)


async def plan(write: WriteUnit, platform: Platform, actor: Actor, key: str) -> schemas.RunMade:
    """Plan a run; return its id."""
    place = find_place(platform, actor, key)
    made = await platform.retention.plan(write, actor, place.municipality_id)
    return schemas.RunMade(RUN.format(made))


async def announce(write: WriteUnit, platform: Platform, actor: Actor, key: str, days: int) -> None:
    """Tell those whose things go."""
    await platform.retention.announce(write, actor, RUN.parse(key), days)


async def cancel(write: WriteUnit, platform: Platform, actor: Actor, key: str) -> None:
    """End a run."""
    await platform.retention.cancel(write, actor, RUN.parse(key))


def _run(line: RunLine) -> schemas.RunItem:
    return schemas.RunItem(
        RUN.format(line.id),
        MUNICIPALITY.format(line.municipality_id),
        line.state,
        line.planned_at,
        line.previewed_at,
        line.announced_at,
        line.deletes_from,
        line.began_at,
        line.finished_at,
    )


def _counted_at(institution_id: UUID, municipality_id: UUID) -> str:
    kind = MUNICIPALITY if institution_id == municipality_id else INSTITUTION
    return kind.format(institution_id)
