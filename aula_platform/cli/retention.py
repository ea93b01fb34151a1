"""``aula retention``: how long things are kept, what is frozen, and runs that delete."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import click

from aula_platform import audit
from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import owners_of, retention_of
from aula_platform.privacy import Installation, NotWhole, Place, UnknownPlace
from aula_platform.privacy.retention import freezes as freezing
from aula_platform.privacy.retention import policies, runs
from aula_platform.privacy.retention.archive import Archive
from aula_platform.privacy.retention.working import RetentionWork
from aula_sdk.retention import FREEZE, RetentionSubject, RunReport, RunState

_KEY = click.argument("key")
_PAUSE = 1.0
"""Seconds between two looks at a run that goes on."""


@click.group()
def retention() -> None:
    """Say how long the municipality KEY keeps things, freeze some, and delete what is due.

    Administrators do the same under Sletteregler in the administration.
    """


@retention.command()
@_KEY
@pass_context
def rules(context: CommandContext, key: str) -> None:
    """List how long everything is kept, and who has decided so."""
    asyncio.run(_rules(context, key))


@retention.command()
@_KEY
@click.argument("subject")
@click.argument("months", type=int, required=False)
@pass_context
def decide(context: CommandContext, key: str, subject: str, months: int | None) -> None:
    """Keep things of SUBJECT for so many MONTHS; without a number as long as from the start."""
    asyncio.run(_decide(context, key, subject, months))


@retention.command()
@_KEY
@pass_context
def freezes(context: CommandContext, key: str) -> None:
    """List what is frozen now: by ids, with why and until when."""
    asyncio.run(_freezes(context, key))


@retention.command()
@_KEY
@click.argument("target")
@click.option("--reason", required=True, help="Why it must not be deleted.")
@click.option("--until", type=click.DateTime(("%Y-%m-%d",)), help="The first day without it, UTC.")
@pass_context
def freeze(
    context: CommandContext, key: str, target: str, reason: str, until: datetime | None
) -> None:
    """Let nothing of TARGET be deleted: an id (mun_…, ins_…, grp_…, per_…, pro_…, thr_…, pst_…)."""
    asyncio.run(_freeze(context, key, target, reason, until))


@retention.command()
@_KEY
@click.argument("freeze_key", metavar="FREEZE")
@pass_context
def lift(context: CommandContext, key: str, freeze_key: str) -> None:
    """End a freeze now."""
    asyncio.run(_lift(context, key, freeze_key))


@retention.command()
@_KEY
@pass_context
def preview(context: CommandContext, key: str) -> None:
    """Plan a run and say what it would delete; nothing is deleted before it is announced."""
    asyncio.run(_preview(context, key))


@retention.command()
@_KEY
@click.option("--days", default=30, show_default=True, help="How long before the deletion.")
@pass_context
def announce(context: CommandContext, key: str, days: int) -> None:
    """Tell those whose things go; the job begins after so many days, or `run` does."""
    asyncio.run(_announce(context, key, days))


@retention.command()
@_KEY
@pass_context
def run(context: CommandContext, key: str) -> None:
    """Carry out the run whose day has come, batch by batch, until it is done.

    The site works on. When it is cut off, the same command, or the site's own job, goes on.
    """
    asyncio.run(_run(context, key))


@retention.command()
@_KEY
@pass_context
def cancel(context: CommandContext, key: str) -> None:
    """End the run that is open; what it has deleted already stays deleted."""
    asyncio.run(_cancel(context, key))


@dataclass(frozen=True, slots=True)
class _Desk:
    """The database without the site, and the municipality that it is about."""

    here: Installation
    place: Place
    subjects: Mapping[str, RetentionSubject]
    work: RetentionWork

    async def report(self, *states: RunState) -> RunReport:
        """Return the newest run when it is in one of these states; fail otherwise."""
        async with self.here.storage.read(self.place.wall) as read:
            found = await runs.list_runs(read, self.place.id)
            if not found or found[0].state not in states:
                raise click.ClickException(f"no run of {self.place.key} is at this point")
            return await runs.report_run(read, found[0], self.subjects, self.place.name)


@asynccontextmanager
async def _desk(context: CommandContext, key: str) -> AsyncIterator[_Desk]:
    async with context.store() as storage:
        storage.recorders.append(audit.record)
        settings = context.settings
        here = Installation(storage, owners_of(context.host), BlobStore(settings.files_url))
        subjects = retention_of(context.host)
        try:
            await here.check_whole()
            work = RetentionWork(here, Archive(settings.archive_url), subjects)
            yield _Desk(here, await here.find(key), subjects, work)
        except (UnknownPlace, NotWhole) as refused:
            raise click.ClickException(str(refused)) from None


async def _rules(context: CommandContext, key: str) -> None:
    async with _desk(context, key) as desk, desk.here.storage.read(desk.place.wall) as read:
        for one in await policies.list_policies(read, desk.place.id, desk.subjects):
            bounds = f"{one.least} to {one.most}, {one.default} from the start"
            click.echo(f"{one.subject}: {one.months} months {one.counts_from} ({bounds})")


async def _decide(context: CommandContext, key: str, subject: str, months: int | None) -> None:
    async with _desk(context, key) as desk, desk.here.storage.write(desk.place.wall) as write:
        if subject not in desk.subjects:
            known = ", ".join(desk.subjects)
            raise click.ClickException(f"nothing is called {subject!r}; known: {known}")
        is_sqlite = desk.here.storage.is_sqlite
        one = desk.subjects[subject]
        await policies.decide(write, desk.place.id, None, one, months, is_sqlite=is_sqlite)


async def _freezes(context: CommandContext, key: str) -> None:
    async with _desk(context, key) as desk, desk.here.storage.read(desk.place.wall) as read:
        found = await freezing.list_freezes(read, desk.place.id)
    for one in found:
        until = f"until {one.until:%Y-%m-%d}" if one.until else "until it is lifted"
        name = f" {one.name}" if one.name else ""
        target = one.target_id.hex
        click.echo(f"{FREEZE.format(one.id)}: {one.kind} {target}{name}, {until}: {one.reason}")


async def _freeze(
    context: CommandContext, key: str, target: str, reason: str, until: datetime | None
) -> None:
    async with _desk(context, key) as desk, desk.here.storage.write(desk.place.wall) as write:
        made = await freezing.set_freeze(
            write,
            desk.place.id,
            None,
            target,
            reason,
            until.replace(tzinfo=write.now.tzinfo) if until else None,
            desk.subjects,
        )
    click.echo(FREEZE.format(made))


async def _lift(context: CommandContext, key: str, freeze_key: str) -> None:
    async with _desk(context, key) as desk, desk.here.storage.write(desk.place.wall) as write:
        await freezing.lift_freeze(write, {desk.place.id: None}, FREEZE.parse(freeze_key))


async def _preview(context: CommandContext, key: str) -> None:
    async with _desk(context, key) as desk:
        async with desk.here.storage.write(desk.place.wall) as write:
            await runs.plan(write, desk.place.id, None)
        await desk.work.run(desk.place)
        _show(await desk.report(RunState.PREVIEWED))


async def _announce(context: CommandContext, key: str, days: int) -> None:
    async with _desk(context, key) as desk:
        line = (await desk.report(RunState.PREVIEWED)).run
        async with desk.here.storage.write(desk.place.wall) as write:
            await runs.announce(write, line, None, days)
        told = (await desk.report(RunState.ANNOUNCED)).run.deletes_from
        click.echo(f"announced; it is deleted from {told:%Y-%m-%d %H:%M} UTC on")


async def _run(context: CommandContext, key: str) -> None:
    async with _desk(context, key) as desk:
        line = (await desk.report(RunState.ANNOUNCED, RunState.EXECUTING)).run
        if line.state is RunState.ANNOUNCED and line.deletes_from:
            async with desk.here.storage.read(desk.place.wall) as read:
                if line.deletes_from > read.now:
                    day = f"{line.deletes_from:%Y-%m-%d %H:%M}"
                    raise click.ClickException(f"those whose things go were told {day} UTC")
        while line.finished_at is None:
            await desk.work.run(desk.place)
            line = (await desk.report(*RunState)).run
            if line.finished_at is None:
                await asyncio.sleep(_PAUSE)
        _show(await desk.report(*RunState))


async def _cancel(context: CommandContext, key: str) -> None:
    async with _desk(context, key) as desk:
        line = (await desk.report(*RunState)).run
        async with desk.here.storage.write(desk.place.wall) as write:
            await runs.cancel(write, line)


def _show(report: RunReport) -> None:
    for one in report.counts:
        done = "" if report.run.began_at is None else (
            f", {one.deleted} deleted ({one.preserved} archived), {one.spared} spared, "
            f"{one.failed} failed"
        )  # fmt: skip
        click.echo(f"{one.subject}, {one.institution}: {one.found} due, {one.frozen} frozen{done}")
    click.echo(f"{report.run.state}: {sum(one.found for one in report.counts)} things")
