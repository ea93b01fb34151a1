"""What ``aula plugins`` says of each plugin: its state in each municipality, and who decided it."""

from collections.abc import Iterator
from uuid import UUID

from aula_platform.kernel import Kernel
from aula_platform.plugin_host.causes import Cause
from aula_platform.plugin_host.choices.reports import Reporter
from aula_platform.plugin_host.choices.stored import Site
from aula_sdk import ids
from aula_sdk.operations import DecidedBy, PluginReport, Source


def list_states(kernel: Kernel) -> Iterator[str]:
    """Yield a line for each plugin in each municipality, and for each choice within it."""
    reporter = Reporter(kernel.host, kernel.activation)
    for site in kernel.activation.sites():
        report = reporter.report(site)
        if report is None:
            continue
        key = kernel.activation.keys[site.municipality_id]
        yield f"  {key}: {_say(kernel, site, report)}"
        yield from _settings(report, "    ")
        for institution in _institutions(kernel, site):
            own = reporter.report(site, institution)
            if own is not None:
                yield f"    {ids.INSTITUTION.format(institution)}: {_say(kernel, site, own)}"
                yield from _settings(own, "      ")


def _institutions(kernel: Kernel, site: Site) -> list[UUID]:
    stored = kernel.activation.stored
    found = {*stored.switched.get(site, {}), *stored.set_up.get(site, {})}
    return sorted(place for place in found if place is not None)


def _say(kernel: Kernel, site: Site, report: PluginReport) -> str:
    mark = "on " if report.is_on else "off"
    declared = kernel.activation.declared(site)
    # That the configuration does not name it is no fault, and said already.
    is_fault = declared is not None and declared.obstacle not in {None, Cause.NOT_NAMED}
    problem = f": {declared.problem}" if declared and is_fault else ""
    return f"{mark} {report.name}: {report.source.text}{_where(report.source)}{problem}"


def _settings(report: PluginReport, indent: str) -> Iterator[str]:
    for setting in report.settings:
        if setting.source.by is not DecidedBy.PLUGIN:
            where = _where(setting.source)
            title = f" ({setting.title})" if str(setting.title) != setting.name else ""
            told = f"{setting.name} = {setting.value}{title}"
            yield f"{indent}{told}: {setting.source.text}{where}"
    for name in report.ignored:
        yield f"{indent}! {name}"


def _where(source: Source) -> str:
    if source.key:
        return f" ({source.key})"
    if source.at is None:
        return ""
    by = ids.PROFILE.format(source.profile_id) if source.profile_id else "aula config apply"
    return f" ({by}, {source.at:%Y-%m-%d %H:%M} UTC)"
