"""Who leaves, who stays, and when a human is asked first."""

from __future__ import annotations

import pytest

from aula_platform.storage import Storage
from aula_sdk.i18n import gettext_for
from aula_sdk.stamdata_source import (
    Complete,
    GuardianshipRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    PersonRecord,
    Record,
    Removed,
    RowError,
    Unchanged,
)
from tests.stamdata.deliveries import (
    Importer,
    class_,
    employee,
    everything,
    family_school,
    person,
    pupil,
    school,
    tally,
    without,
)

_ = gettext_for("aula")
IDA = person("ida", "Ida Holm", uniid="ida0001")
pytestmark = pytest.mark.anyio


def large_school(pupils: int = 20) -> list[Record]:
    keys = [f"p{number:02}" for number in range(pupils)]
    return [
        school(),
        *(person(key) for key in keys),
        *(pupil(key) for key in keys),
        class_(),
        *(MembershipRecord("3a", key) for key in keys),
    ]


async def test_import_stops_when_many_people_would_leave(
    importer: Importer, storage: Storage
) -> None:
    """Issue 2: more than 10 % of an institution's people or memberships waits for a human."""
    await importer(large_school())
    before = await everything(storage)
    smaller = without(large_school(), "p00", "p01", "p02")
    report = await importer(smaller, confirmed=False)
    assert report.state == "stopped"
    assert [(stop.what, stop.leaving, stop.of) for stop in report.stops] == [
        ("people", 3, 20),
        ("memberships", 3, 20),
    ]
    assert await everything(storage) == before
    assert (await importer(smaller, confirmed=True)).state == "applied"


async def test_a_tenth_may_leave_unasked(importer: Importer) -> None:
    await importer(large_school())
    report = await importer(without(large_school(), "p00", "p01"), confirmed=False)
    assert (report.state, report.stops) == ("applied", ())


async def test_one_institution_is_not_hidden_by_the_other(importer: Importer) -> None:
    """The share is of each institution: a day-care that empties is noticed beside a school."""
    daycare: list[Record] = [
        OrgRecord("d1", OrgKind.DAYCARE, "Solstrålen"),
        person("lil"),
        pupil("lil", "d1"),
    ]
    await importer([*large_school(), *daycare])
    report = await importer(large_school(), confirmed=False)
    assert {(stop.institution, stop.leaving) for stop in report.stops} == {("Solstrålen", 1)}


async def test_kinds_that_a_delivery_does_not_speak_of_are_left_alone(importer: Importer) -> None:
    """A bulk delivery without enrolments closes no membership."""
    await importer(family_school())
    people = [
        record
        for record in family_school()
        if not isinstance(record, MembershipRecord | GuardianshipRecord)
    ]
    report = await importer(people, kinds=frozenset({"org", "person", "profile", "group"}))
    assert report.changes == 0


async def test_guardian_stays_as_long_as_a_child_does(importer: Importer) -> None:
    await importer(family_school())
    report = await importer(without(family_school(), "ida"))
    assert tally(report, "leaving")["guardian"] == 1, "only the father had no other child"
    report = await importer(without(family_school(), "ida", "bo"))
    assert tally(report, "leaving")["guardian"] == 1


async def test_guardian_gets_a_profile_wherever_the_child_is(importer: Importer) -> None:
    """Rule 8 and ID-1: a guardian has a profile at each institution where a child goes."""
    more: list[Record] = [school("s2", "Engskolen"), pupil("bo", "s2")]
    await importer(family_school())
    report = await importer([*family_school(), *more])
    assert tally(report, "added") == {"institution": 1, "pupil": 1, "guardian": 1}


async def test_delta_takes_what_it_says_and_leaves_the_rest(importer: Importer) -> None:
    await importer(family_school())
    report = await importer(
        [
            person("ny", "Nis Ny"),
            pupil("ny"),
            MembershipRecord("3a", "ny"),
            GuardianshipRecord("far", "ny", "Far", custody=True),
            Removed("membership", ("3a", "lise")),
            Removed("guardianship", ("mor", "ida")),
        ],
        mode="delta",
    )
    assert report.error_count == 0, report.errors
    assert tally(report, "added") == {"person": 1, "pupil": 1, "membership": 1, "guardianship": 1}
    assert tally(report, "leaving") == {"membership": 1, "guardianship": 1}


@pytest.mark.parametrize(
    ("gone", "leaving"),
    [
        (
            Removed("person", ("ida",)),
            {"person": 1, "pupil": 1, "membership": 1, "guardianship": 2, "guardian": 1},
        ),
        (Removed("profile", ("ida", "s1", "pupil")), {"pupil": 1, "membership": 1, "guardian": 1}),
        (Removed("profile", ("lise", "s1")), {"employee": 1, "membership": 1, "role": 1}),
        (Removed("group", ("3a",)), {"group": 1, "membership": 3}),
        (
            Removed("org", ("s1",)),
            {
                "institution": 1,
                "pupil": 2,
                "employee": 1,
                "guardian": 2,
                "role": 1,
                "group": 1,
                "membership": 3,
            },
        ),
    ],
)
async def test_what_rests_on_something_leaves_with_it(
    importer: Importer, gone: Removed, leaving: dict[str, int]
) -> None:
    """R7: an ended relation leaves nothing open behind it."""
    await importer(family_school())
    report = await importer([gone], mode="delta")
    assert tally(report, "leaving") == leaving
    assert (await importer([gone], mode="delta")).changes == 0


