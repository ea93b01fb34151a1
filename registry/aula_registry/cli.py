"""``aula-registry`` (``python -m aula_registry``): serve, migrate, vendors, keys, approvals."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, get_args

import click
import uvicorn

from aula_registry import releases, vendors
from aula_registry.app import create_app
from aula_registry.database import (
    Database,
    DatabaseUnknown,
    MigrationFailed,
    connect,
    migrate,
    pending_migrations,
)
from aula_registry.keys import KeysWrong, create_keys, load_keys, rotate_keys
from aula_registry.problems import Problem, VendorExists
from aula_registry.settings import Settings, SettingsWrong, load_settings
from aula_registry.states import State, move

_FILE = click.Path(path_type=Path)
_BY = click.option("--by", required=True, help="Your name; it goes into the history.")
_REASON = click.option("--reason", default="", help="Why; the vendor reads it.")


class _Group(click.Group):
    """Turns what can go wrong into one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsWrong, KeysWrong, DatabaseUnknown, MigrationFailed) as error:
            raise click.ClickException(str(error)) from None
        except Problem as problem:
            told = f"{problem.title}: {problem.detail}" if problem.detail else problem.title
            raise click.ClickException(told) from None


@click.group(cls=_Group)
@click.option("--config", type=_FILE, help="The settings file (TOML).")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """The registry, where vendors publish widgets and plugins."""
    ctx.obj = load_settings(config)


@main.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve the API and the pages. A demo makes its keys and its database by itself."""
    database = connect(settings.database_url)
    if settings.is_demo:
        asyncio.run(migrate())
        _make_missing_keys(settings)
    elif asyncio.run(pending_migrations()):
        raise MigrationFailed("the database is not up to date: run aula-registry migrate")
    app = create_app(settings, database, load_keys(settings.keys_folder))
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_level="warning", server_header=False
    )


@main.command(name="migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring the database to the newest schema."""
    connect(settings.database_url)
    asyncio.run(migrate())
    click.echo("The database is up to date.")


@main.group()
def vendor() -> None:
    """Who may publish."""


@vendor.command(name="add")
@click.argument("slug")
@click.option("--name", required=True, help="The vendor's name, for people.")
@click.option("--contact", required=True, help="An address for mail.")
@click.option("--token-file", type=_FILE, help="Write the token there instead of showing it.")
@click.option("--if-missing", is_flag=True, help="Do nothing when the vendor is there.")
@click.pass_obj
def add_vendor(
    settings: Settings,
    slug: str,
    name: str,
    contact: str,
    *,
    token_file: Path | None,
    if_missing: bool,
) -> None:
    """Add a vendor and show its publish token, this once."""

    async def add(database: Database) -> str | None:
        try:
            return await vendors.add_vendor(database, slug, name, contact)
        except VendorExists:
            if if_missing:
                return None
            raise

    token = _run(settings, add)
    if token:
        _hand_over(token, token_file)


@vendor.command(name="token")
@click.argument("slug")
@click.option("--token-file", type=_FILE, help="Write the token there instead of showing it.")
@click.pass_obj
def renew_token(settings: Settings, slug: str, token_file: Path | None) -> None:
    """Revoke a vendor's tokens and show a new one, this once."""
    _hand_over(_run(settings, lambda database: vendors.renew_token(database, slug)), token_file)


@main.group()
def keys() -> None:
    """The keys that packages are signed with."""


@keys.command(name="init")
@click.pass_obj
def init_keys(settings: Settings) -> None:
    """Make the root key and the first signing key."""
    public = create_keys(settings.keys_folder)
    click.echo(f"Root key, for the operators' configuration: {public}")
    click.echo(f"Keep {settings.keys_folder / 'root.pem'} somewhere safe, off this machine.")


@keys.command(name="rotate")
@click.option("--root", type=_FILE, help="The root key, when it does not lie beside the others.")
@click.pass_obj
def rotate(settings: Settings, root: Path | None) -> None:
    """Sign with a new key from the next start on."""
    rotate_keys(settings.keys_folder, root)
    click.echo("Restart the service: it signs with a new key.")


@keys.command(name="show")
@click.pass_obj
def show_root_key(settings: Settings) -> None:
    """Show the public root key, which operators pin in their configuration."""
    if settings.is_demo:
        _make_missing_keys(settings)
    click.echo(load_keys(settings.keys_folder).root_key)


@main.command(name="list")
@click.option("--state", type=click.Choice(get_args(State)), default="submitted", show_default=True)
@click.pass_obj
def list_releases(settings: Settings, state: State) -> None:
    """List the releases in a state."""
    found: Any = _run(settings, lambda _database: releases.list_releases(state))
    for row in found:
        click.echo(f"{row.changed_at:%Y-%m-%d %H:%M} {row.address} {row.sha256[:12]}")


def _mover(name: str, to_state: State, told: str) -> None:
    """Add a command that moves a release to a state."""

    @main.command(name=name, help=told)
    @click.argument("release", metavar="VENDOR/NAME@VERSION")
    @_BY
    @_REASON
    @click.pass_obj
    def command(settings: Settings, release: str, by: str, reason: str) -> None:
        actor = f"administrator {by}"
        _run(
            settings, lambda database: move(database, release, to_state, actor=actor, reason=reason)
        )
        click.echo(f"{release} is {to_state}.")


_mover("approve", "approved", "Give out a release that was submitted.")
_mover("send-back", "draft", "Send a submitted release back to its vendor.")
_mover("suspend", "suspended", "Stop giving out a release, for now.")
_mover("reinstate", "approved", "Give out a suspended release again.")
_mover("retire", "retired", "Stop giving out a release for good.")


def _run(settings: Settings, work: Any) -> Any:
    database = connect(settings.database_url)

    async def run() -> Any:
        coroutine: Coroutine[Any, Any, Any] = work(database)
        return await coroutine

    return asyncio.run(run())


def _make_missing_keys(settings: Settings) -> None:
    if not (settings.keys_folder / "signing.pem").exists():
        create_keys(settings.keys_folder)


def _hand_over(token: str, file: Path | None) -> None:
    if file is None:
        click.echo("The publish token, shown this once (AULA_REGISTRY_TOKEN):", err=True)
        click.echo(token)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(token + "\n")
