"""Every hook that contacts implement, a few lines each."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from aula_plugins.contacts import _, api, pages
from aula_plugins.contacts.demo import fill_demo
from aula_plugins.contacts.models import metadata
from aula_plugins.contacts.permissions import ACTIONS, GROUPS, PEOPLE, role_defaults
from aula_plugins.contacts.privacy import PERSONAL_DATA, SUBJECT_DATA
from aula_plugins.contacts.retention import RETENTION
from aula_plugins.contacts.service.keeping import drop_left
from aula_plugins.contacts.settings import TITLES, VALUE_TITLES, ContactsSettings
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
from aula_sdk.permissions import Action, Resource, RoleDefault
from aula_sdk.retention import KeptOtherwise


@hookimpl
def aula_routes() -> Iterable[Routes]:
    yield Routes(api=api.CONTROLLERS, pages=pages.CONTROLLERS)


@hookimpl
def aula_nav_items() -> Iterable[NavItem]:
    yield NavItem(
        "contacts", _("Contacts"), "/contacts", "contacts", "contacts.see_group", order=60
    )


@hookimpl
def aula_permissions() -> Iterable[Action | Resource | RoleDefault]:
    yield from (GROUPS, PEOPLE)
    yield from ACTIONS
    yield from role_defaults()


@hookimpl
def aula_migrations() -> Iterable[Migrations]:
    yield Migrations(Path(__file__).parent / "migrations", metadata)


@hookimpl
def aula_personal_data() -> Iterable[PersonalData | SubjectData | KeptOtherwise]:
    yield from PERSONAL_DATA
    yield SUBJECT_DATA
    yield from RETENTION


@hookimpl
def aula_settings() -> Iterable[SettingsSchema]:
    yield SettingsSchema(ContactsSettings, titles=TITLES, value_titles=VALUE_TITLES)


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield Job("contacts.drop_left", timedelta(days=1), drop_left)


@hookimpl
def aula_demo_data() -> Iterable[DemoData]:
    yield DemoData("contacts", fill_demo, order=20)
