"""Decisions: role defaults, then municipality, institution and person; the last one holds."""

from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aula_platform.permissions import Catalogue
from aula_platform.permissions.granting.delegation import Delegation, sleeping
from aula_platform.permissions.granting.writing import Standing
from aula_platform.permissions.holdings import (
    Decision,
    GrantRow,
    decide,
    holdings_of,
    without_sensitive,
)
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id
from aula_sdk.operations import Place
from aula_sdk.people import Actor, ActorProfile, Holding, Kind
from aula_sdk.permissions import NO_RELATION, Action, RoleDefault

_ = gettext_for("aula")
NORTH, SOUTH = new_id(), new_id()
SCHOOL, DAYCARE = new_id(), new_id()
ACTION = "notes.write"


def _catalogue(*defaults: RoleDefault) -> Catalogue:
    catalogue = Catalogue()
    catalogue.add("notes", [Action(ACTION, _("Write")), *defaults])
    return catalogue


def _profile(kind: Kind = Kind.EMPLOYEE, institution: UUID = SCHOOL) -> ActorProfile:
    return ActorProfile(new_id(), new_id(), institution, NORTH, kind, "Mette", "Nordskolen")


def _grant(
    profile: ActorProfile | None = None,
    institution: UUID | None = None,
    *,
    allowed: bool,
    role: str | None = None,
    municipality: UUID = NORTH,
) -> GrantRow:
    holder = None if profile is None else profile.id
    role = role or (None if profile else "employee")
    return GrantRow(
        municipality, institution, None, role, holder, ACTION, NO_RELATION, allowed, False
    )


def _always(_plugin: str, _municipality: UUID, _institution: UUID | None) -> bool:
    return True


def _decision(catalogue: Catalogue, profile: ActorProfile, *grants: GrantRow) -> Decision | None:
    found = decide(catalogue, profile, (), grants, _always)
    return found[0] if found else None


def test_a_role_holds_its_defaults_and_others_do_not() -> None:
    catalogue = _catalogue(RoleDefault("employee", ACTION))
    decision = _decision(catalogue, _profile())
    assert decision is not None
    assert (decision.allowed, decision.source) == (True, "default")
    assert _decision(catalogue, _profile(Kind.GUARDIAN)) is None


def test_an_administrators_role_adds_to_what_the_kind_holds() -> None:
    """RGT-2: roles are bundles; a post's further role gives its own defaults."""
    catalogue = _catalogue(RoleDefault("leader", ACTION))
    profile = _profile()
    assert decide(catalogue, profile, (), (), _always) == []
    assert decide(catalogue, profile, ("leader",), (), _always)[0].allowed


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_more_particular_decides_in_whatever_order_they_come(order: tuple[int, ...]) -> None:
    """Municipality, institution, person: the last that speaks decides (RGT-1)."""
    profile = _profile()
    grants = [
        _grant(allowed=False),
        _grant(institution=SCHOOL, allowed=True),
        _grant(profile, allowed=False),
    ]
    catalogue = _catalogue(RoleDefault("employee", ACTION))
    decision = _decision(catalogue, profile, *(grants[place] for place in order))
    assert decision is not None
    assert (decision.allowed, decision.source) == (False, "person")


def test_a_grant_of_another_place_role_or_person_says_nothing() -> None:
    profile = _profile()
    others = [
        _grant(allowed=False, municipality=SOUTH),
        _grant(institution=DAYCARE, allowed=False),
        _grant(_profile(), allowed=False),
        _grant(role="guardian", allowed=False),
    ]
    decision = _decision(_catalogue(RoleDefault("employee", ACTION)), profile, *others)
    assert decision is not None
    assert decision.allowed


