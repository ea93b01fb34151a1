"""Every hook that groups implement, a few lines each."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from aula_plugins.groups import _, api, pages
from aula_plugins.groups.demo import fill_demo
from aula_plugins.groups.models import metadata
from aula_plugins.groups.permissions import ACTIONS, GROUPS, IN_GROUPS, PEOPLE, role_defaults
from aula_plugins.groups.privacy import PERSONAL_DATA, SUBJECT_DATA
from aula_plugins.groups.retention import RETENTION
from aula_plugins.groups.service.joining import drop_old_applications
from aula_plugins.groups.service.reading import count_applications
from aula_plugins.groups.service.settling import LIVE_TOPIC, follow_parts
from aula_plugins.groups.settings import TITLES, GroupsSettings
from aula_plugins.groups.writer import WRITER
from aula_sdk.contributions import (
    DemoData,
    Job,
    Migrations,
    NavItem,
    PersonalData,
    Routes,
    SettingsSchema,
    SubjectData,
)
from aula_sdk.hookspecs import hookimpl
from aula_sdk.people import Actor
from aula_sdk.permissions import Action, GroupRight, Resource, RoleDefault
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.retention import KeptOtherwise, RetentionSubject
from aula_sdk.stamdata_source import StamdataWriter


@hookimpl
def aula_routes() -> Iterable[Routes]:
    yield Routes(api=api.CONTROLLERS, pages=pages.CONTROLLERS)


@hookimpl
def aula_nav_items() -> Iterable[NavItem]:
    async def badge(actor: Actor, read: ReadUnit, platform: Platform) -> int:
        return await count_applications(read, platform, actor)

    yield NavItem(
        "groups",
        _("Groups"),
        "/groups",
        "groups",
        "groups.see",
        order=60,
        badge=badge,
        topic=LIVE_TOPIC,
    )


@hookimpl
def aula_permissions() -> Iterable[Action | Resource | RoleDefault | GroupRight]:
    yield from (GROUPS, PEOPLE)
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
    yield SettingsSchema(GroupsSettings, titles=TITLES)


@hookimpl
def aula_stamdata_writers() -> Iterable[StamdataWriter]:
    yield WRITER


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield Job("groups.follow_parts", timedelta(minutes=15), follow_parts)
    yield Job("groups.drop_old_applications", timedelta(days=1), drop_old_applications)


@hookimpl
def aula_demo_data() -> Iterable[DemoData]:
    yield DemoData("groups", fill_demo, order=5)
