"""``aula health``: how the installation is, as the administration's page shows it."""

import asyncio
import sys

import click
import msgspec

from aula_platform.cli.context import CommandContext, pass_context
from aula_sdk.health import HealthReport


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_context
def health(context: CommandContext, *, as_json: bool) -> None:
    """Say how the installation is; exit 1 when something needs somebody."""
    found = asyncio.run(_look(context))
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        for line in _lines(found):
            click.echo(line)
    if not found.is_well:
        sys.exit(1)


async def _look(context: CommandContext) -> HealthReport:
    async with context.kernel() as kernel:
        return await kernel.health.look()


def _lines(found: HealthReport) -> list[str]:
    lines = [
        f"database: {'answers' if found.has_database else 'DOES NOT ANSWER'}",
        f"files: {'answer' if found.has_files else 'DO NOT ANSWER'}",
    ]
    for refused in found.refused:
        hook = f" in {refused.hook}" if refused.hook else ""
        lines.append(f"! {refused.plugin} ({refused.distribution}){hook}: {refused.problem}")
        lines.append(f"  what to do: {refused.remedy}")
    lines += [f"! the tables of {owner} are behind: run `aula migrate`" for owner in found.behind]
    lines += quarantine_lines(found)
    lines += [
        f"! job {job.name}: {job.failures} failures in a row ({job.error}), "
        f"next {job.next_run:%F %T}"
        for job in found.failing_jobs
    ]
    lines += [
        f"! {lane.waiting} events wait for {lane.subscriber} since {lane.parked_at:%F %T} "
        f"({lane.event_name}, {lane.error})"
        for lane in found.parked
    ]
    lines += [
        f"  {fault.plugin}: {fault.place}: {fault.failures} failures, last {fault.failed_at:%F %T} "
        f"({fault.error})"
        for fault in found.faults
    ]
    lines += [
        f"  {restart.at:%F %T}: a worker was started anew ({restart.cause})"
        + (f": {restart.plugin}: {restart.place}" if restart.plugin else "")
        for restart in found.restarts
    ]
    return lines


def quarantine_lines(found: HealthReport) -> list[str]:
    """Return what is left alone, why and since when."""
    return [
        f"! {each.plugin}: {each.place} is left alone since {each.since:%F %T} until "
        f"{each.until:%F %T}: {each.reason}"
        for each in found.quarantines
    ]
