"""``aula person``: hand over, and erase, what is kept about one person (GDPR art. 15 to 20)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from aula_platform import audit
from aula_platform.cli.context import CommandContext, pass_context
from aula_platform.data_map import list_personal_data
from aula_platform.files.blobs import BlobStore
from aula_platform.kernel import owners_of, retention_of, subject_data_of
from aula_platform.privacy import Installation, NotWhole, UnknownPlace
from aula_platform.privacy.parcel import Occupied
from aula_platform.privacy.person.erasing import StillBelongs, StillNamed, erase_person
from aula_platform.privacy.person.exporting import PersonManifest, export_person, note_export
from aula_platform.privacy.person.gathering import NotAll
from aula_platform.privacy.person.subject import UnknownPerson, find_subject, has_guardian
from aula_platform.privacy.retention.held import Frozen
from aula_platform.storage.compacting import HeldByOthers, compact

_REFUSALS = (
    UnknownPlace, UnknownPerson, NotWhole, NotAll, Occupied, StillBelongs, StillNamed,
    HeldByOthers, Frozen,
)  # fmt: skip


@click.group()
def person() -> None:
    """Hand over what is kept about one person, and erase it."""


@person.command()
@click.argument("municipality")
@click.argument("person_key", metavar="PERSON")
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path),
    help="A folder to be made, or an archive when it ends in .zip.",
)
@click.option(
    "--for",
    "receiver",
    type=click.Choice(("person", "guardian")),
    help="Who gets it; without this a guardian, if somebody has custody of PERSON.",
)
@pass_context
def export(
    context: CommandContext,
    municipality: str,
    person_key: str,
    to: Path,
    receiver: Literal["person", "guardian"] | None,
) -> None:
    """Write everything that is kept about PERSON in MUNICIPALITY: a page, JSON and the files.

    What a guardian gets tells no protected address, and not from where the child logs in.

    PERSON is an id (per_… or pro_…) or a UNI-ID. Fails, and leaves nothing, when a plugin gives out
    fewer rows than its tables hold of the person. What is written is personal: nobody else may
    read it.
    """
    manifest = asyncio.run(_export(context, municipality, person_key, to, receiver))
    for owner, tables in manifest.tables.items():
        for name, one in tables.items():
            click.echo(f"{owner} {name}: {one.kept} about the person, {one.given} given out")
    click.echo(f"{manifest.rows} rows, {manifest.files} files: {to}")
    if manifest.missing:
        click.echo(
            f"! {len(manifest.missing)} files are missing; manifest.json lists them", err=True
        )


@person.command()
@click.argument("municipality")
@click.argument("person_key", metavar="PERSON")
@click.option("--yes", "agreed", is_flag=True, help="Do not ask.")
@pass_context
def erase(context: CommandContext, municipality: str, person_key: str, *, agreed: bool) -> None:
    """Erase PERSON of MUNICIPALITY for good: words, files, account; others' answers stay.

    Only somebody who belongs to no institution any more: a source that still delivers the person
    would bring them back. Ends by making the database's own files compact.
    """
    if not agreed:
        click.confirm(f"Erase {person_key} of {municipality} for good?", abort=True)
    for name, rows in asyncio.run(_erase(context, municipality, person_key)).items():
        click.echo(f"{name}: {rows}")
    click.echo(f"{person_key} is erased")


@asynccontextmanager
async def _installation(context: CommandContext) -> AsyncIterator[Installation]:
    async with context.store() as storage:
        storage.recorders.append(audit.record)
        try:
            yield Installation(
                storage, owners_of(context.host), BlobStore(context.settings.files_url)
            )
        except _REFUSALS as refused:
            raise click.ClickException(str(refused)) from None


async def _export(
    context: CommandContext, municipality: str, person_key: str, to: Path, receiver: str | None
) -> PersonManifest:
    async with _installation(context) as here:
        subject = await find_subject(here.storage, await here.find(municipality), person_key)
        for_other = receiver == "guardian" or (
            receiver is None and await has_guardian(here.storage, subject)
        )
        subject = replace(subject, for_other=for_other)
        declared = [one for _owner, one in list_personal_data(context.host)]
        manifest = await export_person(here, subject, subject_data_of(context.host), declared, to)
        async with here.storage.write(subject.place.wall) as write:
            note_export(write, subject, manifest)
        return manifest


async def _erase(context: CommandContext, municipality: str, person_key: str) -> dict[str, int]:
    async with _installation(context) as here:
        subject = await find_subject(here.storage, await here.find(municipality), person_key)
        host = context.host
        gone = await erase_person(here, subject, subject_data_of(host), retention_of(host))
        await compact(here.storage, (table for _owner, table in here.tables()))
        return gone