def test_where_the_plugin_is_off_nobody_holds_anything() -> None:
    """Decision 0004: what is switched off is out of reach, whoever granted it."""
    profile = _profile()
    decisions = decide(
        _catalogue(RoleDefault("employee", ACTION)),
        profile,
        (),
        [_grant(profile, allowed=True)],
        lambda plugin, _municipality, _institution: plugin != "notes",
    )
    assert [(item.allowed, item.source) for item in decisions] == [(False, "plugin off")]
    assert holdings_of(decisions) == {}


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=8))
def test_decisions_agree_with_a_plain_reading(choices: list[tuple[int, bool]]) -> None:
    """For any set of grants: the last of the most particular level that speaks is what holds."""
    profile = _profile()
    makers = (
        lambda allowed: _grant(allowed=allowed),
        lambda allowed: _grant(institution=SCHOOL, allowed=allowed),
        lambda allowed: _grant(profile, allowed=allowed),
        lambda allowed: _grant(profile, SCHOOL, allowed=allowed),
    )
    grants = [makers[level](allowed) for level, allowed in choices]
    expected = True
    if choices:
        highest = max(level for level, _allowed in choices)
        expected = [allowed for level, allowed in choices if level == highest][-1]
    decision = _decision(_catalogue(RoleDefault("employee", ACTION)), profile, *grants)
    assert decision is not None
    assert decision.allowed is expected


def test_what_is_sensitive_takes_a_second_factor_whatever_a_grant_says() -> None:
    """LOG-15: a municipality may ask for more than a plugin does, never for less."""
    catalogue = Catalogue()
    catalogue.add(
        "notes", [Action(ACTION, _("Write"), sensitive=True), RoleDefault("employee", ACTION)]
    )
    default = _decision(catalogue, _profile())
    granted = _decision(catalogue, _profile(), _grant(allowed=True))
    assert default is not None
    assert granted is not None
    assert (default.step_up, granted.step_up) == (True, True)
    assert without_sensitive(holdings_of([default])) == {}


def test_what_was_decided_of_a_relation_that_is_gone_says_nothing() -> None:
    """A plugin may take a relation back; what was said of it neither gives nor breaks a page."""
    profile = _profile()
    gone = GrantRow(NORTH, None, None, "employee", None, ACTION, "shared", True, False)
    found = decide(_catalogue(RoleDefault("employee", ACTION)), profile, (), [gone], _always)
    assert [(one.relation, one.source) for one in found] == [(NO_RELATION, "default")]


def test_a_plugin_that_is_off_keeps_the_word_that_would_decide() -> None:
    """0027: of several roles it is the one that gives, wherever its name comes in the alphabet."""
    profile = _profile()
    catalogue = _catalogue(RoleDefault("employee", ACTION))
    closed = _grant(role="wardens", allowed=False)
    place = Place(NORTH, SCHOOL)

    def off(_plugin: str, _municipality: UUID, _institution: UUID | None) -> bool:
        return False

    found = decide(catalogue, profile, ("wardens",), [closed], off)
    assert [word.role for word in found[0].words] == ["employee", "wardens"]
    right = (ACTION, NO_RELATION)
    assert sleeping(found, place) == {(right, "yes"), (right, "two_factors")}
    assert sleeping(found, Place(NORTH, DAYCARE)) == set()
    assert sleeping(decide(catalogue, profile, ("wardens",), [closed], _always), place) == set()


def test_two_factors_limit_nothing_of_what_is_sensitive() -> None:
    """LOG-15: whoever gives a sensitive right asks for no more than anybody, and may end it."""
    catalogue, plain = Catalogue(), "notes.read"
    catalogue.add("notes", [Action(ACTION, _("Write"), sensitive=True), Action(plain, _("Read"))])
    profile = _profile()
    held = Holding(NO_RELATION, (profile.id,), (SCHOOL,), (NORTH,), step_up=True)
    actor = Actor(new_id(), Kind.EMPLOYEE, "Mette", (profile,), (), {ACTION: (held,)})
    delegation = Delegation(catalogue, actor, Place(NORTH, SCHOOL))
    said, closed = Standing(True, True, None), Standing(False, False, None)
    assert delegation.may_lift((ACTION, NO_RELATION), said)
    assert delegation.may_lift((ACTION, NO_RELATION), closed)
    assert not delegation.may_lift((plain, NO_RELATION), said)
    assert not delegation.may_lift((plain, NO_RELATION), closed)
