"""The template environment: one namespace per owner, texts in each owner's own language files.

``aula/…`` are the kernel's templates, ``messages/…`` those of the plugin of that name. A text in a
template, ``_("Send")``, is looked up in the catalogue of the owner of that file, so that two
plugins (or a plugin and the layout around it) can mean different things by the same word.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)
from jinja2.environment import TemplateModule
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from aula_sdk.i18n import Text, number, translate

MACROS = "aula/macros.html"
_FUNCTIONS = {"_": "gettext_of", "ngettext": "ngettext_of"}


class OwnTexts(Extension):
    """Writes a template's owner into each ``_(…)`` and ``ngettext(…)`` when it is compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Turn ``_("Send")`` of ``messages/x.html`` into ``gettext_of("messages", "Send")``."""
        owner = (stream.name or "aula/").partition("/")[0]
        while not stream.eos:
            token = next(stream)
            called = token.type == "name" and stream.current.type == "lparen"
            if called and token.value in _FUNCTIONS:
                yield Token(token.lineno, "name", _FUNCTIONS[token.value])
                yield next(stream)
                yield Token(token.lineno, "string", owner)
                yield Token(token.lineno, "comma", ",")
            else:
                yield token


def gettext_of(domain: str, message: str, **values: Any) -> str:
    """Return the text in the reader's language, filled in with ``values``."""
    found = translate(domain, message)
    return found % values if values else found


def ngettext_of(domain: str, singular: str, plural: str, count: int, **values: Any) -> str:
    """Return the text that goes with ``count``; ``%(num)s`` and ``%(count)s`` are the number, as
    the reader's language writes it.
    """
    found = translate(domain, singular, plural=plural, count=count)
    written = number(count)
    return found % {"num": written, "count": written, **values}


class OwnersLoader(PrefixLoader):
    """Loads ``owner/file.html`` and lets the template keep this whole name.

    Jinja's own loader compiles it as ``file.html``, from which `OwnTexts` could not tell the owner.
    """

    load = BaseLoader.load


class SharedMacros(Template):
    """Makes the kernel's macros once for all templates of a page.

    ``import … with context`` would run their whole file for each of them, a dozen times for an
    overview. Of a context they read the `shell` alone, which therefore keeps them.
    """

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002  # Jinja's name.
        shared: bool = False,  # noqa: FBT001, FBT002  # Jinja calls by position.
        locals: Mapping[str, Any] | None = None,  # noqa: A002  # Jinja's name.
    ) -> TemplateModule:
        """Return the template's macros in this context."""
        kept = getattr((vars or {}).get("shell"), "macros", None)
        if self.name != MACROS or kept is None:
            return super().make_module(vars, shared, locals)
        if MACROS not in kept:
            kept[MACROS] = super().make_module(vars, shared, locals)
        found: TemplateModule = kept[MACROS]
        return found


def make_environment(folders: Mapping[str, Path]) -> Environment:
    """Return the environment over the owners' template folders; the same for the same folders.

    In ``folders`` the folder of an owner is the one in which its templates lie directly. A name
    that is not defined is an error, not an empty place.
    """
    return _environment(tuple(sorted(folders.items())))


@cache
def _environment(folders: tuple[tuple[str, Path], ...]) -> Environment:
    # Compiling the templates takes longer than anything else at the start of an application.
    loaders: dict[str, BaseLoader] = {owner: FileSystemLoader(folder) for owner, folder in folders}
    environment = Environment(
        loader=OwnersLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=[OwnTexts],
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.template_class = SharedMacros
    # What a page may set for the layout (see aula/page.html) has a value when it does not.
    environment.globals.update(bare=False, editor=False, layout="")
    environment.globals.update(gettext_of=gettext_of, ngettext_of=ngettext_of)
    # Numbers that no text counts: {{ size | number }}.
    environment.filters["number"] = number
    return environment


def _show(value: Any) -> Any:
    """Show a `Text` in the reader's language, and nothing at all for None."""
    if isinstance(value, Text):
        return str(value)
    return "" if value is None else value
