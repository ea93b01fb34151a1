"""Every hook that the administration implements, a few lines each."""

from collections.abc import Iterable

from aula_plugins.administration import _, api, pages
from aula_plugins.administration.demo import fill_demo
from aula_plugins.administration.jobs import JOBS
from aula_plugins.administration.permissions import (
    ACTIONS,
    OPEN,
    SEE_ATTENTION,
    role_defaults,
)
from aula_plugins.administration.settings import (
    TITLES,
    VALUE_TITLES,
    AdministrationSettings,
)
from aula_plugins.administration.widgets import needs_somebody
from aula_sdk.contributions import DemoData, Job, NavItem, Routes, SettingsSchema, Widget
from aula_sdk.hookspecs import hookimpl
from aula_sdk.people import Kind
from aula_sdk.permissions import Action, RoleDefault


@hookimpl
def aula_routes() -> Iterable[Routes]:
    yield Routes(api=api.CONTROLLERS, pages=pages.CONTROLLERS)


@hookimpl
def aula_nav_items() -> Iterable[NavItem]:
    yield NavItem("administration", _("Admin"), "/administration", "settings", OPEN, 900)


@hookimpl
def aula_widgets() -> Iterable[Widget]:
    yield Widget(
        "administration",
        _("Needs attention"),
        "administration/widget.html",
        SEE_ATTENTION,
        needs_somebody,
        roles=(Kind.EMPLOYEE,),
        order=5,
        href="/administration",
    )


@hookimpl
def aula_permissions() -> Iterable[Action | RoleDefault]:
    yield from ACTIONS
    yield from role_defaults()


@hookimpl
def aula_settings() -> Iterable[SettingsSchema]:
    yield SettingsSchema(AdministrationSettings, titles=TITLES, value_titles=VALUE_TITLES)


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield from JOBS


@hookimpl
def aula_demo_data() -> Iterable[DemoData]:
    yield DemoData("administration", fill_demo, order=90)
