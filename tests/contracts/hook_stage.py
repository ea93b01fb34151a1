"""What the examples in the hooks' documentation name: the parts of a plugin called messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import click
import msgspec
import sqlalchemy as sa
from litestar import get

import aula_plugins.messages
from aula_sdk import contributions
from aula_sdk.contributions import View, needs
from aula_sdk.db import Id, plugin_metadata, plugin_table
from aula_sdk.events import Event, Subscriber
from aula_sdk.i18n import Text
from aula_sdk.ids import IdKind
from aula_sdk.login import BrokerSetup, LoginBroker, LoginProtocol
from aula_sdk.people import Actor
from aula_sdk.permissions import Action, Relation, Resource, RoleDefault
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit
from aula_sdk.stamdata_source import Delivery, StamdataSource, StamdataWriter

metadata = plugin_metadata("messages")
thread = plugin_table(metadata, "messages_thread", sa.Column("id", Id, primary_key=True))


def _(message: str) -> Text:
    return Text("messages", message)


class MessagesSettings(msgspec.Struct, frozen=True):
    """A plugin's settings."""

    edit_window_minutes: int = 60


class PersonErased(Event, frozen=True, kw_only=True):
    """An event of somebody else's."""

    name: ClassVar[str] = "hook_stage.person_erased.v1"
    person_id: UUID


@get("/threads", opt=needs("messages.read"))
async def _answer() -> str:
    return ""


async def _unread(
    _actor: Actor, _read: ReadUnit, _platform: Platform, _view: View
) -> dict[str, Any]:
    return {}


async def _forget_person(_event: Event, _write: WriteUnit, _platform: Platform) -> None:
    return None


async def _run(_platform: Platform) -> None:
    return None


async def _fill(_platform: Platform) -> str:
    return ""


async def _export(_person: UUID, _read: ReadUnit) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    yield "messages_thread", {}


async def _erase(_person: UUID, _write: WriteUnit) -> int:
    return 0


def _inspect(_path: Path) -> Delivery:
    return Delivery("oneroster", "bulk", frozenset())


def _read(_path: Path) -> Iterator[Any]:
    yield from ()


def _make_broker(_setup: BrokerSetup, _settings: Any) -> LoginBroker:
    raise NotImplementedError


@click.command()
def _demo() -> None:
    """Do nothing."""


THREAD = Resource(
    "messages.thread",
    IdKind("thr"),
    _("Conversation"),
    thread,
    (Relation("participant", _("takes part"), lambda me: thread.c.id.in_(me.profiles)),),
)

NAMES: dict[str, object] = {
    **{name: value for name, value in vars(contributions).items() if not name.startswith("__")},
    "_": _,
    "__file__": str(Path(aula_plugins.messages.__file__)),
    "Action": Action,
    "LoginProtocol": LoginProtocol,
    "MessagesSettings": MessagesSettings,
    "Path": Path,
    "PersonErased": PersonErased,
    "RoleDefault": RoleDefault,
    "SamlSettings": MessagesSettings,
    "StamdataSource": StamdataSource,
    "Subscriber": Subscriber,
    "THREAD": THREAD,
    "ThreadPages": _answer,
    "ThreadsApi": _answer,
    "WRITER": StamdataWriter(_("Groups")),
    "demo": _demo,
    "drop_old_drafts": _run,
    "erase_person": _erase,
    "export_person": _export,
    "fill": _fill,
    "forget_person": _forget_person,
    "inspect": _inspect,
    "make_broker": _make_broker,
    "metadata": metadata,
    "read": _read,
    "timedelta": timedelta,
    "unread": _unread,
}
"""Every name that an example uses without bringing it in itself."""
