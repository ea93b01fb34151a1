"""What is frozen is deleted by no run and by no erasure; when that is lifted, it goes (DEL-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.privacy.erasing import Erasure
from aula_platform.privacy.person.erasing import erase_person
from aula_platform.privacy.retention.freezes import lift_freeze
from aula_platform.privacy.retention.held import Frozen
from aula_platform.privacy.retention.tables import freeze
from aula_platform.storage import EVERYWHERE
from aula_sdk.db import utc_now
from aula_sdk.errors import Conflict, Invalid, NotFound
from aula_sdk.ids import GROUP, INSTITUTION, MUNICIPALITY, PERSON, PROFILE
from aula_sdk.retention import FreezeKind
from tests.retention.keeping import Keeping, strange_id

Target = Callable[[Keeping], str]
TARGETS: dict[str, tuple[Target, FreezeKind, int]] = {
    "municipality": (lambda k: MUNICIPALITY.format(k.north), FreezeKind.MUNICIPALITY, 4),
    "institution": (
        lambda k: INSTITUTION.format(k.people.teacher.institution_id), FreezeKind.INSTITUTION, 4,
    ),
    "group": (lambda k: GROUP.format(k.people.groups["3.A"]), FreezeKind.GROUP, 3),
    "pupil": (lambda k: PERSON.format(k.people.pupil.person_id), FreezeKind.PERSON, 4),
    "teacher": (lambda k: PROFILE.format(k.people.teacher.profile_id), FreezeKind.PERSON, 4),
}  # fmt: skip
"""What is frozen, and how many of the three conversations and the post that holds."""


async def _freeze(keeping: Keeping, target: str, reason: str = "Sag 17") -> UUID:
    made: UUID = await keeping.decide(keeping.retention.freeze, keeping.north, target, reason, None)
    return made


@pytest.mark.parametrize("name", TARGETS)
async def test_what_is_frozen_is_not_even_previewed(keeping: Keeping, name: str) -> None:
    """It is counted as frozen, stays word by word, and goes when the freeze is lifted."""
    make, kind, number = TARGETS[name]
    await keeping.age()
    frozen = await _freeze(keeping, make(keeping))
    (row,) = await keeping.frozen()
    assert row.kind is kind
    words = await keeping.words_left()
    counts = await keeping.counts(await keeping.previewed())
    assert sum(one["frozen"] for one in counts.values()) == number
    assert sum(one["found"] for one in counts.values()) == 4 - number
    if number < 4:
        last = (await keeping.last()).id
        await keeping.decide(keeping.retention.announce, last, 30)
        await keeping.let_the_day_come()
        await keeping.work.run()
    else:
        await keeping.decide(keeping.retention.cancel, (await keeping.last()).id)
    assert await keeping.words_left() == words
    await keeping.decide(keeping.retention.lift, frozen)
    with pytest.raises(NotFound):
        await keeping.decide(keeping.retention.lift, frozen)
    await keeping.deleted()
    assert len(await keeping.stones()) == 4


async def test_what_is_frozen_after_the_announcement_stays(keeping: Keeping) -> None:
    """A freeze between preview and execution holds."""
    await keeping.age()
    found = await keeping.announced()
    thread = (await keeping.ids("messages_thread"))[0]
    await _freeze(keeping, f"thr_{thread.hex}")
    await keeping.work.run()
    assert await keeping.ids("messages_thread") == [thread]
    assert (await keeping.counts(found))["messages.silent"]["spared"] == 1
    (row,) = await keeping.frozen()
    assert (row.kind, row.target_id) == (FreezeKind.THING, thread)


async def test_a_freeze_ends_with_its_time(keeping: Keeping) -> None:
    """After its last day it holds nothing."""
    until = utc_now() + timedelta(days=40)
    target = MUNICIPALITY.format(keeping.north)
    await keeping.decide(keeping.retention.freeze, keeping.north, target, "Sag 17", until)
    await keeping.age()
    await keeping.previewed()
    await keeping.decide(keeping.retention.cancel, (await keeping.last()).id)
    async with keeping.site.storage.write(EVERYWHERE) as write:
        await write.execute(sa.update(freeze).values(until=write.now))
    assert await keeping.frozen() == []
    await keeping.deleted()
    assert len(await keeping.stones()) == 4


async def test_who_is_frozen_is_not_erased(keeping: Keeping) -> None:
    """Art. 17(3): an erasure touches nothing that is frozen, and can be done when that is over."""
    people, desk = keeping.people, keeping.desk
    await desk.leave(people.pupil)
    thread = (await keeping.ids("messages_thread"))[0]
    for target in (
        PERSON.format(people.pupil.person_id),
        MUNICIPALITY.format(keeping.north),
        INSTITUTION.format(people.pupil.institution_id),
        GROUP.format(people.groups["3.A"]),
        f"thr_{thread.hex}",
        # In whose conversations the pupil has part.
        PERSON.format(people.teacher.person_id),
    ):
        frozen = await _freeze(keeping, target)
        before = await keeping.words_left()
        with pytest.raises(Frozen):
            await erase_person(
                desk.installation, await desk.subject(people.pupil), desk.plugins, desk.kept
            )
        assert await keeping.words_left() == before
        await keeping.decide(keeping.retention.lift, frozen)
    other = PERSON.format(people.external.person_id)
    await _freeze(keeping, other)
    await erase_person(desk.installation, await desk.subject(people.pupil), desk.plugins, desk.kept)


async def test_a_municipality_with_something_frozen_is_not_erased(keeping: Keeping) -> None:
    """The end of a contract is no way around it."""
    await _freeze(keeping, PERSON.format(keeping.people.pupil.person_id))
    before = await keeping.everything()
    with pytest.raises(Frozen):
        await Erasure(keeping.desk.installation, await keeping.place(), pause=0).run(print)
    assert await keeping.everything() == before


async def test_what_cannot_be_frozen_is_refused(keeping: Keeping) -> None:
    """By an id of nothing here, without a reason, twice, or until yesterday."""
    people, retention = keeping.people, keeping.retention
    pupil = PERSON.format(people.pupil.person_id)
    for target, reason, until in (
        (PERSON.format(strange_id()), "Sag", None),
        (PERSON.format(people.stranger.person_id), "Sag", None),
        (MUNICIPALITY.format(people.stranger.municipality_id), "Sag", None),
        ("vrøvl", "Sag", None),
        (pupil, "  ", None),
        (pupil, "x" * 501, None),
        (pupil, "Sag", utc_now()),
    ):
        with pytest.raises(Invalid):
            await keeping.decide(retention.freeze, keeping.north, target, reason, until)
    await _freeze(keeping, pupil)
    with pytest.raises(Conflict):
        await _freeze(keeping, pupil)
    assert len(await keeping.frozen()) == 1


async def test_whoever_lifts_a_freeze_does_so_for_its_municipality(keeping: Keeping) -> None:
    """An administrator of two municipalities has a profile in each; the freeze's own is kept."""
    people = keeping.people
    await _freeze(keeping, PERSON.format(people.pupil.person_id))
    (line,) = await keeping.frozen()
    by = {strange_id(): strange_id(), keeping.north: people.leader.profile_id}
    async with keeping.site.storage.write(EVERYWHERE) as write:
        await lift_freeze(write, by, line.id)
        lifted = await write.scalar(sa.select(freeze.c.lifted_by))
    assert lifted == people.leader.profile_id


async def test_who_has_read_why_something_is_frozen_is_noted(keeping: Keeping) -> None:
    """R19: for every line, and about whom it is where it is a person."""
    people = keeping.people
    person = await _freeze(keeping, PERSON.format(people.pupil.person_id))
    group = await _freeze(keeping, GROUP.format(people.groups["3.A"]))
    actor = await keeping.leader()
    async with keeping.site.platform.read() as read:
        await keeping.retention.freezes(read, actor, keeping.north)
        about = {note.object_id: set(note.subjects) for note in read.looks}
    assert set(about) == {person, group}
    assert people.pupil.profile_id in about[person]
    assert about[group] == set()
