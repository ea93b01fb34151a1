"""Who is let in: the roles that a person may take now, or the reason why there are none."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from aula_platform.identity.people import LoginProfile
from aula_platform.identity.problems import (
    PersonLeft,
    PersonNotYet,
    PersonUnknown,
    WrongBroker,
)
from aula_sdk.i18n import Text, gettext_for
from aula_sdk.people import Kind

_ = gettext_for("aula")

ROLE_TITLES: dict[Kind, Text] = {
    Kind.GUARDIAN: _("Parent or guardian"),
    Kind.PUPIL: _("Pupil"),
    Kind.EMPLOYEE: _("Employee"),
    Kind.EXTERNAL: _("External partner"),
}
"""What people are called in each role, in the order in which a choice is shown."""


class RoleChoice(msgspec.Struct, frozen=True):
    """A role that somebody may take, with the institutions where they have it."""

    role: Kind
    institutions: tuple[str, ...]


class Way(msgspec.Struct, frozen=True):
    """A way of signing in, as far as it says for whom it is."""

    broker: str
    kinds: tuple[Kind, ...]
    places: tuple[str, ...]
    """The keys of the municipalities whose people it is for; empty: everybody's."""


def admit(
    profiles: Sequence[LoginProfile],
    kinds: Sequence[Kind],
    now: datetime,
    *,
    places: Sequence[str] = (),
    ways: Sequence[Way] = (),
) -> tuple[RoleChoice, ...]:
    """Return the roles that may be taken after a log-in that is for ``kinds``, in the
    municipalities ``places`` where some are named; at least one.

    Raises `PersonUnknown`, `PersonLeft`, `PersonNotYet`, which say whom to ask, or `WrongBroker`,
    which names those of ``ways`` that are meant for the person.
    """
    held = [profile for profile in profiles if profile.holds(now)]
    choices = list_roles([profile for profile in held if _is_in(profile, places)], kinds)
    if choices:
        return choices
    if held:
        raise WrongBroker(
            _("You are known here as: %(roles)s. Choose the log-in that is meant for you.")
            % {"roles": _roles_of(held)},
            offered=tuple(way.broker for way in ways if _is_for(way, held)),
        )
    if not profiles:
        raise PersonUnknown(
            _(
                "No school or day-care has told us about you. Ask the office of the school or "
                "day-care that you belong to."
            )
        )
    raise _outside_of_time(profiles, now)


def _is_in(profile: LoginProfile, places: Sequence[str]) -> bool:
    return not places or profile.municipality in places


def _is_for(way: Way, held: Sequence[LoginProfile]) -> bool:
    return any(profile.kind in way.kinds and _is_in(profile, way.places) for profile in held)


def list_roles(held: Sequence[LoginProfile], kinds: Sequence[Kind]) -> tuple[RoleChoice, ...]:
    """Return the roles among ``kinds`` that these profiles give, in a fixed order."""
    found = []
    for role in ROLE_TITLES:
        names = sorted({profile.institution_name for profile in held if profile.kind is role})
        if names and role in kinds:
            found.append(RoleChoice(role, tuple(names)))
    return tuple(found)


def _outside_of_time(profiles: Sequence[LoginProfile], now: datetime) -> PersonLeft | PersonNotYet:
    coming = [profile for profile in profiles if profile.valid_from > now]
    if coming:
        first = min(coming, key=lambda profile: profile.valid_from)
        return PersonNotYet(
            _("Your access begins later. If it should have begun, ask %(institution)s.")
            % {"institution": first.institution_name}
        )
    last = max(profiles, key=lambda profile: profile.valid_to or profile.valid_from)
    return PersonLeft(
        _("Your access has ended. If it should not have, ask %(institution)s.")
        % {"institution": last.institution_name}
    )


class _Roles:
    """Titles of roles, put into words when somebody reads them, in their language."""

    def __init__(self, roles: Sequence[Kind]) -> None:
        self.roles = roles

    def __str__(self) -> str:
        return ", ".join(str(ROLE_TITLES[role]) for role in self.roles)


def _roles_of(held: Sequence[LoginProfile]) -> _Roles:
    return _Roles([role for role in ROLE_TITLES if any(p.kind is role for p in held)])
