"""``aula municipality``: hand over, and erase, everything of one municipality."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from aula_platform import audit
from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import owners_of
from aula_platform.privacy import Installation, NotWhole, Place, UnknownPlace
from aula_platform.privacy.counting import Counts, LastExport, count, last_export
from aula_platform.privacy.erasing import Erasure, StillWritten
from aula_platform.privacy.exporting import Manifest
from aula_platform.privacy.exporting import export as export_place
from aula_platform.privacy.parcel import Occupied
from aula_platform.privacy.retention.held import Frozen
from aula_platform.storage.compacting import HeldByOthers
from aula_platform.storage.compacting import compact as compact_storage

_KEY = click.argument("key")


@click.group()
def municipality() -> None:
    """Hand over everything that is kept of one municipality, and erase it (end of a contract)."""


@municipality.command("list")
@pass_context
def list_places(context: CommandContext) -> None:
    """List the municipalities in the database, and whether the configuration names them."""
    asyncio.run(_list(context))


@municipality.command()
@_KEY
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path),
    help="A folder to be made, or an archive when it ends in .zip.",
)
@pass_context
def export(context: CommandContext, key: str, to: Path) -> None:
    """Write everything of the municipality KEY, as it is at this moment, into one place.

    The site can work on meanwhile. What is written holds personal data: nobody else may read it.
    """
    manifest = asyncio.run(_export(context, key, to))
    for name, table in manifest.tables.items():
        if table.rows:
            click.echo(f"{name}: {table.rows}")
    found = manifest.files
    click.echo(f"{manifest.rows} rows, {found.count} files ({found.bytes} bytes): {to}")
    for what, files in (("missing", found.missing), ("damaged", found.damaged)):
        if files:
            click.echo(f"! {len(files)} files are {what}; manifest.json lists them", err=True)


@municipality.command()
@_KEY
@click.option("--preview", is_flag=True, help="Only say how much there is.")
@click.option("--yes", "agreed", default="", metavar="KEY", help="The key again: do not ask.")
@click.option("--without-export", is_flag=True, help="Erase though nothing was handed over.")
@pass_context
def erase(
    context: CommandContext, key: str, agreed: str, *, preview: bool, without_export: bool
) -> None:
    """Erase everything of the municipality KEY, for good, without taking the site down.

    First take it out of the configuration and restart the site. When it is cut off, the same
    command finishes it.
    """
    asyncio.run(_erase(context, key, agreed, is_preview=preview, without_export=without_export))


@municipality.command()
@pass_context
def compact(context: CommandContext) -> None:
    """Keep nothing of what was erased in the database's own files; `erase` ends with this."""
    asyncio.run(_compact(context))


@asynccontextmanager
async def _installation(context: CommandContext) -> AsyncIterator[Installation]:
    """Open the database without the site: the configuration need not name the municipality."""
    async with context.store() as storage:
        storage.recorders.append(audit.record)
        try:
            yield Installation(
                storage, owners_of(context.host), BlobStore(context.settings.files_url)
            )
        except (UnknownPlace, NotWhole, Occupied, StillWritten, HeldByOthers, Frozen) as refused:
            raise click.ClickException(str(refused)) from None


async def _list(context: CommandContext) -> None:
    async with _installation(context) as here:
        for place in await here.places():
            exported = await last_export(here, place)
            said = "in use" if is_in_use(context, place) else "not in use"
            click.echo(f"{place.key}: {place.name} ({said}, {_when(exported)})")


async def _export(context: CommandContext, key: str, to: Path) -> Manifest:
    async with _installation(context) as here:
        place = await here.find(key)
        return await export_place(here, place, to, lambda name: click.echo(name, err=True))


async def _erase(
    context: CommandContext, key: str, agreed: str, *, is_preview: bool, without_export: bool
) -> None:
    async with _installation(context) as here:
        place = await here.find(key)
        await here.check_whole()
        exported = await last_export(here, place)
        _show(place, await count(here, place), exported)
        if is_preview:
            return
        if exported is None and not without_export:
            raise click.ClickException(
                f"nothing was erased: first `aula municipality export {key} --to …`, "
                "or say --without-export"
            )
        _ask(context, place, agreed)
        gone = await Erasure(here, place).run(click.echo)
        click.echo(f"{sum(gone.values())} rows of {key} are erased")
        click.echo("the database's files are made compact")
        await compact_storage(here.storage, (table for _owner, table in here.tables()))


async def _compact(context: CommandContext) -> None:
    async with _installation(context) as here:
        await compact_storage(here.storage, (table for _owner, table in here.tables()))


def is_in_use(context: CommandContext, place: Place) -> bool:
    """Whether the configuration has something switched on there, or leaves it to be."""
    settings = context.settings.municipalities.get(place.key)
    return settings is not None and any(
        choice.state == "on" or choice.left_to != "nobody" for choice in settings.plugins.values()
    )


def _ask(context: CommandContext, place: Place, agreed: str) -> None:
    """Go on only when somebody has meant this municipality."""
    if agreed and agreed != place.key:
        raise click.UsageError(f"--yes {agreed} is not {place.key}")
    if not agreed:
        if is_in_use(context, place):
            raise click.ClickException(
                f"nothing was erased: {place.key} is in use; take it out of {context.config} and "
                f"restart the site, or say --yes {place.key}"
            )
        if click.prompt("Type the key again to erase all of it") != place.key:
            raise click.Abort


def _show(place: Place, found: Counts, exported: LastExport | None) -> None:
    click.echo(f"{place.key} ({place.name}):")
    for name, rows in sorted(found.rows.items()):
        click.echo(f"  {name}: {rows}")
    click.echo(f"  {found.total} rows, {found.files} files ({found.file_bytes} bytes)")
    click.echo(f"  {_when(exported)}")


def _when(exported: LastExport | None) -> str:
    if exported is None:
        return "never exported"
    rows, files = exported.details.get("rows"), exported.details.get("files")
    return f"exported {exported.at:%Y-%m-%d %H:%M} UTC: {rows} rows, {files} files"
