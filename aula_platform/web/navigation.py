"""The places in the navigation that plugins contribute, and the number on each."""

from aula_platform.plugin_host import Host
from aula_platform.web.authentication import begin_anew
from aula_platform.web.shell_context import ShellNavItem
from aula_sdk.contributions import NavItem
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


def items_for(host: Host, actor: Actor) -> list[tuple[str, NavItem]]:
    """Return the places that the actor may go to, each with its plugin's name, in order; also those
    that are withheld from who sees the site as the actor, and say so.
    """
    found = [
        (plugin, item)
        for plugin, item in host.each(NavItem)
        if actor.can(item.action) or item.action in actor.withheld
    ]
    return sorted(found, key=lambda entry: (entry[1].order, entry[1].name))


async def place_of(
    plugin: str, item: NavItem, actor: Actor, read: ReadUnit, platform: Platform
) -> ShellNavItem:
    """Return a place as pages show it, with the number of what waits there now."""
    return ShellNavItem(
        item.href,
        str(item.title),
        item.icon,
        badge=await _count(item, actor, read, platform),
        live=item.topic,
        badge_url=f"/badges/{plugin}/{item.name}" if item.badge and item.topic else "",
    )


async def _count(item: NavItem, actor: Actor, read: ReadUnit, platform: Platform) -> int:
    """Return what waits there; a plugin that cannot say must not cost everybody the page."""
    if item.badge is None or item.action in actor.withheld:
        return 0
    try:
        return await item.badge(actor, read, platform)
    except Exception:  # noqa: BLE001  # Whatever it is, it is the plugin's; the host counts it.
        await begin_anew(read)
        return 0
