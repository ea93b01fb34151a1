"""All that we know of pluggy: one plugin is asked at a time, so that a failure has a name."""

import inspect
from types import ModuleType
from typing import Any

import pluggy

from aula_sdk import hookspecs


class WrongContribution(Exception):
    """A hook failed or yielded something that it must not; the message says what is wrong."""


class HookCaller:
    """The accepted plugins' hooks."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def register(self, name: str, module: ModuleType) -> None:
        """Take a plugin's hooks; raise `WrongContribution` for a hook that does not exist."""
        try:
            self._manager.register(module, name)
        except Exception as error:
            raise WrongContribution(f"its hooks do not fit: {error}") from error
        for caller in self._manager.get_hookcallers(module) or ():
            if not caller.has_spec():
                self._manager.unregister(module)
                known = ", ".join(hook_names())
                raise WrongContribution(f"there is no hook {caller.name!r}; known: {known}")

    def unregister(self, name: str) -> None:
        """Ask this plugin no more."""
        self._manager.unregister(name=name)

    def ask(self, name: str, hook: str) -> list[Any]:
        """Return what one plugin yields from one hook, each of a type that the hook takes."""
        everybody = [plugin for _name, plugin in self._manager.list_name_plugin()]
        wanted = self._manager.get_plugin(name)
        caller = self._manager.subset_hook_caller(
            hook, [plugin for plugin in everybody if plugin is not wanted]
        )
        try:
            given = [item for result in caller() for item in result]
        except (Exception, SystemExit) as error:
            raise WrongContribution(f"{hook} failed ({type(error).__name__}: {error})") from error
        allowed = getattr(hookspecs, hook).yields
        for item in given:
            if not isinstance(item, allowed):
                types = " or ".join(kind.__name__ for kind in allowed)
                raise WrongContribution(f"{hook} yields {type(item).__name__}, not {types}")
        return given


def hook_names() -> list[str]:
    """Return the names of all hooks, in the order in which they are described."""
    return [
        name
        for name, hook in vars(hookspecs).items()
        if inspect.isfunction(hook) and hasattr(hook, "failure_policy")
    ]


def failure_policy(hook: str) -> str:
    """Return what happens when a plugin fails in this hook: skip, deny or stop."""
    policy: str = getattr(hookspecs, hook).failure_policy
    return policy
