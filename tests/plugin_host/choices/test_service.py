"""Choosing for a place: by whom, what is refused, and what is kept of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.settings import PluginChoice
from aula_platform.storage import EVERYWHERE
from aula_platform.testing import RunningSite
from aula_sdk.errors import Forbidden, Invalid, NotFound
from aula_sdk.operations import ChoiceLocked, DecidedBy, Place, PluginReport
from aula_sdk.people import Actor
from aula_sdk.testing.kernel import Member
from aula_sdk.testing.plugin import Browser, People
from tests.plugin_host.choices.conftest import state_of

Find = Callable[[Member], Any]


def school_of(member: Member) -> Place:
    return Place(member.municipality_id, member.institution_id)


def whole_of(member: Member) -> Place:
    return Place(member.municipality_id)


class Desk:
    """One administrator at the choices."""

    def __init__(self, site: RunningSite, actor: Actor) -> None:
        self.site = site
        self.actor = actor

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Any]:
        async with self.site.storage.write(EVERYWHERE, self.actor) as write:
            yield write

    async def switch(self, place: Place, state: Any, left_to: Any = "nobody") -> None:
        async with self._write() as write:
            choices = self.site.platform.choices
            await choices.switch(write, self.actor, place, "notes", state, left_to=left_to)

    async def set_up(self, place: Place, **values: Any) -> None:
        async with self._write() as write:
            await self.site.platform.choices.set_up(write, self.actor, place, "notes", values)

    async def take_back(self, place: Place, setting: str = "") -> None:
        async with self._write() as write:
            await self.site.platform.choices.take_back(write, self.actor, place, "notes", setting)

    async def report(self, place: Place) -> PluginReport:
        """Read as the next request would, which has seen the new epoch."""
        async with self.site.storage.read(EVERYWHERE) as read:
            await self.site.platform.activation.catch_up(read)
            found = await self.site.platform.choices.reports(read, self.actor, place)
        return next(report for report in found if report.name == "notes")


@pytest.fixture
async def desk(running: RunningSite, actor_of: Find) -> Callable[[Member], Any]:
    """Put a member of the cast at the choices."""

    async def sit(member: Member) -> Desk:
        return Desk(running, await actor_of(member))

    return sit


async def test_each_sees_the_places_that_are_theirs(
    running: RunningSite, people: People, desk: Callable[[Member], Any]
) -> None:
    """Municipalities first, then institutions; of the neighbouring municipality nothing (R10)."""
    expected = {
        people.leader: ["Nordby", "Nordskolen", "Solstrålen"],
        people.admin: ["Nordskolen"],
        people.teacher: [],
        people.guardian: [],
        people.pupil: [],
        people.external: [],
        people.stranger_teacher: [],
    }
    for member, names in expected.items():
        at = await desk(member)
        async with running.storage.read(EVERYWHERE) as read:
            places = await running.platform.choices.places(read, at.actor)
        assert [place.name for place in places] == names, member.key


WHO_CHOOSES = {
    "leader": (None, None, None),
    "admin": (Forbidden, None, NotFound),
    "teacher": (NotFound, NotFound, NotFound),
    "pedagogue": (NotFound, NotFound, NotFound),
    "guardian": (NotFound, NotFound, NotFound),
    "pupil": (NotFound, NotFound, NotFound),
    "external": (NotFound, NotFound, NotFound),
    "stranger_teacher": (NotFound, NotFound, NotFound),
}
"""How each is refused in the municipality, at the school and at the day-care."""


async def test_who_may_choose_where(people: People, desk: Callable[[Member], Any]) -> None:
    """Institutions' administrators choose at home, the municipality's in all of it (ADM-1)."""
    south = people.stranger_teacher
    # An institution that is said to be in another municipality is nowhere.
    misplaced = Place(south.municipality_id, people.teacher.institution_id)
    for who, (whole, school, daycare) in WHO_CHOOSES.items():
        at = await desk(getattr(people, who))
        for place, refusal in (
            (school_of(people.teacher), school),
            (school_of(people.pedagogue), daycare),
            (whole_of(people.teacher), whole),
            (whole_of(south), NotFound),
            (school_of(south), NotFound),
            (misplaced, NotFound),
        ):
            await _try(at, place, refusal)


async def _try(at: Desk, place: Place, refusal: Any) -> None:
    acts = (
        lambda: at.switch(place, "off"),
        lambda: at.set_up(place, quiet=True),
        lambda: at.take_back(place, "quiet"),
        lambda: at.take_back(place),
        lambda: at.report(place),
    )
    for act in acts:
        if refusal is None:
            await act()
        else:
            with pytest.raises(refusal):
                await act()


async def test_a_choice_holds_at_its_institution_alone(
    running: RunningSite, people: People, desk: Callable[[Member], Any]
) -> None:
    """Rule 9: the school has it off, the day-care goes on; who has both keeps the other one."""
    at = await desk(people.admin)
    await at.switch(school_of(people.teacher), "off")
    assert await state_of(running, people.teacher) == 404
    assert [one["institution"] for one in await _rows(running, people.pedagogue)] == ["Solstrålen"]
    assert [one["institution"] for one in await _rows(running, people.guardian)] == ["Solstrålen"]
    report = await at.report(school_of(people.teacher))
    assert (report.is_on, report.source.by) == (False, DecidedBy.INSTITUTION)
    assert str(report.source.text) == "Skjult, fordi institutionen har valgt det"
    assert report.source.profile_id == people.admin.profile_id
    assert report.source.at is not None
    await at.take_back(school_of(people.teacher))
    assert len(await _rows(running, people.guardian)) == 2
    assert (await at.report(school_of(people.teacher))).chosen is None


async def _rows(running: RunningSite, member: Member) -> list[dict[str, Any]]:
    found = await state_of(running, member)
    assert isinstance(found, list)
    return found


async def test_the_municipality_decides_over_its_institutions_and_lets_go_again(
    running: RunningSite, people: People, desk: Callable[[Member], Any]
) -> None:
    """What an institution had chosen rests meanwhile, and holds again afterwards."""
    school, whole = school_of(people.teacher), whole_of(people.teacher)
    clerk, leader = await desk(people.admin), await desk(people.leader)
    await clerk.switch(school, "off")
    await leader.switch(whole, "on")
    assert (await clerk.report(school)).is_open is False
    for at in (clerk, leader):
        with pytest.raises(ChoiceLocked) as refused:
            await at.switch(school, "off")
        assert str(refused.value.detail) == "Vises, fordi kommunen har valgt det"
    assert len(await _rows(running, people.teacher)) == 1
    await leader.switch(whole, "on", "institution")
    assert await state_of(running, people.teacher) == 404
    with pytest.raises(Invalid):
        await clerk.switch(school, "on", "institution")


@pytest.mark.parametrize("north", [PluginChoice("on"), PluginChoice("off"), None])
async def test_what_the_configuration_decides_nobody_chooses(
    people: People, desk: Callable[[Member], Any], north: PluginChoice | None
) -> None:
    """A file that says on or off and no more keeps its meaning: it is so, for everybody."""
    at = await desk(people.leader)
    for place in (whole_of(people.leader), school_of(people.leader)):
        with pytest.raises(ChoiceLocked):
            await at.switch(place, "on")
        report = await at.report(place)
        assert report.is_open is False
        assert report.is_on is (north is not None and north.state == "on")
        assert report.source.key.startswith("[municipalities.north.plugins.notes]")
    with pytest.raises(NotFound):
        async with at.site.storage.write(at.actor) as write:
            await at.site.platform.choices.switch(
                write, at.actor, whole_of(people.leader), "nosuch", "on"
            )


@pytest.mark.parametrize("north", [PluginChoice("on", "institution", {"shortest": 10})])
async def test_settings_are_chosen_by_field_and_refused_by_field(
    running: RunningSite, people: People, desk: Callable[[Member], Any], north: PluginChoice
) -> None:
    """Values of forms are taken; one bad field refuses all; what is fixed above is locked."""
    school, whole = school_of(people.teacher), whole_of(people.teacher)
    leader, clerk = await desk(people.leader), await desk(people.admin)
    await leader.set_up(whole, longest="40", tone="plain")
    assert (await _rows(running, people.teacher))[0]["longest"] == 40
    for values, told in (
        ({"longest": "501"}, {"longest": "Skriv et helt tal fra 1 til 500"}),
        ({"longest": 5}, {"longest": "Det passer ikke sammen med de andre indstillinger"}),
        (
            {"longst": 2, "tone": "loud", "quiet": "x"},
            {
                "longst": "Sådan en indstilling findes ikke; mente du longest?",
                "tone": "Vælg en af: plain, warm",
                "quiet": "Vælg ja eller nej",
            },
        ),
    ):
        with pytest.raises(Invalid) as refused:
            await leader.set_up(whole, **values)
        assert {field.field: field.reason for field in refused.value.fields} == told
    with pytest.raises(ChoiceLocked):
        await leader.set_up(whole, shortest=1)
    with pytest.raises(ChoiceLocked):
        await clerk.set_up(school, longest=3)
    await clerk.set_up(school, quiet="true")
    assert (await _rows(running, people.teacher))[0]["quiet"] is True
    assert (await _rows(running, people.pedagogue))[0]["quiet"] is False
    found = {one.name: one for one in (await clerk.report(school)).settings}
    assert (found["quiet"].is_chosen, found["quiet"].is_open) == (True, True)
    assert str(found["longest"].source.text) == "Indstillet af kommunen"
    assert found["shortest"].source.key.endswith("settings.shortest")
    assert found["greeting"].source.by is DecidedBy.PLUGIN
    assert (found["tone"].kind, found["tone"].options) == ("option", ("plain", "warm"))
    assert {key: str(one) for key, one in found["tone"].value_titles.items()} == {"warm": "Warm"}
    # The municipality's word on a setting is above the institution's.
    await leader.set_up(whole, quiet=False)
    assert (await _rows(running, people.teacher))[0]["quiet"] is False
    await leader.take_back(whole, "quiet")
    assert (await _rows(running, people.teacher))[0]["quiet"] is True


async def test_every_change_is_audited_and_nothing_else_is(
    running: RunningSite, people: People, desk: Callable[[Member], Any]
) -> None:
    """Who, where and what; a text that was chosen is not repeated in the audit (rule 18)."""
    at = await desk(people.admin)
    school = school_of(people.admin)
    await at.switch(school, "off")
    await at.set_up(school, quiet=True)
    await at.take_back(school)
    await at.take_back(school)
    leader = await desk(people.leader)
    await leader.set_up(whole_of(people.leader), greeting="Kære alle")
    columns = (entry.c.action, entry.c.object_id, entry.c.person_id, entry.c.details)
    statement = sa.select(*columns).where(entry.c.action.like("plugins.%")).order_by(entry.c.id)
    async with running.storage.read(EVERYWHERE) as read:
        rows = [tuple(row) for row in await read.rows(statement)]
    here, clerk = school.institution_id, people.admin.person_id
    about = {"plugin": "notes"}
    assert rows == [
        ("plugins.switched", here, clerk, {**about, "state": "off", "left_to": "nobody"}),
        ("plugins.set_up", here, clerk, {**about, "setting": "quiet", "value": True}),
        ("plugins.taken_back", here, clerk, {**about, "setting": ""}),
        ("plugins.set_up", None, people.leader.person_id, {**about, "setting": "greeting"}),
    ]


async def test_a_plugin_that_is_suspended_is_off_with_its_reason(
    running: RunningSite, people: People, desk: Callable[[Member], Any]
) -> None:
    """Quarantine: at once, for whoever is signed in already; afterwards everything is as before."""
    from aula_sdk.i18n import gettext_for

    at = await desk(people.leader)
    browser = await _client(running, people.teacher)
    activation = running.platform.activation
    assert await browser() == 200
    activation.suspend("notes", gettext_for("notes")("It has failed too often"))
    assert await browser() == 404
    report = await at.report(whole_of(people.leader))
    assert (report.is_on, report.source.by) == (False, DecidedBy.PLATFORM)
    assert str(report.source.text) == "It has failed too often"
    activation.resume("notes")
    assert await browser() == 200


async def _client(running: RunningSite, member: Member) -> Callable[[], Any]:
    from contextlib import AsyncExitStack

    opened = AsyncExitStack()
    client = await Browser(running, opened)(member)

    async def ask() -> int:
        return (await client.get("/api/v1/notes")).status_code

    return ask
