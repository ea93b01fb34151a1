"""Whatever a file holds: no exception, every bad element has a place, no value is repeated."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aula_plugins.stil.grammar import PEOPLE, SURVEY, Rule
from aula_plugins.stil.problems import REASONS
from aula_plugins.stil.reading import Export
from aula_plugins.stil.settings import NAMESPACE, StilSettings
from aula_sdk.errors import Invalid
from aula_sdk.stamdata_source import (
    Delivery,
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
    max_examples=2000 if LONG else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SAMPLES = Path(__file__).parent / "data"
CPR = "0101991234"

TEXTS = st.one_of(
    st.sampled_from(
        ["", "true", "NEJ", "2", "970001", "skole", "Folkeskole", "Hovedgruppe", "3A", "ole1",
         "mor1", "Mor", "2026-08-01", "2026-08-15T02:00:00Z", "full", "fullmyndighed", "small",
         CPR, "010199-1234", "Lærer", "Elev", "0", "DT", "Konge", " 3 ", "x" * 2_500]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8),
)  # fmt: skip
EXPORT = Export(StilSettings())


def escape(text: str) -> str:
    """Return the text as it may stand in an element or an attribute."""
    for sign, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, reference)
    return text.replace("\ufffe", "").replace("\uffff", "")


@st.composite
def elements(draw: st.DrawFn, rule: Rule, depth: int = 0) -> str:
    """Draw an element with some of its fields and parts, and now and then something strange."""
    fields = draw(st.lists(st.sampled_from(sorted(rule.fields.values())), max_size=6)) \
        if rule.fields else []  # fmt: skip
    as_attributes = {field for field in fields if draw(st.booleans())}
    attributes = "".join(f' {each}="{escape(draw(TEXTS))}"' for each in sorted(as_attributes))
    inside = [
        f"<{each}>{escape(draw(TEXTS))}</{each}>" for each in fields if each not in as_attributes
    ]
    for part in rule.parts.values():
        inside += [draw(elements(part, depth + 1)) for _time in range(draw(st.integers(0, 2)))]
    if draw(st.integers(0, 9)) == 0:
        inside.append(f"<Strange>{escape(draw(TEXTS))}<CPR>{CPR}</CPR></Strange>")
    return f"<{rule.name}{attributes}>{''.join(draw(st.permutations(inside)))}</{rule.name}>"


@st.composite
def exports_of_anything(draw: st.DrawFn) -> bytes:
    """Draw an export whose envelope and institution are good more often than not."""
    institution = PEOPLE.parts["institution"]
    people = draw(st.lists(elements(institution.parts["institutionperson"]), max_size=4))
    groups = draw(st.lists(elements(SURVEY.parts["institution"].parts["group"]), max_size=2))
    number = draw(st.sampled_from(["970001", "970001", "97000", CPR]))
    head = (
        f"<InstitutionNumber>{number}</InstitutionNumber><InstitutionName>Skolen</InstitutionName>"
        "<InstitutionType>Skole</InstitutionType>"
    )
    package = draw(st.sampled_from(["full", "full", "fullmyndighed", "small", "stor"]))
    narrowed = draw(st.sampled_from(["", "", "<Filter><Level>3</Level></Filter>"]))
    text = (
        f'<UNILoginExport xmlns="{NAMESPACE}" exportDateTime="2026-08-15T02:00:00Z" '
        f'accessLevel="{package}">{narrowed}<Institution>{head}{"".join(groups + people)}'
        "</Institution></UNILoginExport>"
    )
    return text.encode()


def ask(path: Path) -> tuple[Delivery | None, str]:
    """Return what inspecting gives, and what it says when it refuses."""
    try:
        return EXPORT.inspect(path), ""
    except Invalid as refused:
        return None, f"{refused.detail} {refused.extra}"


def check(path: Path) -> tuple[list[Any], Delivery | None]:
    """Read a delivery and hold what comes against what is promised; return the records."""
    found = [*EXPORT.read(path)]
    for each in found:
        if isinstance(each, RowError):
            assert each.code in REASONS
            assert each.line >= 0
            assert str(each.reason)
            assert CPR not in str(each.reason)
    assert CPR not in repr(found)
    delivery, said = ask(path)
    assert CPR not in said
    is_refused = isinstance(found[-1], RowError) and found[-1].fatal
    assert (delivery is None) == is_refused, "what inspecting refuses, reading refuses"
    return [each for each in found if not isinstance(each, RowError)], delivery


@WILD
@given(exports_of_anything())
def test_odd_elements_never_raise(data: bytes) -> None:
    """Every bad element is reported; records refer backwards and nobody is there twice."""
    with TemporaryDirectory() as name:
        path = Path(name) / "export.xml"
        path.write_bytes(data)
        records, _delivery = check(path)
    known: dict[type, set[str]] = {OrgRecord: set(), PersonRecord: set(), GroupRecord: set()}
    for record in records:
        if type(record) in known:
            assert record.source_id not in known[type(record)]
            known[type(record)].add(record.source_id)
        if isinstance(record, ProfileRecord):
            assert record.org_source_id in known[OrgRecord]
            assert record.person_source_id in known[PersonRecord]
        if isinstance(record, GuardianshipRecord):
            assert {record.child_source_id, record.guardian_source_id} <= known[PersonRecord]
        if isinstance(record, MembershipRecord):
            assert record.person_source_id in known[PersonRecord]
            assert record.group_source_id in known[GroupRecord]


@WILD
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data: bytes) -> None:
    """Files of anything at all end in a report, not in an exception."""
    with TemporaryDirectory() as name:
        for suffix in ("xml", "zip"):
            path = Path(name) / f"delivery.{suffix}"
            path.write_bytes(data)
            records, delivery = check(path)
            assert (records, delivery) == ([], None)


@WILD
@given(st.data())
def test_damaged_good_files_never_raise(data: st.DataObject) -> None:
    """A good export with a few bytes changed anywhere is still read or refused in words."""
    content = bytearray(
        (SAMPLES / data.draw(st.sampled_from(["full.xml", "odd.xml"]))).read_bytes()
    )
    for _change in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.sampled_from(b'<>&"/\x00\xff\xc3;0 a'))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(1, len(content) - 1)) :]
    with TemporaryDirectory() as name:
        path = Path(name) / "export.xml"
        path.write_bytes(bytes(content).replace(b"0101171234", CPR.encode()))
        check(path)
