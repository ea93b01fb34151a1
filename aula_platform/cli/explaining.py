"""``aula explain``: why somebody may or may not do something, in words."""

import asyncio

import click

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.storage import EVERYWHERE
from aula_sdk import ids
from aula_sdk.permissions import Explanation


@click.command()
@click.argument("profile")
@click.argument("action")
@click.argument("thing", required=False)
@pass_context
def explain(context: CommandContext, profile: str, action: str, thing: str | None) -> None:
    """Say why PROFILE (pro_…) may or may not do ACTION (messages.read) to THING (thr_…)."""
    found = asyncio.run(_explain(context, profile, action, thing))
    click.echo("yes" if found.allowed else "no")
    for reason in found.reasons:
        click.echo(f"  {'+' if reason.allowed else '-'} {reason.sentence}")
        for level in reason.levels:
            click.echo(f"      {level}")


async def _explain(
    context: CommandContext, profile: str, action: str, thing: str | None
) -> Explanation:
    async with context.kernel() as kernel:
        if action not in kernel.rights.catalogue.actions:
            known = ", ".join(sorted(kernel.rights.catalogue.actions))
            raise click.UsageError(f"there is no action {action!r}; known: {known}")
        actor = await kernel.platform.actor_for(ids.PROFILE.parse(profile))
        object_id = None
        if thing is not None:
            described = kernel.rights.catalogue.actions[action]
            if not described.resource:
                raise click.UsageError(f"{action} is about no thing; leave THING out")
            object_id = kernel.rights.resource(described.resource).kind.parse(thing)
        async with kernel.storage.read(EVERYWHERE) as read:
            return await kernel.rights.explain(read, actor, action, object_id)
