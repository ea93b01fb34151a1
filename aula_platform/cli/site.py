"""Commands about the site as a whole: serve it, migrate it, check it, fill its demo."""

import asyncio
import sys

import click

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.identity.broker_settings import WrongBrokerSettings, check_brokers
from aula_platform.identity.brokers import make_brokers
from aula_platform.kernel import BYPASSED, ROOMS
from aula_platform.permissions.vouched_roles import VouchedRoles
from aula_platform.plugin_host.migrating import migrate_plugins
from aula_platform.serving import Serving, serve_site
from aula_platform.settings.broker_profiles import explain
from aula_platform.storage.capacity import find_shortage
from aula_platform.storage.migrate import migrate as migrate_owners
from aula_platform.storage.policies import is_bypassed
from aula_platform.web.looks import Looks, WrongLook
from aula_platform.web.plugin_assets import PluginAssets
from aula_sdk.contributions import DemoData
from aula_sdk.login import LoginProtocol

_PATIENCE = 5.0
"""Seconds that the database has to say how many connections it takes."""


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
    if not is_embedded:
        asyncio.run(_tell_of_shortage(context, workers))
    serving = Serving(host, port, workers, jobs or is_embedded)
    sys.exit(serve_site(context.settings, context.host, serving))


async def _tell_of_shortage(context: CommandContext, workers: int) -> None:
    pool_size = context.settings.storage.pool_size
    try:
        async with asyncio.timeout(_PATIENCE), context.store() as storage:
            shortage = await find_shortage(storage, pool_size, workers)
    except Exception:  # noqa: BLE001  # Whatever keeps the database away, the workers say it.
        return
    if shortage:
        click.echo(f"! {shortage}", err=True)


@click.command()
@pass_context
def migrate(context: CommandContext) -> None:
    """Bring every owner's tables up to date; does nothing where they are.

    A plugin whose migration fails is named and left out of the site (R26); only the platform's own
    tables stop the command.
    """

    async def work() -> list[str]:
        async with context.store() as storage:
            moved = await migrate_owners(storage, ROOMS)
            return moved + await migrate_plugins(storage, context.host)

    before = len(context.host.refusals)
    moved = asyncio.run(work())
    for refusal in context.host.refusals[before:]:
        click.echo(f"! {refusal.plugin}: {refusal.problem}", err=True)
        click.echo(f"  what to do: {refusal.remedy}", err=True)
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
    for name, broker in context.settings.login.brokers.items():
        for line in explain(name, broker):
            click.echo(line)
    click.echo("everything fits")


async def _find_problems(context: CommandContext) -> list[str]:
    async with context.kernel() as kernel:
        PluginAssets.of(context.host)  # Refuses plugins whose files cannot be sent.
        problems = [
            f"{item.plugin} ({item.distribution}) {item.hook}: {item.problem}; {item.remedy}"
            for item in context.host.refusals
        ]
        try:
            settings = context.settings
            check_brokers(settings.site.mode, settings.login.brokers, settings.municipalities)
            VouchedRoles(settings)
            make_brokers(settings, (one for _by, one in context.host.each(LoginProtocol)))
        except WrongBrokerSettings as error:
            problems.append(str(error))
        try:
            Looks(context.settings)
        except WrongLook as error:
            problems.append(str(error))
        if context.settings.site.mode == "production" and await is_bypassed(kernel.storage):
            problems.append(BYPASSED)
        for site in kernel.activation.sites():
            key = kernel.activation.keys[site.municipality_id]
            problems += [
                f"{key}: {site.plugin}: {text}" for text in kernel.activation.problems(site)
            ]
    return problems


@click.command("demo-data")
@pass_context
def demo_data(context: CommandContext) -> None:
    """Fill the demo with fictional content; refused outside of demo mode."""
    if context.settings.site.mode != "demo":
        raise click.UsageError('only in demo mode ([site] mode = "demo")')

    if not asyncio.run(_fill(context)):
        sys.exit(1)


async def _fill(context: CommandContext) -> bool:
    """Let every plugin fill its part; one that fails says so, and the others go on."""
    went_well = True
    async with context.kernel() as kernel:
        found = sorted(kernel.host.each(DemoData), key=lambda item: item[1].order)
        for plugin, data in found:
            try:
                click.echo(f"{plugin}: {await data.fill(kernel.platform)}")
            except Exception as error:  # noqa: BLE001  # Whatever it is, it is the plugin's.
                went_well = False
                click.echo(f"! {plugin}: {type(error).__name__}: {error}", err=True)
    return went_well
