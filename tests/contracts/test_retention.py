"""Every table of every plugin says how its rows end (DEL-R1)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from aula_platform.kernel import retention_of
from aula_platform.plugin_host import start_host
from aula_platform.plugin_host.claims import check_contribution
from aula_platform.plugin_host.manager import WrongContribution
from aula_sdk.db import Id, plugin_metadata, plugin_table
from aula_sdk.i18n import Text
from aula_sdk.plugin import Plugin
from aula_sdk.retention import KeptOtherwise, RetentionSubject, find_unanswered

HOST = start_host()


def _answers(plugin: str) -> list[RetentionSubject | KeptOtherwise]:
    subjects = [one for owner, one in HOST.each(RetentionSubject) if owner == plugin]
    return [*subjects, *(one for owner, one in HOST.each(KeptOtherwise) if owner == plugin)]


def test_every_table_of_every_plugin_has_an_answer() -> None:
    """A plugin that keeps something without an end is not there before it says so."""
    owners = HOST.owners()
    assert len(owners) >= 4
    for owner in owners:
        tables = owner.metadata.sorted_tables
        assert list(find_unanswered(tables, _answers(owner.name))) == [], owner.name


def test_each_gap_is_found() -> None:
    """The check would fail: on a table without an answer, and on an answer without a table."""
    metadata = plugin_metadata("toys")
    table = plugin_table(metadata, "toys_toy", sa.Column("id", Id, primary_key=True))
    box = KeptOtherwise("toys.boxes", ("toys_box",), Text("toys", "why"))
    assert list(find_unanswered([table], [])) == ["nobody says how rows of toys_toy end"]
    assert list(find_unanswered([table], [box])) == [
        "nobody says how rows of toys_toy end",
        "toys.boxes speaks of toys_box, which is no table here",
    ]


def test_nobody_deletes_what_is_anothers() -> None:
    """A plugin's subject names its own tables, by its own name."""
    subject = next(one for _owner, one in HOST.each(RetentionSubject))
    plugin = Plugin("toys", Text("toys", "Toys"), Text("toys", "Toys"), package="toys")
    with pytest.raises(WrongContribution, match="must begin with"):
        check_contribution(plugin, subject)
    with pytest.raises(WrongContribution, match="a table"):
        check_contribution(plugin, replace(subject, name="toys.theirs"))


def test_times_contradict_nothing() -> None:
    """Bounds hold the default, and the archive is said whole."""
    subjects = retention_of(HOST)
    assert {"messages.silent", "messages.left", "posts.posts", "groups.ended"} <= set(subjects)
    for one in subjects.values():
        assert {column.name for column in one.table.c} >= {"municipality_id"}, one.name
    post = subjects["posts.posts"]
    for wrong in ({"months": 0}, {"least": 13}, {"formal": None}):
        with pytest.raises(ValueError, match=r"posts\.posts"):
            replace(post, **wrong)
