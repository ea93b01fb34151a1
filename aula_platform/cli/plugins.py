"""``aula plugins``: what is installed and switched on, and what the registry has."""

import asyncio

import click

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.cli.health import quarantine_lines
from aula_platform.cli.states import list_states
from aula_platform.cli.uninstalling import uninstall
from aula_platform.widgets.commands import (
    add_package,
    change_signing_key,
    refresh_packages,
    remove_package,
    search_registry,
)


@click.group(invoke_without_command=True)
@click.pass_context
def plugins(context: click.Context) -> None:
    """Show every plugin's state in each municipality, with the reason; or ask the registry."""
    if context.invoked_subcommand is None:
        asyncio.run(_show(context.obj))


async def _show(context: CommandContext) -> None:
    async with context.kernel() as kernel:
        for name, accepted in sorted(kernel.host.accepted.items()):
            installed = accepted.installed
            click.echo(f"{name} {installed.version} ({installed.distribution})")
        for refusal in kernel.host.refusals:
            where = f" in {refusal.hook}" if refusal.hook else ""
            click.echo(f"! {refusal.plugin} ({refusal.distribution}){where}: {refusal.problem}")
            click.echo(f"  what to do: {refusal.remedy}")
        for line in quarantine_lines(await kernel.health.look()):
            click.echo(line)
        for line in list_states(kernel):
            click.echo(line)


@plugins.command()
@click.argument("query", default="")
@pass_context
def search(context: CommandContext, query: str) -> None:
    """List what the registry has under these words."""
    search_registry(context.settings, query)


@plugins.command()
@click.argument("address")
@click.option("--allow-older", is_flag=True, help="Take a version older than one seen before.")
@pass_context
def add(context: CommandContext, address: str, *, allow_older: bool) -> None:
    """Fetch VENDOR/NAME or VENDOR/NAME@VERSION, verify its signatures and keep it here."""
    add_package(context.settings, address, allow_older=allow_older)


@plugins.command()
@click.argument("package")
@pass_context
def remove(context: CommandContext, package: str) -> None:
    """Take a package out of the local folder."""
    remove_package(context.settings.widgets_folder, package)


@plugins.command()
@pass_context
def refresh(context: CommandContext) -> None:
    """Fetch every stored package again, so that none expires and none that was stopped stays."""
    refresh_packages(context.settings)


@plugins.command("change-key")
@pass_context
def change_key(context: CommandContext) -> None:
    """Sign widgets' tokens with a new key from now on; what the old one signed lives on."""
    change_signing_key(context.settings)


plugins.add_command(uninstall)
