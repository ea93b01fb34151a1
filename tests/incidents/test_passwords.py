"""R14: nobody has a password here, so none can be weak, guessed or handed round."""

from __future__ import annotations

import re

import pytest

from aula_platform.kernel import owners_of
from tests.incidents.town import Town

pytestmark = [pytest.mark.xdist_group("incidents"), pytest.mark.timeout(300)]
_PASSWORD = re.compile(r"passw|passphrase|kodeord|adgangskode", re.IGNORECASE)


def test_no_password_is_asked_or_kept(town: Town) -> None:
    """R14: no column of any table, no field of any body and of any page is for one."""
    app = town.running.app
    columns = [
        f"{table.name}.{column.name}"
        for owner in owners_of(app.state.host)
        for table in owner.metadata.sorted_tables
        for column in table.c
    ]
    assert len(columns) > 200
    assert [name for name in columns if _PASSWORD.search(name)] == []
    assert not _PASSWORD.search(repr(app.openapi_schema.to_schema()))
    # The PIN of shared devices is typed unseen, too; it lets in where a device was paired, no
    # further than to what is ordinary, and locks after five tries.
    asked = [
        str(one)
        for one in town.walk.seen
        for field in re.findall(r"<input[^>]*>", one.answer.text)
        if 'type="password"' in field and 'name="pin"' not in field
    ]
    assert asked == []
