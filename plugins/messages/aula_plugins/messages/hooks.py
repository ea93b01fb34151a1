"""Every hook that messages implement, a few lines each."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from aula_plugins.messages import _, api, pages
from aula_plugins.messages.demo import fill_demo
from aula_plugins.messages.models import metadata
from aula_plugins.messages.permissions import (
    ACTIONS,
    GROUPS,
    IN_GROUPS,
    MESSAGES,
    PEOPLE,
    THREADS,
    role_defaults,
)
from aula_plugins.messages.privacy import PERSONAL_DATA, SUBJECT_DATA
from aula_plugins.messages.retention import RETENTION
from aula_plugins.messages.service.drafting import drop_stale_drafts
from aula_plugins.messages.service.posting import LIVE_TOPIC
from aula_plugins.messages.service.reading import count_unread
from aula_plugins.messages.settings import TITLES, MessagesSettings
from aula_plugins.messages.widgets import newest_threads
from aula_sdk.contributions import (
    DemoData,
    Job,
    Migrations,
    NavItem,
    PersonalData,
    Routes,
    SettingsSchema,
    SubjectData,
    Widget,
)
from aula_sdk.hookspecs import hookimpl
from aula_sdk.people import Actor
from aula_sdk.permissions import Action, GroupRight, Resource, RoleDefault
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.retention import KeptOtherwise, RetentionSubject


@hookimpl
def aula_routes() -> Iterable[Routes]:
    yield Routes(api=api.CONTROLLERS, pages=pages.CONTROLLERS)


@hookimpl
def aula_nav_items() -> Iterable[NavItem]:
    async def badge(actor: Actor, read: ReadUnit, platform: Platform) -> int:
        return await count_unread(read, platform, actor)

    yield NavItem(
        "messages",
        _("Messages"),
        "/messages",
        "messages",
        "messages.read",
        order=10,
        badge=badge,
        topic=LIVE_TOPIC,
    )


@hookimpl
def aula_widgets() -> Iterable[Widget]:
    yield Widget(
        "newest",
        _("Messages"),
        "messages/widget.html",
        "messages.read",
        newest_threads,
        order=20,
        href="/messages",
        topic=LIVE_TOPIC,
    )


@hookimpl
def aula_permissions() -> Iterable[Action | Resource | RoleDefault | GroupRight]:
    yield from (THREADS, MESSAGES, PEOPLE, GROUPS)
    yield from (*ACTIONS, *IN_GROUPS)
    yield from role_defaults()


@hookimpl
def aula_migrations() -> Iterable[Migrations]:
    yield Migrations(Path(__file__).parent / "migrations", metadata)


@hookimpl
def aula_personal_data() -> Iterable[PersonalData | SubjectData | RetentionSubject | KeptOtherwise]:
    yield from PERSONAL_DATA
    yield SUBJECT_DATA
    yield from RETENTION


@hookimpl
def aula_settings() -> Iterable[SettingsSchema]:
    yield SettingsSchema(MessagesSettings, titles=TITLES)


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield Job("messages.drop_stale_drafts", timedelta(days=1), drop_stale_drafts)


@hookimpl
def aula_demo_data() -> Iterable[DemoData]:
    yield DemoData("messages", fill_demo, order=10)
