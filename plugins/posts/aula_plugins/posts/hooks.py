"""Every hook that posts implement, a few lines each."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from aula_plugins.posts import _, api, pages
from aula_plugins.posts.demo import fill_demo
from aula_plugins.posts.models import metadata
from aula_plugins.posts.permissions import (
    ACTIONS,
    COMMENTS,
    GROUPS,
    IN_GROUPS,
    POSTS,
    REPORTS,
    role_defaults,
)
from aula_plugins.posts.privacy import PERSONAL_DATA, SUBJECT_DATA
from aula_plugins.posts.retention import RETENTION
from aula_plugins.posts.service.drafting import drop_stale_drafts
from aula_plugins.posts.service.reading import count_unread
from aula_plugins.posts.service.telling import LIVE_TOPIC, announce_due
from aula_plugins.posts.settings import TITLES, PostsSettings
from aula_plugins.posts.widgets import newest_posts
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
        "posts",
        _("Posts"),
        "/posts",
        "posts",
        "posts.follow",
        order=20,
        badge=badge,
        topic=LIVE_TOPIC,
    )


@hookimpl
def aula_widgets() -> Iterable[Widget]:
    yield Widget(
        "posts",
        _("Posts"),
        "posts/widget.html",
        "posts.follow",
        newest_posts,
        order=30,
        href="/posts",
        topic=LIVE_TOPIC,
    )


@hookimpl
def aula_permissions() -> Iterable[Action | Resource | RoleDefault | GroupRight]:
    yield from (POSTS, COMMENTS, REPORTS, GROUPS)
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
    yield SettingsSchema(PostsSettings, titles=TITLES)


@hookimpl
def aula_jobs() -> Iterable[Job]:
    yield Job("posts.announce_due", timedelta(minutes=1), announce_due)
    yield Job("posts.drop_stale_drafts", timedelta(days=1), drop_stale_drafts)


@hookimpl
def aula_demo_data() -> Iterable[DemoData]:
    yield DemoData("posts", fill_demo, order=20)
