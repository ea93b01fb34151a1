"""``aula-sdk``: check, publish and start widgets and plugins."""

from pathlib import Path

import click

from aula_sdk.manifest import schema_text
from aula_sdk.tools.check import CheckResult, check_path, result_as_json
from aula_sdk.tools.limits import limit_this_process
from aula_sdk.tools.publish import PublishRefused, publish_manifest
from aula_sdk.tools.scaffold import NotScaffolded, new_plugin, new_widget

_PATH = click.Path(exists=True, path_type=Path)
_DEMO = click.option("--demo", is_flag=True, help="Accept a page on http://127.0.0.1.")


@click.group()
@click.version_option(package_name="aula-sdk")
def main() -> None:
    """Tools for those who write widgets and plugins for Aula Platform."""


@main.command()
@click.argument("path", type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Write the result for programs.")
@click.option("--limited", is_flag=True, help="Take little CPU and memory, and write no file.")
@_DEMO
def check(path: Path, *, as_json: bool, limited: bool, demo: bool) -> None:
    """Check the manifest in PATH, a file or a folder. Exits with 1 when it has errors."""
    if limited:
        limit_this_process()
    result, _manifest = check_path(path, demo=demo)
    if as_json:
        click.echo(result_as_json(result))
    else:
        _tell(result)
    raise SystemExit(0 if result.ok else 1)


@main.command()
@click.argument("path", type=_PATH)
@click.option("--registry", required=True, help="The registry's address.")
@click.option("--draft", is_flag=True, help="Keep it as a draft that can still be changed.")
@click.option("--token", envvar="AULA_REGISTRY_TOKEN", required=True, hidden=True)
@_DEMO
def publish(path: Path, *, registry: str, draft: bool, token: str, demo: bool) -> None:
    """Check the manifest in PATH and send it to a registry.

    The token comes from the environment variable AULA_REGISTRY_TOKEN.
    """
    result, manifest = check_path(path, demo=demo)
    if manifest is None or not result.ok:
        _tell(result)
        raise SystemExit(1)
    try:
        published = publish_manifest(manifest, registry, token, draft=draft)
    except PublishRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{published.id} {published.version} is {published.state}: {published.url}")


@main.group()
def new() -> None:
    """Write the first files of something new."""


@new.command()
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path), help="The folder to make.")
def widget(name: str, into: Path | None) -> None:
    """Write the first files of an embedded widget; NAME is its id, vendor/name."""
    folder = into or Path(name.rpartition("/")[2])
    try:
        written = new_widget(name, folder)
    except NotScaffolded as refused:
        raise click.ClickException(str(refused)) from None
    for file in written:
        click.echo(file)
    click.echo(f"Next: aula-sdk check --demo {folder}")


@new.command()
@click.argument("name")
@click.option("--into", type=click.Path(path_type=Path), help="The folder to make.")
def plugin(name: str, into: Path | None) -> None:
    """Write the first files of a plugin; NAME is its name everywhere, such as lost_property."""
    folder = into or Path(name)
    try:
        written = new_plugin(name, folder)
    except NotScaffolded as refused:
        raise click.ClickException(str(refused)) from None
    for file in written:
        click.echo(file)
    click.echo(f"Next: pip install --editable {folder}")


@main.command()
def schema() -> None:
    """Write the JSON Schema of manifests, for editors."""
    click.echo(schema_text(), nl=False)


def _tell(result: CheckResult) -> None:
    for finding in result.findings:
        click.secho(
            f"{finding.level}: {finding}", fg="red" if finding.level == "error" else "yellow"
        )
    if result.ok and result.manifest:
        click.secho(f"{result.manifest['id']} {result.manifest['version']} is fine", fg="green")
