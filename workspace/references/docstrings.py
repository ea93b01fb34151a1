"""What a docstring says, taken apart: of hooks in their fixed shape, of the fields of Structs."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import NamedTuple

from aula_sdk import hookspecs

_SHAPE = re.compile(
    r"(?P<summary>[A-Z][^\n]+\.)\n\n"
    r"(?P<called>Called .+?\.) (?P<yields>Yield .+?)::\n\n"
    r"(?P<example>(?:    [^\n]*\n|\n)+)"
    r"(?P<more>.*?)"
    r"Since: (?P<since>[\d.]+)\. On error: (?P<on_error>.+\.)\s*",
    re.DOTALL,
)


class HookWithoutDocs(Exception):
    """A hook's docstring lacks a part; the message says of which hook and how it must look."""


class HookDocs(NamedTuple):
    """What is said about a hook."""

    summary: str
    called: str
    yields: str
    example: str
    more: str
    since: str
    on_error: str


def read_hook(name: str) -> HookDocs:
    """Return what the docstring of a hook says; raise `HookWithoutDocs` when a part is missing."""
    text = inspect.getdoc(getattr(hookspecs, name)) or ""
    return take_apart(name, text)


def take_apart(name: str, text: str) -> HookDocs:
    """Return the parts of a hook's docstring; raise `HookWithoutDocs` when one is missing."""
    found = _SHAPE.fullmatch(text + "\n")
    if found is None:
        raise HookWithoutDocs(
            f"{name} must say in its docstring, in this order: a sentence; 'Called when …. Yield "
            "…::' with an example; 'Since: 0.1. On error: …'"
        )
    parts = {key: " ".join(value.split()) for key, value in found.groupdict().items()}
    return HookDocs(**parts | {"example": textwrap.dedent(found["example"]).strip()})


def read_fields(struct: type) -> dict[str, str]:
    """Return what the source says below each field of a class, as one line; empty for nothing."""
    body = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101  # It is the source of a class.
    found: dict[str, str] = {}
    last = ""
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.target.id
            found[last] = ""
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and last:
            found[last] = " ".join(str(node.value.value).split())
            last = ""
    return found
