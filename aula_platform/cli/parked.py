"""``aula parked``: events that could not be delivered, and what becomes of them."""

import asyncio
from uuid import UUID

import click

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.events import ParkedLane, parked_lanes, replay, skip
from aula_platform.storage import EVERYWHERE


@click.group(invoke_without_command=True)
@click.pass_context
def parked(context: click.Context) -> None:
    """List the streams of events that wait because a subscriber fails again and again."""
    if context.invoked_subcommand is None:
        for lane in asyncio.run(_look(context.obj)):
            click.echo(
                f"{lane.subscriber} {lane.stream}: {lane.waiting} since {lane.parked_at:%F %T} "
                f"({lane.event_name}, {lane.error})"
            )


@parked.command("replay")
@click.argument("subscriber")
@click.argument("stream", type=click.UUID)
@pass_context
def replay_lane(context: CommandContext, subscriber: str, stream: UUID) -> None:
    """Try again from the event on which it stopped: when its cause is mended."""
    _tell(asyncio.run(_act(context, subscriber, stream, give_up=False)))


@parked.command("skip")
@click.argument("subscriber")
@click.argument("stream", type=click.UUID)
@pass_context
def skip_event(context: CommandContext, subscriber: str, stream: UUID) -> None:
    """Give up the one event on which it stopped, for good, and go on with the next."""
    _tell(asyncio.run(_act(context, subscriber, stream, give_up=True)))


async def _look(context: CommandContext) -> list[ParkedLane]:
    async with context.store() as storage, storage.read(EVERYWHERE) as read:
        return await parked_lanes(read)


async def _act(context: CommandContext, subscriber: str, stream: UUID, *, give_up: bool) -> bool:
    async with context.store() as storage:
        return await (skip if give_up else replay)(storage, subscriber, stream)


def _tell(was_parked: bool) -> None:  # noqa: FBT001  # The only thing it is about.
    if not was_parked:
        raise click.ClickException("nothing is parked there; `aula parked` lists what is")
    click.echo("it goes on")
