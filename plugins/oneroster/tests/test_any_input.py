"""Whatever a file holds: no exception, every bad row has a place, no value is repeated."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aula_plugins.oneroster.problems import REASONS
from aula_plugins.oneroster.reading import inspect, read
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_source import (
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    RowError,
)

LONG = os.environ.get("AULA_LONG") == "1"
WILD = settings(
    max_examples=2000 if LONG else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ODD_CELLS = st.one_of(
    st.sampled_from(
        [
            "", "true", "TRUE", "0", "ja", "tobedeleted", "active", "inactive", "student", "Parent",
            "guardian", "teacher", "principal", "skole", "kommune", "u1", "u2", "u1,u2", ",,", "k1",
            "2026-08-01", "2026-08-01T00:00:00Z", "9999-12-31", "0101991234", "{uniid:abc1}",
            "{uniid:0101991234}", '"', "{", "03", "KG", "true,false", "\N{NO-BREAK SPACE}", "\x00",
            "\u2028", "\udcff", "'; DROP TABLE", "=1+1", "x" * 300,
        ]
    ),
    st.text(max_size=12),
)  # fmt: skip
COLUMNS = {
    "orgs": ["sourcedId", "status", "name", "type", "identifier", "parentSourcedId",
             "metadata.institutionType"],
    "academicSessions": ["sourcedId", "status", "startDate", "endDate"],
    "courses": ["sourcedId", "status", "grades"],
    "classes": ["sourcedId", "status", "title", "grades", "courseSourcedId", "classType",
                "schoolSourcedId", "termSourcedIds", "metadata.groupType"],
    "users": ["sourcedId", "status", "enabledUser", "orgSourcedIds", "role", "userIds",
              "givenName", "familyName", "identifier", "email", "sms", "agentSourcedIds", "grades",
              "metadata.protected", "metadata.aliasGivenName", "metadata.relation",
              "metadata.childCustody", "metadata.accessLevel"],
    "roles": ["sourcedId", "status", "userSourcedId", "role", "beginDate", "endDate",
              "orgSourcedId", "metadata.external"],
    "demographics": ["sourcedId", "status", "birthDate"],
    "enrollments": ["sourcedId", "status", "classSourcedId", "userSourcedId", "role", "beginDate",
                    "endDate"],
}  # fmt: skip


def encode(cells: list[str]) -> str:
    return ",".join(
        '"' + cell.replace('"', '""') + '"' if '"' not in cell[:1] else cell for cell in cells
    )


@st.composite
def deliveries(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw files with the standard's columns, odd cells, and now and then a mangled line."""
    version = draw(st.sampled_from(["1.1", "1.2"]))
    manifest = ["propertyName,value", f"oneroster.version,{version}"]
    files = {}
    for name, columns in COLUMNS.items():
        mode = draw(st.sampled_from(["bulk", "bulk", "delta", "absent"]))
        manifest.append(f"file.{name},{mode}")
        rows = draw(st.lists(st.lists(ODD_CELLS, min_size=1, max_size=len(columns)), max_size=5))
        lines = [",".join(columns), *(encode(row) for row in rows)]
        files[f"{name}.csv"] = "\n".join(lines).encode("utf-8", "surrogateescape")
    files["manifest.csv"] = "\n".join(manifest).encode()
    return files


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


def check(folder: Path) -> list[Any]:
    """Read a delivery and hold what comes against what is promised; return the records."""
    found = [*read(folder)]
    for each in found:
        if isinstance(each, RowError):
            assert each.code in REASONS
            assert each.line >= 0
            assert each.file.endswith(".csv") or each.fatal
            assert str(each.reason)
            assert "0101991234" not in str(each.reason)
    assert "0101991234" not in repr([each for each in found if not isinstance(each, RowError)])
    return [each for each in found if not isinstance(each, RowError)]


@WILD
@given(deliveries())
def test_odd_cells_never_raise(files: dict[str, bytes]) -> None:
    """Issue 2: every bad row is reported with file, line and reason; records refer backwards."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, files)
        records = check(folder)
        try:
            delivery = inspect(folder)
        except Invalid:
            assert records == []
            return
    known: dict[type, set[str]] = {OrgRecord: set(), PersonRecord: set(), GroupRecord: set()}
    for record in records:
        if type(record) in known:
            assert record.source_id not in known[type(record)]
            known[type(record)].add(record.source_id)
        if delivery.mode == "bulk" and {"org", "person"} <= delivery.kinds:
            if isinstance(record, ProfileRecord):
                assert record.org_source_id in known[OrgRecord]
            if isinstance(record, GuardianshipRecord):
                assert record.child_source_id in known[PersonRecord]
                assert record.guardian_source_id in known[PersonRecord]
            if isinstance(record, MembershipRecord):
                assert record.person_source_id in known[PersonRecord]


@WILD
@given(st.dictionaries(st.sampled_from(["manifest", *COLUMNS]), st.binary(max_size=200)))
def test_any_bytes_never_raise(files: dict[str, bytes]) -> None:
    """Files of anything at all end in a report, not in an exception."""
    with TemporaryDirectory() as name:
        write(Path(name), {f"{table}.csv": data for table, data in files.items()})
        check(Path(name))


@WILD
@given(st.data())
def test_damaged_good_files_never_raise(data: st.DataObject) -> None:
    """A good delivery with a few bytes changed anywhere is still read or refused in words."""
    source = Path(__file__).parent / "data" / data.draw(st.sampled_from(["v1p1", "v1p2"]))
    files = {path.name: bytearray(path.read_bytes()) for path in sorted(source.iterdir())}
    for _change in range(data.draw(st.integers(1, 5))):
        content = files[data.draw(st.sampled_from(sorted(files)))]
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from(b'",\n\r\x00\xff\xc3;{0'))
    with TemporaryDirectory() as name:
        write(Path(name), {each: bytes(content) for each, content in files.items()})
        check(Path(name))


@WILD
@given(st.binary(max_size=300))
def test_any_zip_never_raises(data: bytes) -> None:
    """A file that only claims to be a zip is refused."""
    with TemporaryDirectory() as name:
        path = Path(name) / "delivery.zip"
        path.write_bytes(data)
        [error] = read(path)
        assert isinstance(error, RowError)
        assert error.fatal
