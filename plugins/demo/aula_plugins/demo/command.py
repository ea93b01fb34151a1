"""``aula demo``: everything that the platform needs, started for looking at it."""

import shutil
from pathlib import Path

import click

from aula_plugins.demo import _
from aula_plugins.demo.running.configuration import (
    has_site_config,
    write_registry_config,
    write_site_config,
)
from aula_plugins.demo.running.places import CLIENT_ID, HOST, Places, Ports
from aula_plugins.demo.running.preparing import fill, make_files
from aula_plugins.demo.running.processes import (
    Died,
    Processes,
    Stopped,
    ended_by_signals,
    run,
)
from aula_plugins.demo.running.vendor import Vendor, find_vendor
from aula_plugins.demo.running.welcome import welcome
from aula_sdk.i18n import add_catalogues


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demo keeps everything it makes; delete it to begin anew.",
)
@click.option(
    "--port",
    type=click.IntRange(1024, 65532),
    envvar="AULA_PORT",
    default=8000,
    show_default=True,
    help="The site's port; the three above it are used too.",
)
@click.option("--prepare-only", is_flag=True, help="Make the data and stop before serving.")
def demo(data: Path, port: int, *, prepare_only: bool) -> None:
    """Serve a fictional municipality, with a log-in broker and the registry beside it."""
    add_catalogues("demo", Path(__file__).parent / "locale")
    places, ports = Places(data.absolute()), Ports(port)
    taken = [] if prepare_only else ports.taken()
    if taken:
        raise click.UsageError(
            str(_("Port %(port)s is taken. Set AULA_PORT to another.") % {"port": taken[0]})
        )
    try:
        with ended_by_signals(), Processes(places.logs) as processes:
            vendor = _configure(places, ports)
            if not prepare_only:
                _start_beside(processes, places, ports, vendor)
            click.echo(str(_("Making the fictional municipalities …")))
            fill(places, lambda step: click.echo(f"  {step}"))
            if prepare_only:
                return
            if vendor and not vendor.is_published(places):
                processes.wait_until_it_answers("registry", ports.registry)
                vendor.publish(places)
            _start_site(processes, places, ports)
            click.echo(welcome(ports, with_vendor=vendor is not None))
            processes.watch()
    except Stopped:
        click.echo(str(_("The demo has ended.")))
    except Died as died:
        raise click.ClickException(
            str(_("A part of the demo has ended by itself: %(name)s") % {"name": died})
        ) from None


def _configure(places: Places, ports: Ports) -> Vendor | None:
    """Write what is started from: two configurations and the files; return the vendor, if any."""
    places.folder.mkdir(parents=True, exist_ok=True)
    vendor = find_vendor(places, ports)
    write_registry_config(places, ports)
    if not has_site_config(places, ports):
        # Another port is another registry with other keys: what was taken before is forgotten.
        shutil.rmtree(places.data / "widgets", ignore_errors=True)
        root_key = run(*_registry(places), "keys", "show").splitlines()[-1]
        granted = {vendor.widget: vendor.scopes} if vendor else {}
        write_site_config(places, ports, root_key, granted)
    make_files(places)
    return vendor


def _start_beside(
    processes: Processes, places: Places, ports: Ports, vendor: Vendor | None
) -> None:
    """Start what does not need the database, so that it is up when the database is."""
    site = ports.url(ports.site)
    processes.start("registry", [*_registry(places), "serve"])
    processes.start(
        "broker",
        [
            "-m", "aula_plugins.demo.broker", "--port", str(ports.broker),
            "--people", str(places.people), "--client-id", CLIENT_ID,
            "--redirect-uri", f"{site}/sign-in/callback", "--sign-out-uri", f"{site}/sign-in",
        ],
    )  # fmt: skip
    if vendor:
        processes.start("vendor", vendor.command)


def _start_site(processes: Processes, places: Places, ports: Ports) -> None:
    """Start the site, and wait until everything answers."""
    processes.start(
        "site",
        [
            "-m", "aula_platform", "--config", str(places.config), "serve", "--host", HOST,
            "--port", str(ports.site),
        ],
    )  # fmt: skip
    processes.wait_until_it_answers("broker", ports.broker, "/.well-known/openid-configuration")
    processes.wait_until_it_answers("registry", ports.registry)
    processes.wait_until_it_answers("site", ports.site, "/sign-in")


def _registry(places: Places) -> tuple[str, ...]:
    return "-m", "aula_registry", "--config", str(places.registry_config)
