"""What is posted in the demo: the posts of ``posts.toml``."""

import tomllib
from pathlib import Path

import msgspec

from aula_plugins.posts.models import Reason
from aula_sdk.people import Kind


class CommentScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment; ``answer``: to the comment before it."""

    text: str
    by: Kind = msgspec.field(name="from", default=Kind.GUARDIAN)
    answer: bool = False
    reported: Reason | None = None
    """Somebody else finds that it should not stand there."""


class PostScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post, that happens once in each group that fits."""

    at: str
    to: tuple[Kind, ...]
    days: int
    """How long ago it was posted; a negative number waits to be published."""
    hour: int
    title: str
    html: str
    groups: tuple[str, ...] = ()
    pictures: int = 0
    important: int = 0
    """For how many days from now it stands on top."""
    comments_allowed: bool = True
    whole: bool = False
    """For all groups of the institution that take part, by a leader."""
    comments: tuple[CommentScript, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    post: tuple[PostScript, ...]


def read_scripts() -> tuple[PostScript, ...]:
    """Return every post of the file."""
    text = Path(__file__).with_name("posts.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).post
