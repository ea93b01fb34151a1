"""The lattice against a plain reading: who spoke, who was let, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aula_platform.plugin_host import Activation, Host
from aula_platform.plugin_host.choices.lattice import Word
from aula_platform.plugin_host.choices.reports import Reporter
from aula_platform.plugin_host.choices.stored import Chosen, Site, Stored
from aula_platform.settings import PluginChoice
from aula_sdk.ids import new_id
from aula_sdk.operations import DecidedBy, PluginReport
from tests.plugin_host.choices.conftest import make_settings

NORTH, SCHOOL, OTHER = new_id(), new_id(), new_id()
SITE = Site("notes", NORTH)
STATES = st.sampled_from(["on", "off"])
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "longest": st.integers(1, 500),
    "quiet": st.booleans(),
    "tone": st.sampled_from(["warm", "plain"]),
}
DEFAULTS = {"longest": 100, "quiet": False, "tone": "warm"}
LEVELS = (DecidedBy.CONFIGURATION, DecidedBy.MUNICIPALITY, DecidedBy.INSTITUTION)


class Said(NamedTuple):
    """What the three levels have said; None is a level that has said nothing."""

    configuration: Word
    municipality: Word | None
    institution: str | None
    settings: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


_some = st.fixed_dictionaries({}, optional=dict(VALUES))
SAID = st.builds(
    Said,
    st.builds(Word, STATES, st.sampled_from(["nobody", "municipality", "institution"])),
    st.none() | st.builds(Word, STATES, st.sampled_from(["nobody", "institution"])),
    st.none() | STATES,
    st.tuples(_some, _some, _some),
)
quickly = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Town:
    """A municipality with one institution, in which a level can be made to speak."""

    def __init__(self, host: Host, said: Said) -> None:
        fixed, of_municipality, of_institution = said.settings
        choice = PluginChoice(*said.configuration, settings=fixed)
        self.activation = Activation(host, make_settings("", Path(), choice), {"north": NORTH})
        words = {None: said.municipality, SCHOOL: said.institution and Word(said.institution)}  # type: ignore[arg-type]  # One of the two states.
        self.activation._stored = Stored(
            {SITE: {place: _chosen(word) for place, word in words.items() if word}},
            {
                SITE: {
                    None: {name: _chosen(value) for name, value in of_municipality.items()},
                    SCHOOL: {name: _chosen(value) for name, value in of_institution.items()},
                }
            },
        )
        self._reporter = Reporter(host, self.activation)

    def report(self, *, school: bool = True) -> PluginReport:
        found = self._reporter.report(SITE, SCHOOL if school else None)
        assert found is not None
        return found


def _chosen(what: Any) -> Chosen:
    return Chosen(what, new_id(), datetime.now(UTC))


def _may_speak(said: Said) -> dict[DecidedBy, bool]:
    """From below: a level may speak when the nearest one above that has spoken lets it."""
    municipality = said.configuration.left_to in {"municipality", "institution"}
    nearest = said.municipality or said.configuration
    institution = municipality and nearest.left_to == "institution"
    return {DecidedBy.MUNICIPALITY: municipality, DecidedBy.INSTITUTION: institution}


def _plain(said: Said) -> tuple[bool, DecidedBy]:
    """The lowest level that has spoken and may speak is what holds."""
    may = _may_speak(said)
    if said.institution and may[DecidedBy.INSTITUTION]:
        return said.institution == "on", DecidedBy.INSTITUTION
    if said.municipality and may[DecidedBy.MUNICIPALITY]:
        return said.municipality.state == "on", DecidedBy.MUNICIPALITY
    return said.configuration.state == "on", DecidedBy.CONFIGURATION


@quickly
@given(said=SAID)
def test_state_source_and_openness_agree_with_a_plain_reading(host: Host, said: Said) -> None:
    """What holds, who decided it, who may change it; all who ask are told the same."""
    town = Town(host, said)
    report, whole = town.report(), town.report(school=False)
    state, by = _plain(said)
    assert (report.is_on, report.source.by) == (state, by)
    may = _may_speak(said)
    assert report.is_open is may[DecidedBy.INSTITUTION]
    assert whole.is_open is may[DecidedBy.MUNICIPALITY]
    assert (report.left_to == "institution") is may[DecidedBy.INSTITUTION]
    assert town.activation.is_active("notes", NORTH, SCHOOL) is state
    elsewhere = said._replace(institution=None)
    assert town.activation.is_active("notes", NORTH, OTHER) is _plain(elsewhere)[0]
    assert (whole.is_on, whole.source.by) == _plain(elsewhere)
    assert town.activation.is_active("notes", NORTH) is (state or _plain(elsewhere)[0])
    assert str(report.source.text).startswith("Vises" if state else "Skjult")
    assert (report.source.at is None) is (by is DecidedBy.CONFIGURATION)


@quickly
@given(said=SAID)
def test_each_setting_is_the_highest_levels_that_gave_it(host: Host, said: Said) -> None:
    """A value given above is fixed below; institutions set what the plugin asks them for."""
    report = Town(host, said).report()
    fixed, of_municipality, of_institution = said.settings
    quiet = {name: value for name, value in of_institution.items() if name == "quiet"}
    given_by = (fixed, of_municipality, quiet)
    for setting in report.settings:
        if setting.name not in VALUES:
            continue
        levels = [place for place, level in enumerate(given_by) if setting.name in level]
        expected = given_by[levels[0]] if levels else DEFAULTS
        assert setting.value == expected[setting.name]
        assert setting.source.by is (LEVELS[levels[0]] if levels else DecidedBy.PLUGIN)
        is_off_for_good = said.configuration == ("off", "nobody")
        above = setting.name in fixed or setting.name in of_municipality
        assert setting.is_open is (setting.name == "quiet" and not above and not is_off_for_good)


@quickly
@given(said=SAID, word=st.builds(Word, STATES, st.sampled_from(["nobody", "institution"])))
def test_what_is_locked_above_never_changes_below(host: Host, said: Said, word: Word) -> None:
    """Whatever a level says that may not speak, nothing changes; off above is never on below."""
    before = Town(host, said).report()
    if said.configuration.left_to == "nobody":
        after = Town(host, said._replace(municipality=word, institution=word.state)).report()
        assert (after.is_on, after.source.by) == (before.is_on, before.source.by)
        assert after.is_on is (said.configuration.state == "on")
    if not _may_speak(said)[DecidedBy.INSTITUTION]:
        for state in ("on", "off", None):
            after = Town(host, said._replace(institution=state)).report()
            assert (after.is_on, after.source.by) == (before.is_on, before.source.by)


@quickly
@given(said=SAID)
def test_taking_a_choice_back_restores_the_level_above(host: Host, said: Said) -> None:
    """Without the institution's word the municipality's holds, without both the configuration's."""
    without = Town(host, said._replace(institution=None))
    assert without.report().is_on is without.report(school=False).is_on
    bare = Town(host, said._replace(institution=None, municipality=None)).report()
    assert bare.is_on is (said.configuration.state == "on")
    assert bare.source.by is DecidedBy.CONFIGURATION
    nothing = Town(host, said._replace(settings=(said.settings[0], {}, {}))).report()
    values = {one.name: one.value for one in nothing.settings if one.name in VALUES}
    assert values == {**DEFAULTS, **said.settings[0]}


def test_a_chosen_setting_that_fits_no_more_costs_only_itself(host: Host) -> None:
    """Another version of the plugin has other settings: the rest of what was chosen goes on."""
    chosen = {"quiet": True, "gone": 1, "longest": 9000, "tone": "plain", "shortest": 50}
    town = Town(host, Said(Word("on"), None, None, ({}, chosen, {})))
    values = {one.name: one.value for one in town.report().settings}
    assert (values["quiet"], values["tone"], values["longest"]) == (True, "plain", 100)
    assert sorted(town.report().ignored) == ["gone", "longest"]
    problems = town.activation.problems(SITE)
    assert problems == [
        f"the chosen setting {name} does not fit any more" for name in ("gone", "longest")
    ]
    read = town.activation.settings_for("notes", NORTH)
    assert msgspec.to_builtins(read)["shortest"] == 50
