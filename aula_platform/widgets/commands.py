"""``aula plugins search | add | remove | refresh | change-key``: what is taken, and the key."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from aula_platform.settings import Settings
from aula_platform.widgets.catalogue import remove
from aula_platform.widgets.fetching import Registry, RegistryFailed
from aula_platform.widgets.keys import WidgetKeys
from aula_sdk.i18n import current_locale, gettext_for
from aula_sdk.manifest import EnvelopeRefused, PluginManifest, VerifiedPackage

_ = gettext_for("widgets")


@contextmanager
def _registry(settings: Settings) -> Iterator[Registry]:
    if not settings.registry.url or not settings.registry.root_key:
        text = _("Set url and root_key under [registry] in the configuration first")
        raise click.ClickException(str(text))
    try:
        registry = Registry(settings.registry.url, settings.registry.root_key)
        try:
            yield registry
        finally:
            registry.close()
    except (RegistryFailed, EnvelopeRefused) as error:
        raise click.ClickException(str(error)) from None


def search_registry(settings: Settings, query: str) -> None:
    """List the packages of the registry that hold the words."""
    with _registry(settings) as registry:
        found = registry.search(query)
    for each in found:
        title = each.title.get(current_locale(), "")
        click.echo(f"{each.id} {each.version}  {each.kind}  {title} ({each.supplier})")
    if not found:
        click.echo(str(_("Nothing was found")))


def add_package(settings: Settings, address: str, *, allow_older: bool = False) -> None:
    """Fetch a package, verify it, store it, and say what to do next."""
    with _registry(settings) as registry:
        package = registry.add(settings.widgets_folder, address, allow_older=allow_older)
    values = {"id": package.id, "version": package.version}
    click.echo(str(_("%(id)s %(version)s is verified and stored") % values))
    for line in _next_steps(package):
        click.echo(line)


def remove_package(folder: Path, package_id: str) -> None:
    """Take a package out of the local folder."""
    remove(folder, package_id)


def refresh_packages(settings: Settings) -> None:
    """Fetch every stored package again, so that none expires and none that was stopped stays."""
    with _registry(settings) as registry:
        for each in registry.refresh(settings.widgets_folder):
            click.echo(f"{each.id}: {each.outcome} ({each.text})")


def change_signing_key(settings: Settings) -> None:
    """Make a new key for widgets' tokens; running workers notice it at their next token."""
    key_id = WidgetKeys(settings.secrets).rotate(datetime.now(UTC))
    click.echo(
        str(_("Widgets' tokens are signed by the key %(key)s from now on") % {"key": key_id})
    )


def _next_steps(package: VerifiedPackage) -> list[str]:
    manifest = package.manifest
    if isinstance(manifest, PluginManifest):
        hashes = " ".join(f"--hash=sha256:{wheel.sha256}" for wheel in manifest.wheels)
        wanted = f"{manifest.distribution}=={manifest.version} {hashes}".strip()
        return [str(_("Install it with this line in a requirements file:")), f"  {wanted}"]
    scopes = ", ".join(f'"{scope}"' for scope in sorted(manifest.scope_names))
    return [
        str(_("Switch it on in the configuration, with the data that you grant:")),
        f'  [municipalities.NAME.widgets."{manifest.id}"]',
        f"  scopes = [{scopes}]",
    ]
