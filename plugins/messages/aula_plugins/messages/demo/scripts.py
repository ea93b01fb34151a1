"""What is said in the demo: the conversations of ``conversations.toml``."""

import tomllib
from pathlib import Path

import msgspec

from aula_plugins.messages.models import ReplyTo
from aula_sdk.people import Kind


class AnswerScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer. In talks about a child ``from`` is one of the two who talk."""

    html: str
    to: ReplyTo = ReplyTo.SENDER
    by: Kind = msgspec.field(name="from", default=Kind.GUARDIAN)


class ThreadScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation."""

    at: str
    by: str = msgspec.field(name="from")
    to: Kind
    days: int
    hour: int
    subject: str
    html: str
    child: bool = False
    groups: tuple[str, ...] = ()
    answers: tuple[AnswerScript, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    thread: tuple[ThreadScript, ...]


def read_scripts() -> tuple[ThreadScript, ...]:
    """Return every conversation of the file."""
    text = Path(__file__).with_name("conversations.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).thread
