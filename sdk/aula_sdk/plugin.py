"""What a plugin says of itself: the object behind its entry point."""

from dataclasses import dataclass

from aula_sdk.i18n import Text

SDK_VERSION = "0.1.0"
"""The version of the hooks and types in this package, which plugins' ranges are held against."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A feature that municipalities can switch on. The entry point's name is the plugin's name.

    Its package holds ``hooks.py`` (every hook implementation), and where needed
    ``templates/<name>/``, ``static/<name>/`` and ``locale/``, each found by its name. Pages load
    ``style.css`` and ``script.js`` of ``static/<name>/`` wherever the plugin is on.
    """

    name: str
    """Lower-case, one word; prefix of its tables, routes, actions, events and settings."""
    title: Text
    summary: Text
    package: str
    """The package that holds it: ``__name__`` in its ``__init__``."""
    sdk: str = ">=0.1,<1"
    """The range of SDK versions it works with (PEP 440)."""
