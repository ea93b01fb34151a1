"""The fictional municipality: the same every time, and with everybody whom the demo tells of."""

import csv
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from aula_plugins.demo import cast
from aula_plugins.demo.generator import Recipe, generate, school_year_of

Rows = list[dict[str, str]]
PHONE = re.compile(r"\+45 0\d \d\d \d\d \d\d")


def table(folder: Path, town: str, name: str) -> Rows:
    with (folder / town / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="session")
def users(demo_files: Path) -> Rows:
    return table(demo_files, "fjordvang", "users")


@pytest.fixture(scope="session")
def by_uniid(users: Rows) -> dict[str, dict[str, str]]:
    return {row["userIds"].removeprefix("{uniid:").removesuffix("}"): row for row in users}


def test_same_seed_same_bytes(demo_files: Path, tmp_path: Path) -> None:
    """Issue 2: reproducible by seed, byte for byte; a second run finds nothing to do."""
    recipe = Recipe(seed=2026, school_year=2026)
    assert generate(tmp_path, recipe)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert made == {
        path.relative_to(demo_files): path.read_bytes() for path in demo_files.rglob("*.*")
    }
    assert not generate(tmp_path, recipe)
    assert generate(tmp_path, Recipe(seed=7, school_year=2026))
    assert (tmp_path / "fjordvang" / "users.csv").read_bytes() != made[Path("fjordvang/users.csv")]


def test_two_schools_and_a_daycare(demo_files: Path) -> None:
    """Issue 2: about 1,500 children in two schools and a day-care; a small second town."""
    orgs = table(demo_files, "fjordvang", "orgs")
    assert Counter(row["type"] for row in orgs) == {
        "district": 1,
        "school": 2,
        "local": 1,
        "department": 1,
    }
    roles = Counter(row["role"] for row in table(demo_files, "fjordvang", "roles"))
    small = Counter(row["role"] for row in table(demo_files, "bakkedal", "roles"))
    assert 1350 <= roles["student"] <= 1600
    assert small["student"] < roles["student"] / 5
    titles = [row["title"] for row in table(demo_files, "fjordvang", "classes")]
    for level in range(10):
        assert {f"{level}.A", f"{level}.B"} <= set(titles)
    assert {"Blå stue", "SFO Muslingen", "Tysk 5.-9.", "3. årgang"} <= set(titles)


def test_last_year_has_its_classes(demo_files: Path) -> None:
    """GRP-5: who was in which class last year can be told from this year's files."""
    terms = {
        row["sourcedId"]: row["title"] for row in table(demo_files, "fjordvang", "academicSessions")
    }
    classes = table(demo_files, "fjordvang", "classes")
    former = [row for row in classes if terms[row["termSourcedIds"]] == "2025/2026"]
    assert {"2.A", "8.B"} <= {row["title"] for row in former}
    seats = Counter(row["classSourcedId"] for row in table(demo_files, "fjordvang", "enrollments"))
    assert all(seats[row["sourcedId"]] > 10 for row in former)


def test_everything_is_made_up(demo_files: Path) -> None:
    """No number that rings, no mailbox that exists, no CPR number, no address that is one."""
    for town in ("fjordvang", "bakkedal"):
        rows = table(demo_files, town, "users")
        assert all(PHONE.fullmatch(row["sms"]) for row in rows if row["sms"])
        assert all(row["email"].endswith(".example") for row in rows if row["email"])
        assert all(", 9999 " in row["metadata.address"] for row in rows if row["metadata.address"])
        text = (demo_files / town / "users.csv").read_text("utf-8")
        assert not re.search(r"(?<![0-9A-Za-z])[0-3]\d[01]\d\d\d-?\d{4}(?![0-9A-Za-z])", text)


def test_nobody_has_another_ones_uniid(demo_files: Path) -> None:
    """A UNI-ID is one person in both municipalities; only one person lives in two."""
    ids = Counter(
        row["userIds"]
        for town in ("fjordvang", "bakkedal")
        for row in table(demo_files, town, "users")
    )
    assert [each for each, count in ids.items() if count > 1] == [f"{{uniid:{cast.RASMUS.uniid}}}"]


def test_the_cast_is_there(demo_files: Path, by_uniid: dict[str, dict[str, str]]) -> None:
    """Everybody in people.json can be found by UNI-ID in the files of each of their towns."""
    people = msgspec.json.decode((demo_files / "people.json").read_bytes())
    assert len(people) == len(cast.CAST) == 16
    assert all(person["description"].keys() == {"da", "en"} for person in people)
    for member in cast.CAST:
        for town in member.towns:
            rows = table(demo_files, town.lower(), "users")
            assert any(row["userIds"] == f"{{uniid:{member.uniid}}}" for row in rows)
    karen = by_uniid[cast.KAREN.uniid]["sourcedId"]
    classes = {row["sourcedId"]: row["title"] for row in table(demo_files, "fjordvang", "classes")}
    teaches = {
        classes[row["classSourcedId"]]
        for row in table(demo_files, "fjordvang", "enrollments")
        if row["userSourcedId"] == karen and row["primary"] == "true"
    }
    assert "3.A" in teaches


def test_families_of_every_make(by_uniid: dict[str, dict[str, str]], users: Rows) -> None:
    """Issue 2: shared and single custody, extended access, none at all, a home, an alias."""

    def rights(uniid: str) -> tuple[str, str, str]:
        row = by_uniid[uniid]
        return (
            row["metadata.relation"],
            row["metadata.childCustody"],
            row["metadata.accessLevel"],
        )

    assert rights(cast.SIGNE.uniid) == ("Mor,Mor", "true,true", "1,1")
    assert rights(cast.MIKKEL.uniid) == ("Far", "true", "1")
    assert rights(cast.LOUISE.uniid) == ("Mor", "true", "1")
    assert rights(cast.KASPER.uniid) == ("Far", "false", "2")
    assert rights(cast.FLEMMING.uniid) == ("", "", "")
    relation = "Officielt tilknyttet person"
    assert rights(cast.TORBEN.uniid) == (f"{relation},{relation}", "false,false", "2,2")
    without = [row for row in users if set(row["metadata.accessLevel"].split(",")) == {"1"}]
    assert any(set(row["metadata.childCustody"].split(",")) == {"false"} for row in without)


def test_protected_people_are_told_by_their_alias(demo_files: Path, users: Rows) -> None:
    """STM-12: the list of log-ins knows the alias only, and a UNI-ID does not tell the name."""
    hidden = [row for row in users if row["metadata.protected"] == "true"]
    assert len(hidden) >= 6
    text = (demo_files / "people.json").read_text("utf-8")
    for row in hidden:
        assert row["metadata.aliasGivenName"]
        assert f"{row['givenName']} {row['familyName']}" not in text
        assert row["familyName"] == "Skjoldborg" or row["metadata.aliasFamilyName"]
        letters = row["username"][:3]
        assert row["metadata.aliasGivenName"].lower().startswith(letters[:2])


@pytest.mark.parametrize(
    ("day", "year"), [((2026, 7, 31), 2025), ((2026, 8, 1), 2026), ((2027, 1, 1), 2026)]
)
def test_school_years_begin_in_august(day: tuple[int, int, int], year: int) -> None:
    """A school year is named by the year in which it begins."""
    from datetime import date

    assert school_year_of(date(*day)) == year
