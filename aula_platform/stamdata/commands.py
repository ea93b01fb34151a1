"""``aula import``: look at a delivery of stamdata, and apply it."""

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import click
import msgspec

from aula_platform.stamdata.importing.brake import DEFAULT_SHARE
from aula_platform.stamdata.importing.reports import Report
from aula_platform.stamdata.importing.run import Wish, run_import
from aula_platform.stamdata.importing.telling import tell
from aula_platform.storage import Storage
from aula_sdk.stamdata_source import StamdataSource


class OpenKernel(Protocol):
    """A kernel over a migrated database."""

    @property
    def storage(self) -> Storage:
        """The database, with whatever records its transactions."""
        ...

    def as_set(self, source: StamdataSource, municipality: str) -> StamdataSource:
        """Return the format as the municipality has set it; raise `Problem` when it is off."""
        ...


class ImportContext(Protocol):
    """What the command needs of its surroundings (``ctx.obj``)."""

    @property
    def sources(self) -> Mapping[str, StamdataSource]:
        """Formats of stamdata by name."""
        ...

    def kernel(self) -> AbstractAsyncContextManager[OpenKernel]:
        """Open the kernel; the municipalities of the settings are known afterwards."""
        ...


@click.command("import")
@click.argument("source")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--municipality", required=True, help="Its key in the configuration.")
@click.option("--apply", "apply_", is_flag=True, help="Carry it out; otherwise only look.")
@click.option("--yes-remove", is_flag=True, help="Confirm that many may leave.")
@click.option(
    "--share",
    type=click.FloatRange(0, 1),
    default=DEFAULT_SHARE,
    show_default=True,
    help="How large a part of an institution may leave without being confirmed.",
)
@click.option("--owner", default="", help="Whose records they are, if two systems use one format.")
@click.option("--json", "as_json", is_flag=True, help="Print the report for programs.")
@click.pass_obj
def import_stamdata(
    context: ImportContext,
    *,
    source: str,
    path: Path,
    municipality: str,
    apply_: bool,
    yes_remove: bool,
    share: float,
    owner: str,
    as_json: bool,
) -> None:
    """Import stamdata in the format SOURCE from the file or folder PATH.

    Shows what would change; with --apply it is carried out. Ends with 1 when nothing was carried
    out because too much would leave or the delivery cannot be taken.
    """
    formats = context.sources
    if source not in formats:
        known = ", ".join(sorted(formats)) or "none"
        raise click.BadParameter(f"unknown format; known: {known}", param_hint="SOURCE")
    wish = Wish(municipality, apply=apply_, confirmed=yes_remove, owner=owner, share=share)
    report = asyncio.run(_run(context, formats[source], path, wish))
    if as_json:
        click.echo(as_document(report))
    else:
        for line in tell(report):
            click.echo(line)
    if report.state in {"stopped", "refused"}:
        sys.exit(1)


async def _run(context: ImportContext, source: StamdataSource, path: Path, wish: Wish) -> Report:
    async with context.kernel() as kernel:
        chosen = kernel.as_set(source, wish.municipality)
        return await run_import(kernel.storage, chosen, path, wish)


def as_document(report: Report) -> str:
    """Return the report as JSON, without the names that are shown to people."""
    bare = msgspec.structs.replace(report, samples=())
    return msgspec.json.format(msgspec.json.encode(bare), indent=2).decode()