async def test_two_sources_do_not_close_each_others_people(
    importer: Importer, storage: Storage
) -> None:
    """Rule 12: each record has one owning source; a mother known to both is one person."""
    await importer(family_school())
    before = await everything(storage)
    daycare: list[Record] = [
        OrgRecord("d1", OrgKind.DAYCARE, "Solstrålen"),
        person("m", "Anna Holm", uniid="anna001"),
        person("l", "Lil Holm", uniid="lil0001"),
        pupil("l", "d1"),
        GuardianshipRecord("m", "l", "Mor", custody=True),
    ]
    report = await importer(daycare, owner="daycare")
    assert report.error_count == 0, report.errors
    assert tally(report, "added") == {
        "institution": 1,
        "person": 1,
        "pupil": 1,
        "guardian": 1,
        "guardianship": 1,
    }
    after = await everything(storage)
    assert all(before[table] <= after[table] for table in before)
    assert (await importer(family_school())).changes == 0
    assert (await importer(daycare, owner="daycare")).changes == 0
    left = await importer(without(family_school(), "mor"))
    assert tally(left, "leaving") == {"guardian": 1, "guardianship": 2}, "the day-care has her"


async def test_source_does_not_touch_what_another_owns(importer: Importer) -> None:
    """Rule 12: the same institution number from elsewhere is refused, and all that rests on it."""
    org = OrgRecord("s1", OrgKind.SCHOOL, "Solvig Skole", "101001")
    await importer([org])
    report = await importer([org, person("x"), pupil("x")], owner="other")
    assert tally(report, "added") == {"person": 1}
    assert {error.code for error in report.errors} == {"record.other-source", "reference.unknown"}


async def test_changed_ids_of_the_source_are_the_same_people(
    importer: Importer, storage: Storage
) -> None:
    """Somebody with the same uniid under a new source id keeps everything."""
    await importer([school(), person("ida", "Ida Holm", uniid="ida0001"), pupil("ida")])
    before = {row[0] for row in (await everything(storage))["person"]}
    report = await importer([school(), person("77", "Ida Holm", uniid="ida0001"), pupil("77")])
    assert tally(report, "changed") == {"person": 1}
    assert {row[0] for row in (await everything(storage))["person"]} == before


async def test_uniids_can_be_swapped_but_not_stolen(importer: Importer) -> None:
    """A uniid decides who logs in as whom, so no row may take somebody else's."""
    await importer([person("a", uniid="aaaa01"), person("b", uniid="bbbb01")])
    swapped = [person("a", uniid="bbbb01"), person("b", uniid="aaaa01")]
    assert tally(await importer(swapped), "changed") == {"person": 2}
    assert (await importer(swapped)).changes == 0
    thief = await importer([person("c", uniid="cccc01")], mode="delta")
    assert tally(thief, "added") == {"person": 1}
    thief = await importer([person("c", uniid="aaaa01")], mode="delta")
    assert [error.code for error in thief.errors] == ["uniid.taken"]


async def test_roles_follow_the_delivery(importer: Importer) -> None:
    """ADM-2: a right that the source no longer gives ends with the next delivery."""
    await importer(family_school())
    plain = [
        employee("lise") if record == employee("lise", roles=("leader",)) else record
        for record in family_school()
    ]
    report = await importer(plain)
    assert tally(report, "leaving") == {"role": 1}
    assert tally(await importer(family_school()), "returning") == {"role": 1}


@pytest.mark.parametrize(
    ("about", "left_out", "leaving"),
    [
        (("person", "ida"), "ida", {}),
        (("person", "mor"), "mor", {}),
        (("group", "3a"), "3a", {}),
        (
            ("membership", "3a", "lise"),
            "lise",
            {"person": 1, "employee": 1, "membership": 1, "role": 1},
        ),
        ((), "ida", {"person": 1, "pupil": 1, "membership": 1, "guardianship": 2, "guardian": 1}),
    ],
)
async def test_bad_row_does_not_look_like_leaving(
    importer: Importer, about: tuple[str, ...], left_out: str, leaving: dict[str, int]
) -> None:
    """What a bad row is about stays with what rests on it; without a word of it, it has left."""
    await importer(family_school())
    bad = RowError("users.csv", 2, "role", _("The value is missing"), "value.missing", about=about)
    report = await importer([*without(family_school(), left_out), bad])
    assert tally(report, "leaving") == leaving


async def test_record_the_platform_refuses_closes_nobody(importer: Importer) -> None:
    """The same holds for what the format could read and the platform cannot take."""
    await importer(family_school())
    bad = PersonRecord("ida", "x" * 2000, "Holm")
    report = await importer([bad if one == IDA else one for one in family_school()])
    assert (report.changes, report.error_count) == (0, 1)


async def test_dropped_contact_person_leaves_with_the_delta(importer: Importer) -> None:
    """R7: a child's row that names the mother alone ends the father's access, and only his."""
    await importer(family_school())
    row: list[Record] = [
        IDA,
        Unchanged("guardianship", ("mor", "ida")),
        Complete("guardianship", ("ida",)),
        Complete("profile", ("lise",)),
    ]
    report = await importer(row[:2], mode="delta")
    assert report.changes == 0, "without the word nothing is concluded"
    report = await importer(row, mode="delta")
    assert tally(report, "leaving") == {
        "guardianship": 1,
        "guardian": 1,
        "employee": 1,
        "role": 1,
        "membership": 1,
    }
    assert (await importer(row, mode="delta")).changes == 0


async def test_bad_row_of_a_membership_ends_only_the_others(importer: Importer) -> None:
    """The one that the bad row is about stays; the one that nothing is said of has left."""
    await importer(family_school())
    kept, gone = MembershipRecord("3a", "ida"), MembershipRecord("3a", "bo")
    bad = RowError(
        "enrollments.csv",
        2,
        "role",
        _("The value is missing"),
        "value.missing",
        about=("membership", "3a", "ida"),
    )
    rest = [one for one in family_school() if one not in (kept, gone)]
    assert tally(await importer([*rest, bad]), "leaving") == {"membership": 1}
