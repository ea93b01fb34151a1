"""``aula``: the operator's commands. Plugins add theirs by the hook ``aula_commands``."""

import sys
from pathlib import Path

import click

from aula_platform.cli.audit import audit
from aula_platform.cli.configuration import config as config_group
from aula_platform.cli.context import CommandContext
from aula_platform.cli.explaining import explain
from aula_platform.cli.health import health
from aula_platform.cli.logs import log_to_stderr
from aula_platform.cli.municipality import municipality
from aula_platform.cli.outbox import outbox
from aula_platform.cli.person import person
from aula_platform.cli.plugins import plugins
from aula_platform.cli.retention import retention
from aula_platform.cli.site import check, demo_data, migrate, serve
from aula_platform.cli.tracebacks import tell_error
from aula_platform.cli.working import work
from aula_platform.kernel import NotMigrated
from aula_platform.plugin_host import Host, start_host
from aula_platform.settings import WrongSettings
from aula_platform.stamdata.commands import import_stamdata
from aula_platform.web.looks import WrongLook
from aula_sdk.contributions import Command
from aula_sdk.errors import Problem
from aula_sdk.i18n import use_locale


@click.group()
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("aula.toml"),
    envvar="AULA_CONFIG",
    show_default=True,
    help="The configuration.",
)
@click.option("--language", type=click.Choice(["da", "en"]), default="da", show_default=True)
@click.pass_obj
def aula(context: CommandContext, config: Path, language: str) -> None:
    """Run and look after an installation of Aula Platform."""
    use_locale(language)
    context.config = config


for command in (
    serve,
    work,
    migrate,
    check,
    demo_data,
    plugins,
    health,
    outbox,
    audit,
    config_group,
    import_stamdata,
    explain,
    municipality,
    person,
    retention,
):
    aula.add_command(command)


def add_commands(group: click.Group, host: Host) -> None:
    """Add the plugins' commands; one that has the name of a command there is refused."""
    for plugin, contributed in list(host.each(Command)):
        if contributed.name in group.commands:
            host.leave_out(plugin, contributed, f"there is a command {contributed.name!r} already")
        else:
            group.add_command(contributed.command, contributed.name)


def main() -> None:
    """Run the program ``aula``; a refusal is a sentence and exit code 2, not a traceback."""
    log_to_stderr()
    sys.excepthook = lambda _kind, error, _trace: click.echo(tell_error(error), err=True)
    host = start_host()
    add_commands(aula, host)
    try:
        aula(obj=CommandContext(host), prog_name="aula")
    except (WrongSettings, WrongLook, NotMigrated) as error:
        sys.exit(_tell(str(error)))
    except Problem as problem:
        sys.exit(_tell(f"{problem.title}. {problem.detail or ''}"))


def _tell(message: str) -> int:
    click.echo(f"aula: {message}", err=True)
    return 2
