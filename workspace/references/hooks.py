"""``hooks.md``: through what a plugin joins the platform."""

from __future__ import annotations

from aula_platform.plugin_host.manager import hook_names
from aula_sdk import hookspecs
from workspace.references.docstrings import read_hook
from workspace.references.site import Site
from workspace.references.tables import code, make_page

_INTRO = (
    "A plugin implements some of these functions in its `hooks.py`, each marked with `@hookimpl`. "
    "Every hook is called once, when the platform starts, does no I/O, and yields contributions "
    "(`aula_sdk.contributions`). *On failure* says what the platform does when one plugin's "
    "implementation fails: `skip` leaves the contribution out, `deny` refuses what it would have "
    "allowed, `stop` does not start the plugin."
)


def make_hooks(site: Site) -> str:
    """Return the page."""
    return make_page("Hooks", _INTRO, *(_describe(name, site) for name in hook_names()))


def _describe(name: str, site: Site) -> str:
    docs = read_hook(name)
    hook = getattr(hookspecs, name)
    kinds = ", ".join(code(kind.__name__) for kind in hook.yields)
    used = [
        plugin
        for plugin, accepted in site.host.accepted.items()
        if any(isinstance(item, hook.yields) for item in accepted.contributions)
    ]
    facts = [
        f"- When: {docs.called.removeprefix('Called ')}",
        f"- Yields: {kinds}",
        f"- On failure: `{hook.failure_policy}`. {docs.on_error[0].upper()}{docs.on_error[1:]}",
        f"- Since: {docs.since}",
        f"- Used by: {', '.join(used)}",
    ]
    more = [docs.more] if docs.more else []
    example = f"```python\n{docs.example}\n```"
    return "\n\n".join([f"## `{name}`", docs.summary, "\n".join(facts), example, *more])
