"""The hooks through which a plugin joins the platform.

Every hook is called once, when the platform starts, does no I/O, and yields contributions. Each
names its failure policy, which says what the platform does when one plugin's implementation fails:

- ``skip``: the plugin's contribution is left out, shown as failed to operators, the rest goes on;
- ``deny``: what the contribution would have allowed is refused;
- ``stop``: the plugin is not started at all.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pluggy

from aula_sdk.contributions import (
    Command,
    DemoData,
    FailurePolicy,
    Job,
    Migrations,
    NavItem,
    PersonalData,
    Routes,
    SettingsSchema,
    SubjectData,
    Widget,
)
from aula_sdk.events import Subscriber
from aula_sdk.login import LoginProtocol
from aula_sdk.permissions import Action, GroupRight, Resource, RoleDefault
from aula_sdk.retention import KeptOtherwise, RetentionSubject
from aula_sdk.stamdata_source import StamdataSource, StamdataWriter

PROJECT = "aula"
_spec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function in a plugin's ``hooks.py`` as the implementation of the hook of that name."""

_Hook = TypeVar("_Hook", bound=Callable[..., Any])


def _fails(policy: FailurePolicy, *yields: type) -> Callable[[_Hook], _Hook]:
    """Write the failure policy and the types that may be yielded onto the hook."""

    def mark(hook: _Hook) -> _Hook:
        hook.failure_policy = policy  # type: ignore[attr-defined]  # Read by the plugin host.
        hook.yields = yields  # type: ignore[attr-defined]
        return _spec(hook)

    return mark


@_fails("skip", Routes)
def aula_routes() -> Iterable[Routes]:
    """Add API handlers and pages.

    Called when the application is put together. Yield `Routes`::

        yield Routes(api=(ThreadsApi,), pages=(ThreadPages,))

    Since: 0.1. On error: the plugin's routes answer 404.
    """
    return ()


@_fails("skip", NavItem)
def aula_nav_items() -> Iterable[NavItem]:
    """Add entries to the navigation.

    Called when the application is put together. Yield `NavItem`::

        yield NavItem("messages", _("Messages"), "/messages", "messages", "messages.read")

    Since: 0.1. On error: the entries are missing.
    """
    return ()


@_fails("skip", Widget)
def aula_widgets() -> Iterable[Widget]:
    """Add boxes to the overview.

    Called when the application is put together. Yield `Widget`::

        yield Widget("unread", _("New messages"), "messages/unread.html", "messages.read", unread)

    Since: 0.1. On error: the box is missing; when its context fails, the box says so.
    """
    return ()


@_fails("deny", Action, Resource, RoleDefault, GroupRight)
def aula_permissions() -> Iterable[Action | Resource | RoleDefault | GroupRight]:
    """Describe rights: what can be done, to what, and which roles hold it from the start.

    Called when the application is put together. Yield `Action`, `Resource`, `RoleDefault`, and
    `GroupRight` for what can be given in single groups::

        yield Action("messages.read", _("Read conversations"), resource="messages.thread")
        yield RoleDefault("guardian", "messages.read", relation="participant")

    Since: 0.1. On error: nobody holds any of the plugin's actions.
    """
    return ()


@_fails("stop", Migrations)
def aula_migrations() -> Iterable[Migrations]:
    """Tell where the migrations of the plugin's tables lie.

    Called before the database is migrated and when it is checked. Yield one `Migrations`::

        yield Migrations(Path(__file__).parent / "migrations", metadata)

    Since: 0.1. On error: the plugin is not started.
    """
    return ()


@_fails("stop", PersonalData, SubjectData, RetentionSubject, KeptOtherwise)
def aula_personal_data() -> Iterable[PersonalData | SubjectData | RetentionSubject | KeptOtherwise]:
    """Declare what is kept about people, how it is given out and erased, and how it ends.

    Called when the application is put together. Yield one `PersonalData` for each table, one
    `SubjectData` for the plugin, and for each table a `RetentionSubject` with which its rows go,
    or a `KeptOtherwise` (`aula_sdk.retention`)::

        author = FieldPrivacy(DataClass.ORDINARY, _("Who wrote it"))
        yield PersonalData(
            "messages_thread",
            _("Cooperation between school and home"),
            _("Task of a public authority (GDPR art. 6(1)(e))"),
            _("As the municipality's retention schedule says"),
            {"author_id": author},
            technical=("message_count",),
        )
        yield SubjectData("messages", export_person, erase_person)

    Each column has a data class, or is named as technical (`aula_sdk.data_map`).

    Since: 0.1. On error: the plugin is not started.
    """
    return ()


@_fails("stop", SettingsSchema)
def aula_settings() -> Iterable[SettingsSchema]:
    """Describe the plugin's settings in ``aula.toml`` and their defaults.

    Called when settings are read. Yield one `SettingsSchema`::

        yield SettingsSchema(MessagesSettings)

    Fields that institutions choose for themselves are named in ``per_institution``.

    Since: 0.1. On error: the plugin is not started.
    """
    return ()


@_fails("skip", Subscriber)
def aula_subscribers() -> Iterable[Subscriber]:
    """React to events, of this plugin or another.

    Called when the application is put together. Yield `Subscriber`::

        yield Subscriber("messages.forget_person", PersonErased, forget_person)

    Since: 0.1. On error: the events wait and are delivered when it is mended.
    """
    return ()


@_fails("skip", Job)
def aula_jobs() -> Iterable[Job]:
    """Add work that is done again and again in the background.

    Called when the application is put together. Yield `Job`::

        yield Job("messages.drop_old_drafts", timedelta(days=1), drop_old_drafts)

    Since: 0.1. On error: the job does not run.
    """
    return ()


@_fails("skip", StamdataSource)
def aula_stamdata_sources() -> Iterable[StamdataSource]:
    """Add a format from which stamdata can be imported.

    Called by ``aula import``. Yield `StamdataSource`::

        yield StamdataSource("oneroster", _("OneRoster CSV"), inspect, read)

    Since: 0.1. On error: the format is not known.
    """
    return ()


@_fails("skip", StamdataWriter)
def aula_stamdata_writers() -> Iterable[StamdataWriter]:
    """Say that the plugin makes groups of its own, as real groups of the stamdata.

    Called when the application is put together. Yield one `StamdataWriter`, and show the same
    object to ``platform.stamdata``::

        yield WRITER

    Since: 0.1. On error: what the plugin delivers is refused.
    """
    return ()


@_fails("skip", LoginProtocol)
def aula_login_protocols() -> Iterable[LoginProtocol]:
    """Add a protocol in which log-in brokers can be spoken to.

    Called when the application is put together. A broker whose section says ``protocol = "saml"``
    is made by the `LoginProtocol` of that name. Yield `LoginProtocol`::

        yield LoginProtocol("saml", SamlSettings, make_broker)

    Since: 0.1. On error: the start is refused where a broker needs the protocol.
    """
    return ()


@_fails("skip", Command)
def aula_commands() -> Iterable[Command]:
    """Add subcommands to ``aula``.

    Called when the command line starts. Yield `Command`::

        yield Command("demo", demo)

    Since: 0.1. On error: the command is not known.
    """
    return ()


@_fails("skip", DemoData)
def aula_demo_data() -> Iterable[DemoData]:
    """Fill the demo municipality with fictional content.

    Called by ``aula demo-data``. Yield `DemoData`::

        yield DemoData("messages", fill, order=10)

    Since: 0.1. On error: the demo lacks this content, and says so.
    """
    return ()
