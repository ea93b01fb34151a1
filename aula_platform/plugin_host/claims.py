"""What a contribution may name: its own things, never those of another or of the kernel."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from aula_platform.events import WrongEvent, known_event_types
from aula_platform.events.encoding import check_event_type
from aula_platform.plugin_host.manager import WrongContribution
from aula_platform.plugin_host.shapes import find_misfit
from aula_sdk.contributions import (
    Job,
    Migrations,
    NavItem,
    PersonalData,
    Widget,
)
from aula_sdk.events import Event, Subscriber
from aula_sdk.permissions import Me, Relation, Resource
from aula_sdk.plugin import Plugin
from aula_sdk.retention import KeptOtherwise, RetentionSubject


def check_contribution(plugin: Plugin, item: object) -> None:
    """Pass when the contribution is well formed and names only its plugin's own things.

    Raises `WrongContribution` with what is wrong.
    """
    misfit = find_misfit(item)
    if misfit:
        raise WrongContribution(f"{type(item).__name__}: {misfit}")
    check = _CHECKS.get(type(item))
    if check is not None:
        check(plugin.name, item)


def check_names_once(contributions: Iterable[object]) -> None:
    """Raise `WrongContribution` when two contributions of a kind have one name."""
    counted = Counter(
        (type(item).__name__, item.name) for item in contributions if hasattr(item, "name")
    )
    for (kind, name), count in counted.items():
        if count > 1:
            raise WrongContribution(f"{kind} {name!r} is contributed {count} times")


def check_events(plugin: Plugin) -> None:
    """Raise `WrongContribution` when an event type in the plugin's package cannot be one of its.

    Its name begins with the plugin's, and it carries ids, numbers and enumerations only (rule 17).
    """
    for event in known_event_types():
        if not _is_defined_in(event, plugin.package):
            continue
        _must_begin(str(event.name), f"{plugin.name}.", f"the event {event.__qualname__}")
        try:
            check_event_type(event)
        except WrongEvent as error:
            raise WrongContribution(str(error)) from error


def _is_defined_in(event: type[Event], package: str) -> bool:
    module = event.__module__
    if module != package and not module.startswith(f"{package}."):
        return False
    # One of a module that is gone can still be known.
    return getattr(sys.modules.get(module), event.__qualname__, None) is event


def _must_begin(name: str, beginning: str, what: str) -> None:
    if not name.startswith(beginning):
        raise WrongContribution(f"{what} is named {name!r}; it must begin with {beginning!r}")


def _check_nav_item(plugin: str, item: NavItem) -> None:
    if item.href != f"/{plugin}":
        _must_begin(item.href, f"/{plugin}/", f"the address of {item.name!r}")


def _check_widget(plugin: str, item: Widget) -> None:
    _must_begin(item.template, f"{plugin}/", f"the template of {item.name!r}")


def _check_job(plugin: str, item: Job) -> None:
    _must_begin(item.name, f"{plugin}.", "a job")


def _check_subscriber(plugin: str, item: Subscriber) -> None:
    _must_begin(item.name, f"{plugin}.", "a subscriber")
    try:
        check_event_type(item.event)
    except WrongEvent as error:
        raise WrongContribution(f"{item.name}: {error}") from error


def _check_migrations(plugin: str, item: Migrations) -> None:
    for table in item.metadata.tables:
        _must_begin(table, f"{plugin}_", "a table")
    if not (item.folder / "versions").is_dir():
        raise WrongContribution(f"there are no migrations in {item.folder.name}/versions")


def _check_personal_data(plugin: str, item: PersonalData) -> None:
    _must_begin(item.table, f"{plugin}_", "a table")


def _check_retention(plugin: str, item: RetentionSubject | KeptOtherwise) -> None:
    _must_begin(item.name, f"{plugin}.", "what is kept for a time")
    for table in item.tables:
        _must_begin(table, f"{plugin}_", "a table")


@cache
def _build(relation: Relation) -> object:
    """Return the relation's condition, made once for all hosts of a process; tests have many."""
    return relation.condition(Me.named("me"))


def _check_resource(_plugin: str, item: Resource) -> None:
    """Build each relation once: one that cannot be built would fail in everybody's rights."""
    for relation in item.relations:
        condition = _build(relation)
        if not hasattr(condition, "self_group"):
            raise WrongContribution(
                f"the relation {relation.name!r} of {item.name!r} is no condition, "
                f"but {type(condition).__name__}"
            )


_CHECKS: dict[type, Callable[[str, Any], None]] = {
    NavItem: _check_nav_item,
    Widget: _check_widget,
    Job: _check_job,
    Subscriber: _check_subscriber,
    Migrations: _check_migrations,
    PersonalData: _check_personal_data,
    Resource: _check_resource,
    RetentionSubject: _check_retention,
    KeptOtherwise: _check_retention,
}
