"""Commands about the site as a whole: serve it, migrate it, check it, fill its demo."""

import asyncio
import sys

import click

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.kernel import BYPASSED, owners_of
from aula_platform.serving import serve_site
from aula_platform.storage.migrate import migrate as migrate_owners
from aula_platform.storage.policies import is_bypassed
from aula_platform.web.looks import Looks, WrongLook
from aula_sdk.contributions import DemoData


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="More than one needs PostgreSQL.")
@click.option(
    "--jobs/--no-jobs",
    default=True,
    show_default=True,
    help="Deliver events and run jobs here too; without, `aula work` must do it.",
)
@pass_context
def serve(context: CommandContext, host: str, port: int, workers: int, *, jobs: bool) -> None:
    """Serve the site until it is interrupted."""
    is_embedded = context.settings.database_url.startswith("sqlite")
    if workers > 1 and is_embedded:
        raise click.UsageError("several workers need PostgreSQL; the embedded database has one")
    # Said here as a sentence; the serving process would tell it as a failure of its own.
    Looks(context.settings)
    serve_site(context.config, host, port, workers, jobs=jobs or is_embedded)


@click.command()
@pass_context
def migrate(context: CommandContext) -> None:
    """Bring every owner's tables up to date; does nothing where they are."""

    async def work() -> list[str]:
        async with context.store() as storage:
            return await migrate_owners(storage, owners_of(context.host))

    moved = asyncio.run(work())
    click.echo(f"migrated: {', '.join(moved)}" if moved else "everything is up to date")


@click.command()
@pass_context
def check(context: CommandContext) -> None:
    """Say whether configuration, plugins and database fit together; exit 1 when they do not."""
    problems = asyncio.run(_find_problems(context))
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("everything fits")


async def _find_problems(context: CommandContext) -> list[str]:
    problems = [
        f"{item.plugin} ({item.distribution}) {item.hook}: {item.problem}"
        for item in context.host.refusals
    ]
    try:
        Looks(context.settings)
    except WrongLook as error:
        problems.append(str(error))
    async with context.kernel() as kernel:
        if context.settings.site.mode == "production" and await is_bypassed(kernel.storage):
            problems.append(BYPASSED)
        for state in kernel.activation.states():
            choice = context.settings.municipalities[state.municipality].plugins.get(state.plugin)
            if choice is not None and choice.state == "on" and not state.active:
                problems.append(f"{state.municipality}: {state.plugin}: {state.reason}")
    return problems


@click.command("demo-data")
@pass_context
def demo_data(context: CommandContext) -> None:
    """Fill the demo with fictional content; refused outside of demo mode."""
    if context.settings.site.mode != "demo":
        raise click.UsageError('only in demo mode ([site] mode = "demo")')

    async def fill() -> None:
        async with context.kernel() as kernel:
            found = sorted(kernel.host.each(DemoData), key=lambda item: item[1].order)
            for plugin, data in found:
                click.echo(f"{plugin}: {await data.fill(kernel.platform)}")

    asyncio.run(fill())
