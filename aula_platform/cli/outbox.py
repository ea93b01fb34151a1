"""``aula outbox``: events that could not be delivered, and what an operator does about them."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from uuid import UUID

import click
import msgspec

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.events import ParkedLane, parked_lanes, replay, skip
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")
_Act = Callable[[Storage, str, UUID], Awaitable[bool]]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def outbox(context: click.Context, *, as_json: bool) -> None:
    """List what is parked; exit 1 when something is.

    A lane is what one subscriber gets of one stream (a conversation, say). It is parked when an
    event could not be delivered eight times; all other lanes go on.
    """
    if context.invoked_subcommand is None:
        lanes = asyncio.run(_parked(context.obj))
        if as_json:
            click.echo(msgspec.json.encode(lanes))
        else:
            _show(lanes)
        if lanes:
            sys.exit(1)


@outbox.command("replay")
@click.argument("subscriber", default="")
@click.argument("stream", type=click.UUID, required=False)
@click.option("--all", "is_all", is_flag=True, help="Every parked lane, or all of SUBSCRIBER's.")
@pass_context
def replay_lane(
    context: CommandContext, subscriber: str, stream: UUID | None, *, is_all: bool
) -> None:
    """Try again from the event on which it stopped; what was delivered is not delivered again."""
    if is_all is (stream is not None):
        raise click.UsageError("name SUBSCRIBER and STREAM, or say --all")
    asyncio.run(_act(context, replay, subscriber, stream))


@outbox.command("skip")
@click.argument("subscriber")
@click.argument("stream", type=click.UUID)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def skip_event(context: CommandContext, subscriber: str, stream: UUID, *, yes: bool) -> None:
    """Give up the event on which it stopped: its effect never comes; the events after it do."""
    if not yes:
        click.confirm(str(_("Give this event up for good?")), abort=True)
    asyncio.run(_act(context, skip, subscriber, stream))


async def _parked(context: CommandContext) -> list[ParkedLane]:
    async with context.kernel() as kernel, kernel.storage.read(EVERYWHERE) as read:
        return await parked_lanes(read)


async def _act(context: CommandContext, act: _Act, subscriber: str, stream: UUID | None) -> None:
    """Do it to one lane, or (without a stream) to all; exit 1 where nothing is parked."""
    done = 0
    async with context.kernel() as kernel:
        async with kernel.storage.read(EVERYWHERE) as read:
            lanes = await parked_lanes(read)
        for lane in lanes:
            is_meant = subscriber in ("", lane.subscriber) and stream in (None, lane.stream)
            if is_meant and await act(kernel.storage, lane.subscriber, lane.stream):
                done += 1
    if not done:
        click.echo(_("Nothing of that name is parked."), err=True)
        sys.exit(1)
    click.echo(_("%(count)s lanes go on.") % {"count": done})


def _show(lanes: list[ParkedLane]) -> None:
    if not lanes:
        click.echo(_("Nothing is parked."))
    for lane in lanes:
        click.echo(f"{lane.subscriber} {lane.stream}")
        told = {
            "event": f"{lane.event_name} {lane.event_id}",
            "since": f"{lane.parked_at:%F %T}",
            "failures": lane.failures,
            "error": lane.error,
            "waiting": lane.waiting,
        }
        click.echo("  " + str(_("stopped at %(event)s, parked since %(since)s UTC") % told))
        click.echo("  " + str(_("%(failures)s tries, the last: %(error)s") % told))
        click.echo("  " + str(_("%(waiting)s events wait") % told))
