"""``aula config export | apply``: what municipalities and institutions have chosen, as a file."""

import asyncio
from pathlib import Path

import click

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.kernel import Kernel
from aula_platform.plugin_host.choices.carrying import carry_out
from aula_platform.plugin_host.choices.document import Document, decode, encode
from aula_platform.plugin_host.choices.naming import Names, read_names
from aula_platform.plugin_host.choices.plans import Planner, present_slots
from aula_platform.storage import EVERYWHERE


@click.group("config")
def config() -> None:
    """Carry what was chosen in the site (not what is in the configuration) to a file and back."""


@config.command()
@click.option("--municipality", "key", default="", help="One municipality's choices alone.")
@pass_context
def export(context: CommandContext, key: str) -> None:
    """Write all choices to the standard output, as JSON."""
    click.echo(asyncio.run(_export(context, key)), nl=False)


@config.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before anything is written.")
@pass_context
def apply(context: CommandContext, file: Path, *, yes: bool) -> None:
    """Make the choices in FILE those of the municipalities it names, after showing the difference.

    Nothing is written unless all of it can be.
    """
    try:
        document = decode(file.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from None
    asyncio.run(_apply(context, document, is_agreed=yes))


async def _export(context: CommandContext, key: str) -> str:
    known = sorted(context.settings.municipalities)
    if key and key not in known:
        raise click.UsageError(f"there is no municipality {key!r}; known: {', '.join(known)}")
    wanted = [key] if key else known
    async with context.kernel() as kernel:
        names = await _names(kernel)
        return encode(wanted, present_slots(kernel.activation, names, wanted)).decode()


async def _apply(context: CommandContext, document: Document, *, is_agreed: bool) -> None:
    async with context.kernel() as kernel:
        epoch = kernel.activation.epoch
        planner = Planner(kernel.activation, await _names(kernel), document)
        plan = planner.plan()
        for change in plan.changes:
            click.echo(str(change))
        if plan.problems:
            raise click.ClickException("\n  ".join(("nothing was written:", *plan.problems)))
        if not plan.changes:
            click.echo("nothing to change")
            return
        if not is_agreed:
            click.confirm("Make these changes?", abort=True)
        async with kernel.storage.write(EVERYWHERE) as write:
            await carry_out(write, planner, plan, epoch)
    click.echo(f"{len(plan.changes)} made")


async def _names(kernel: Kernel) -> Names:
    async with kernel.storage.read(EVERYWHERE) as read:
        return await read_names(read)
