"""Every hook that posts implement, a few lines each."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from aula_plugins.posts import api
from aula_plugins.posts.models import metadata
from aula_plugins.posts.permissions import ACTIONS, COMMENTS, GROUPS, POSTS, REPORTS, role_defaults
from aula_plugins.posts.privacy import PERSONAL_DATA, SUBJECT_DATA
from aula_plugins.posts.service.drafting import drop_stale_drafts
from aula_plugins.posts.service.telling import announce_due
from aula_plugins.posts.settings import PostsSettings
from aula_sdk.contributions import (
    Job,
    Migrations,
    PersonalData,
    Routes,
    SettingsSchema,
    SubjectData,
)
from aula_sdk.hookspecs import hookimpl
from aula_sdk.permissions import Action, Resource, RoleDefault


@hookimpl
def aula_routes() -> Iterable[Routes]:
    yield Routes(api=api.CONTROLLERS)


@hookimpl
def aula_permissions() -> Iterable[Action | Resource | RoleDefault]:
    yield from (POSTS, COMMENTS, REPORTS, GROUPS)
    yield from ACTIONS
    yield from role_defaults()


@hookimpl
def aula_migrations() -> Iterable[Migrations]:
    yield Migrations(Path(__file__).parent / "migrations", metadata)


@hookimpl
def aula_personal_data() -> Iterable[PersonalData | SubjectData]:
    yield from PERSONAL_DATA
    yield SUBJECT_DATA


@hookimpl
def aula_settings() -> Iterable[SettingsSchema]:
    yield SettingsSchema(PostsSettings)


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield Job("posts.announce_due", timedelta(minutes=1), announce_due)
    yield Job("posts.drop_stale_drafts", timedelta(days=1), drop_stale_drafts)
