"""Every table and column of all that is installed says what it keeps about people, or nothing."""

from __future__ import annotations

from contextvars import copy_context

import sqlalchemy as sa

from aula_platform.data_map import list_personal_data
from aula_platform.kernel import owners_of
from aula_platform.plugin_host import start_host
from aula_sdk.contributions import DataClass, FieldPrivacy, PersonalData
from aula_sdk.data_map import find_gaps
from aula_sdk.db import Id, Instant, plugin_metadata, plugin_table
from aula_sdk.i18n import Text, use_locale

HOST = start_host()
NOBODY = "None is needed: nothing about people is kept here"


def test_every_column_of_every_table_is_declared() -> None:
    """GDPR art. 30: a new column of the kernel or a plugin is not there before it is declared."""
    tables = [table for owner in owners_of(HOST) for table in owner.metadata.tables.values()]
    assert len(tables) > 40
    declared = [one for _owner, one in list_personal_data(HOST)]
    assert find_gaps(tables, declared) == []


def test_what_people_are_told_is_told_in_danish() -> None:
    """Purpose, ground and retention are read by people and their municipality, not by us."""
    texts = {
        text
        for _owner, one in list_personal_data(HOST)
        for text in (one.purpose, one.legal_basis, one.retention, *_whats(one))
    }
    same = {text.message for text in texts if _in("da", text) == _in("en", text)}
    assert len(texts) > 150
    assert same == set()


def _in(locale: str, text: Text) -> str:
    def show() -> str:
        use_locale(locale)
        return str(text)

    return copy_context().run(show)


def _whats(one: PersonalData) -> list[Text]:
    return [field.what for field in one.fields.values()]


def test_who_keeps_nothing_about_people_says_so() -> None:
    """A table without a field about people needs no ground, unless what it is for is people."""
    for owner, one in list_personal_data(HOST):
        if owner in {"stamdata", "identity", "events", "plugin_host", "storage"}:
            assert (_in("en", one.legal_basis) == NOBODY) == (not one.fields), one.table


def _find(**changed: object) -> list[str]:
    metadata = plugin_metadata("toys")
    table = plugin_table(
        metadata,
        "toys_toy",
        sa.Column("id", Id, primary_key=True),
        sa.Column("made_at", Instant),
        sa.Column("owner_id", Id),
        sa.Column("size", sa.Integer),
    )
    text = Text("toys", "why")
    given: dict[str, object] = {
        "fields": {"owner_id": FieldPrivacy(DataClass.ORDINARY, text)},
        "technical": ("size",),
    }
    one = PersonalData("toys_toy", text, text, text, **(given | changed))  # type: ignore[arg-type]
    return find_gaps([table], [one])


def test_each_gap_is_found() -> None:
    """The check would fail: on a column too many, one too few, one said twice, a table unsaid."""
    assert _find() == []
    assert _find(technical=()) == ["toys_toy.size is not declared"]
    assert _find(fields={}) == ["toys_toy.owner_id is not declared"]
    assert _find(technical=("size", "colour")) == ["toys_toy.colour is declared and is no column"]
    assert _find(technical=("size", "owner_id")) == [
        "toys_toy.owner_id is declared as about a person and as technical"
    ]
    text = Text("toys", "why")
    other = PersonalData("toys_box", text, text, text)
    assert find_gaps([], [other, other]) == [
        "toys_box is declared 2 times",
        "toys_box is declared and is no table",
    ]
    metadata = plugin_metadata("toys")
    assert find_gaps([sa.Table("toys_box", metadata)], []) == ["toys_box is not declared"]
