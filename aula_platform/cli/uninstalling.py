"""``aula plugins uninstall``: a plugin's leave, with its data kept or purged."""

import asyncio

import click
import msgspec

from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import ROOMS, NotMigrated
from aula_platform.plugin_host.uninstalling import Held, Uninstalling
from aula_platform.storage.migrate import pending
from aula_platform.storage.removing import NotRemoved
from aula_sdk.i18n import gettext_for

_ = gettext_for("aula")


@click.command()
@click.argument("name")
@click.option(
    "--keep-data/--purge-data",
    default=None,
    help="Keep its data for its return, or take away everything but the audit.",
)
@click.option("--yes", is_flag=True, help="Do not ask before anything is done.")
@click.option("--json", "as_json", is_flag=True, help="Print what it holds for programs, and end.")
@pass_context
def uninstall(
    context: CommandContext, name: str, *, keep_data: bool | None, yes: bool, as_json: bool
) -> None:
    """Say what the plugin NAME holds here, ask, and let it go; its package is uninstalled after.

    It must be off in the configuration, and what serves the site restarted since.
    """
    if keep_data is None and not as_json:
        raise click.UsageError("say --keep-data or --purge-data")
    try:
        asyncio.run(
            _uninstall(context, name, keep=keep_data is True, is_agreed=yes, as_json=as_json)
        )
    except NotRemoved as error:
        raise click.ClickException(str(error)) from None


async def _uninstall(
    context: CommandContext, name: str, *, keep: bool, is_agreed: bool, as_json: bool
) -> None:
    async with context.store() as storage:
        if behind := await pending(storage, ROOMS):
            raise NotMigrated(f"the tables of {', '.join(behind)} are behind: run `aula migrate`")
        leaving = Uninstalling(storage, context.host, context.settings, name)
        held = await leaving.held()
        if as_json:
            click.echo(msgspec.json.encode(held))
            return
        for one in held:
            click.echo(f"  {one.table}: {_say(one)}")
        if not is_agreed:
            question = _("Keep all this?") if keep else _("Take all this away for good?")
            click.confirm(str(question), abort=True)
        if keep:
            await leaving.keep()
        else:
            await leaving.purge(BlobStore(context.settings.files_url))
    click.echo(_("Done. Uninstall its package now: `aula migrate` would make its tables again."))


def _say(one: Held) -> str:
    text = _("%(rows)s rows, the whole table") if one.is_own else _("%(rows)s rows")
    return str(text % {"rows": one.rows})
