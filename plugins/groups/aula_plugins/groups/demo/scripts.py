"""Which groups and templates the demo has: those of ``groups.toml``."""

import tomllib
from pathlib import Path

import msgspec

from aula_plugins.groups.models import Access
from aula_plugins.groups.service.template_rights import TemplateRight
from aula_sdk.people import Kind


class GroupScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group: at what kind of institution, made by whom, with whom in it."""

    name: str
    at: str
    description: str
    kinds: tuple[Kind, ...]
    by: str = "employee"
    """``employee``, or an administrator: who may make groups across institutions."""
    access: Access = Access.CLOSED
    show_members: bool = True
    across: bool = False
    some: int = 0
    """How many people of each kind are chosen one by one; ``across``: of each institution."""
    parts: tuple[Kind, ...] = ()
    """The people of these kinds in the maker's class come as they are there."""
    applicants: int = 0


class TemplateScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template: at what kind of institution, and what groups are that take it."""

    name: str
    at: str
    description: str
    kinds: tuple[Kind, ...]
    access: Access = Access.CLOSED
    show_members: bool = False
    rights: tuple[TemplateRight, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    group: tuple[GroupScript, ...]
    template: tuple[TemplateScript, ...]


def _read() -> _File:
    text = Path(__file__).with_name("groups.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File)


def read_scripts() -> tuple[GroupScript, ...]:
    """Return every group of the file."""
    return _read().group


def read_templates() -> tuple[TemplateScript, ...]:
    """Return every template of the file."""
    return _read().template
