"""Everything of one municipality, as it was at one moment, and nothing of the other."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tracemalloc
import zipfile
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.files.blobs import BlobStore
from aula_platform.files.tables import file
from aula_platform.identity.tables import credential, session
from aula_platform.privacy import NotWhole
from aula_platform.privacy.counting import count, last_export
from aula_platform.privacy.exporting import MANIFEST, README, Manifest, export, file_path
from aula_platform.privacy.parcel import SUMS, Occupied
from aula_platform.privacy.reach import KEPT, NOBODYS, NOT_EXPORTED
from aula_platform.storage import EVERYWHERE, Storage
from aula_platform.storage.wall import COLUMN
from aula_sdk.db import utc_now
from aula_sdk.ids import new_id
from tests.privacy.conftest import Town, silently
from tests.privacy.town import CANARY


def _rows(folder: Path, manifest: Manifest, table: str) -> list[dict[str, Any]]:
    text = (folder / manifest.tables[table].file).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


async def _entry(town: Town, **values: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "municipality_id": town.leaving.id,
        "at": utc_now(),
        "profiles": [],
        "role": "system",
        "assurance": 0,
        "action": "probe.late",
        "details": {},
        "request_id": "",
        **values,
    }


async def test_it_is_all_there_and_nothing_of_anybody_else(town: Town) -> None:
    """R25: each table's rows are counted here and there; each row is the municipality's own."""
    folder = town.folder / "out"
    manifest = await export(town.installation, town.leaving, folder, silently)
    counted = (await count(town.installation, town.leaving)).rows
    # That it was exported, is in the audit only since.
    counted["audit_entry"] -= 1
    for table in town.tables:
        if table.name in NOT_EXPORTED or table.name in NOBODYS:
            assert table.name not in manifest.tables
            assert manifest.left_out[table.name]
            continue
        rows = _rows(folder, manifest, table.name)
        assert len(rows) == manifest.tables[table.name].rows == counted.get(table.name, 0)
        assert rows or table.name in KEPT, table.name
        assert set(manifest.tables[table.name].columns) == set(table.c.keys())
        if COLUMN in table.c:
            assert {row[COLUMN] for row in rows} <= {str(town.leaving.id)}
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert str(town.staying.id).encode() not in everything
    assert CANARY.encode() in everything
    assert manifest.schema["posts"]


async def test_values_have_the_types_that_the_manifest_names(town: Town) -> None:
    """Ids and moments are told in the same way, whichever database they come from."""
    folder = town.folder / "out"
    manifest = await export(town.installation, town.leaving, folder, silently)
    person = _rows(folder, manifest, "stamdata_person")[0]
    types = manifest.tables["stamdata_person"].columns
    assert (types["id"], types["valid_from"], types["protected"]) == ("uuid", "instant", "boolean")
    assert str(UUID(person["id"])) == person["id"]
    assert person["valid_from"].endswith("Z")
    assert person["protected"] in {True, False}


async def test_credentials_stay_here(town: Town) -> None:
    """Neither hashes of sessions nor subjects of log-in brokers are in what is handed over."""
    folder = town.folder / "out"
    await export(town.installation, town.leaving, folder, silently)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    async with town.storage.read(EVERYWHERE) as read:
        sessions = await read.rows(sa.select(session.c.token_hash, session.c.id))
        proved = await read.rows(sa.select(credential.c.id, credential.c.issuer))
    assert sessions
    for row in sessions:
        assert row.token_hash not in everything
        assert str(row.id).encode() not in everything
    for row in proved:
        assert str(row.id).encode() not in everything


async def test_accounts_of_people_who_are_elsewhere_too_are_not_ours_to_give(town: Town) -> None:
    """Rule 8: a guardian of both municipalities keeps her account for herself."""
    folder = town.folder / "out"
    manifest = await export(town.installation, town.leaving, folder, silently)
    accounts = {row["id"] for row in _rows(folder, manifest, "identity_account")}
    linked = {row["account_id"] for row in _rows(folder, manifest, "identity_account_person")}
    assert len(accounts) == 2
    assert len(linked) == 3
    assert accounts < linked


async def test_the_sums_are_right_and_the_archive_holds_the_same(town: Town) -> None:
    """What was handed over can be checked by whoever receives it, without us."""
    folder, archive = town.folder / "out", town.folder / "out.zip"
    manifest = await export(town.installation, town.leaving, folder, silently)
    await export(town.installation, town.leaving, archive, silently)
    lines = (line.partition("  ") for line in (folder / SUMS).read_text().splitlines())
    listed = {name: expected for expected, _space, name in lines}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {*listed, SUMS}
    for name, expected in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name
    assert {MANIFEST, README} < found
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        assert set(packed.namelist()) == found
        same = manifest.tables["stamdata_person"].file
        assert packed.read(same) == (folder / same).read_bytes()
    for path in (folder, archive, folder / MANIFEST):
        assert not path.stat().st_mode & 0o077
    text = (folder / README).read_text(encoding="utf-8")
    assert f"# Udlevering: {town.leaving.name}" in text
    assert "`stamdata_person`" in text
    assert "$" not in text


async def test_all_of_it_is_of_one_moment(town: Town) -> None:
    """What others write meanwhile is not half in it; and they can write."""
    late = await _entry(town)

    def write_meanwhile(table: str) -> None:
        if table == "stamdata_person":
            asyncio.run(_write(town.storage.url, late))

    folder = town.folder / "out"
    # Told within the loop of the export, which must not be the loop that writes.
    manifest = await asyncio.to_thread(
        lambda: asyncio.run(_export_alone(town, folder, write_meanwhile))
    )
    assert str(late["id"]) not in (folder / manifest.tables["audit_entry"].file).read_text()
    async with town.storage.read(EVERYWHERE) as read:
        assert await read.first(sa.select(entry.c.id).where(entry.c.id == late["id"]))


async def _export_alone(town: Town, folder: Path, tell: Any) -> Manifest:
    storage = Storage(town.storage.url)
    there = type(town.installation)(storage, town.installation.owners, town.installation.blobs)

    def tell_elsewhere(table: str) -> None:
        thread = Thread(target=tell, args=(table,))
        thread.start()
        thread.join()

    try:
        return await export(there, town.leaving, folder, tell_elsewhere)
    finally:
        await storage.close()


async def _write(url: str, values: dict[str, Any]) -> None:
    storage = Storage(url)
    async with storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(entry), values)
    await storage.close()


async def test_a_lost_or_changed_file_is_told(town: Town) -> None:
    """The others come; what is wrong is named in the manifest and by the command."""
    async with town.storage.read(EVERYWHERE) as read:
        mine = sa.select(file.c.id, file.c.name).where(file.c.municipality_id == town.leaving.id)
        rows = await read.rows(mine.order_by(file.c.id))
    assert rows
    blobs, source = town.installation.blobs, town.folder / "other"
    source.write_bytes(b"other")
    await blobs.put(rows[0].id, "", source)
    manifest = await export(town.installation, town.leaving, town.folder / "one", silently)
    assert manifest.files.damaged == (rows[0].id,)
    assert (town.folder / "one" / file_path(rows[0].id, rows[0].name)).read_bytes() == b"other"
    await blobs.remove(rows[0].id)
    told = await town.run("export", town.leaving.key, "--to", str(town.folder / "two.zip"))
    assert told.exit_code == 0, told.output
    assert "! 1 files are missing" in told.stderr


async def test_what_is_not_whole_is_refused_and_leaves_nothing(town: Town) -> None:
    """R25: a plugin that is missing is named, instead of being left out."""
    owners = [owner for owner in town.installation.owners if owner.name != "posts"]
    without = type(town.installation)(town.storage, owners, town.installation.blobs)
    folder = town.folder / "out"
    with pytest.raises(NotWhole, match="posts_post"):
        await export(without, town.leaving, folder, silently)
    assert not folder.exists()
    async with town.storage.write(EVERYWHERE) as write:
        await write.execute(sa.text("DELETE FROM posts_alembic_version"))
    with pytest.raises(NotWhole, match="posts are behind"):
        await export(town.installation, town.leaving, folder, silently)
    (town.folder / "full").mkdir()
    (town.folder / "full" / "mine").touch()
    assert await last_export(town.installation, town.leaving) is None


async def test_nothing_is_written_over(town: Town) -> None:
    """What lies under the wanted name stays as it is, and a broken export leaves no half of it."""
    taken = town.folder / "taken.zip"
    taken.write_text("mine")
    with pytest.raises(Occupied):
        await export(town.installation, town.leaving, taken, silently)
    assert taken.read_text() == "mine"

    def break_off(table: str) -> None:
        if table == "stamdata_person":
            raise KeyboardInterrupt

    before = sorted(town.folder.iterdir())
    for name in ("half", "half.zip"):
        with pytest.raises(KeyboardInterrupt):
            await export(town.installation, town.leaving, town.folder / name, break_off)
    assert sorted(town.folder.iterdir()) == before


async def test_memory_does_not_grow_with_the_municipality(town: Town, tmp_path: Path) -> None:
    """Twelve megabytes of rows and files pass through less than half of that."""
    big = "x" * 1000
    rows = [await _entry(town, details={"probe": big}) for _number in range(4_000)]
    async with town.storage.write(EVERYWHERE) as write:
        await write.execute(sa.insert(entry), rows)
        found = await write.scalar(
            sa.select(file.c.id).where(file.c.municipality_id == town.leaving.id).limit(1)
        )
    del rows
    source = tmp_path / "big"
    source.write_bytes(b"0" * 8_000_000)
    blobs: BlobStore = town.installation.blobs
    await blobs.put(found, "", source)
    tracemalloc.start()
    try:
        await export(town.installation, town.leaving, tmp_path / "out.zip", silently)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 6_000_000
