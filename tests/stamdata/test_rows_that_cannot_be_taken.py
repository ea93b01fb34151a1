"""Every bad row is reported, named and left out; the rest of the delivery is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk.i18n import gettext_for
from aula_sdk.people import Kind
from aula_sdk.stamdata_source import (
    GroupKind,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgKind,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Record,
    RowError,
)
from tests.stamdata.deliveries import (
    Importer,
    everything,
    family_school,
    person,
    pupil,
    tally,
)

_ = gettext_for("aula")
pytestmark = pytest.mark.anyio

CASES: dict[str, tuple[Record, str, str]] = {
    "unknown person": (pupil("nobody"), "person_source_id", "reference.unknown"),
    "unknown institution": (pupil("ida", "nowhere"), "org_source_id", "reference.unknown"),
    "unknown group": (MembershipRecord("9x", "ida"), "group_source_id", "reference.unknown"),
    "unknown member": (MembershipRecord("3a", "nobody"), "person_source_id", "reference.unknown"),
    "unknown guardian": (
        GuardianshipRecord("nobody", "ida"),
        "guardian_source_id",
        "reference.unknown",
    ),
    "own guardian": (
        GuardianshipRecord("ida", "ida"),
        "guardian_source_id",
        "reference.itself",
    ),
    "guardian in a class": (
        MembershipRecord("3a", "mor"),
        "person_source_id",
        "membership.no-profile",
    ),
    "person twice": (person("ida", "Ida To"), "source_id", "record.repeated"),
    "uniid twice": (person("ib", uniid="ida0001"), "uniid", "record.repeated"),
    "membership twice": (MembershipRecord("3a", "ida"), "person_source_id", "record.repeated"),
    "profile twice": (
        ProfileRecord("ida", "s1", Kind.PUPIL, "To"),
        "person_id",
        "record.repeated",
    ),
    "ends first": (
        GroupRecord(
            "4a",
            "s1",
            "4.A",
            GroupKind.MAIN,
            valid_from=datetime(2026, 8, 1, tzinfo=UTC),
            valid_to=datetime(2026, 7, 1, tzinfo=UTC),
        ),
        "valid_to",
        "dates.order",
    ),
    "no zone": (
        GroupRecord("4a", "s1", "4.A", GroupKind.MAIN, valid_from=datetime(2026, 8, 1)),  # noqa: DTZ001
        "valid_from",
        "dates.zone",
    ),
    "no name": (PersonRecord("x", "", " "), "given_name", "value.missing"),
    "no id": (person(""), "source_id", "value.missing"),
    "long id": (person("x" * 256, "Ib"), "source_id", "value.too-long"),
    "cpr as id": (person("010203-1234", "Ib"), "source_id", "cpr.refused"),
    "cpr as uniid": (person("x", uniid="6102031234"), "uniid", "cpr.refused"),
    "cpr in a title": (
        ProfileRecord("lise", "s1", Kind.EXTERNAL, "Vikar 3112991234"),
        "title",
        "cpr.refused",
    ),
}


async def test_bad_records_are_named_and_the_rest_is_taken(
    importer: Importer, storage: Storage
) -> None:
    """Issue 2: file, line or record, field and reason of each; R20: no CPR number comes in."""
    await importer(family_school())
    good = await everything(storage)
    report = await importer(
        [*family_school(), *(record for record, _field, _code in CASES.values())]
    )
    found = Counter((error.field, error.code) for error in report.errors)
    assert found == Counter((field, code) for _record, field, code in CASES.values())
    assert all(error.reason for error in report.errors)
    assert not [error.reason for error in report.errors if "1234" in error.reason]
    assert await everything(storage) == good


async def test_rows_the_format_could_not_read_are_reported_with_their_line(
    importer: Importer,
) -> None:
    bad = RowError("users.csv", 17, "birthDate", _("The value is missing"), "value.missing")
    report = await importer([bad, *family_school()])
    assert report.state == "applied"
    assert (report.errors[0].file, report.errors[0].line) == ("users.csv", 17)
    assert report.errors[0].reason == "Værdien mangler"


async def test_fatal_error_applies_nothing(importer: Importer, storage: Storage) -> None:
    bad = RowError("users.csv", 0, "", _("The value is missing"), "value.missing", fatal=True)
    report = await importer([*family_school(), bad])
    assert report.state == "refused"
    assert not any((await everything(storage)).values())


async def test_repeated_row_closes_nobody(importer: Importer) -> None:
    """A mistake in a row about somebody is no reason to think that they have left."""
    await importer(family_school())
    twice = [record for record in family_school() for _again in (1, 2)]
    report = await importer(twice)
    assert report.changes == 0
    assert report.error_count == len(family_school())


async def test_municipality_is_there_once(importer: Importer) -> None:
    """ID-7: the municipality itself is one institution."""
    orgs = [OrgRecord(key, OrgKind.MUNICIPALITY, "Solvig") for key in ("m1", "m2")]
    report = await importer(orgs)
    assert tally(report, "added") == {"institution": 1}
    assert [error.code for error in report.errors] == ["institution.second"]
    again = await importer([OrgRecord("m9", OrgKind.MUNICIPALITY, "Solvig")], owner="other")
    assert again.changes == 0


async def test_nothing_of_the_delivery_is_left_behind(storage: Storage, importer: Importer) -> None:
    """Staged personal data goes away when the import ends, also when the source fails."""
    import sqlalchemy as sa

    from aula_platform.stamdata.delivery import tables as staging

    def fail() -> Iterator[Record]:
        yield from family_school()
        raise OSError(Path("users.csv"))

    with pytest.raises(OSError, match="users"):
        await importer(fail())
    async with storage.read(EVERYWHERE) as read:
        for table in staging.ALL:
            assert await read.scalar(sa.select(sa.func.count()).select_from(table)) == 0
