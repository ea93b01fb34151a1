"""From a vendor's folder through a running registry into the site: B1, B13, WID-R4."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from aula_platform.widgets.catalogue import Catalogue, read_folder, read_memory, store
from aula_platform.widgets.fetching import Registry, RegistryFailed
from aula_sdk.manifest import (
    EnvelopeRefused,
    parse_manifest,
    sign_key_list,
    sign_package,
    verify_key_list,
    verify_package,
)
from aula_sdk.tools.cli import main as sdk

World = Any  # See conftest.py, which cannot be imported from.
ID = "fjordvang/ugeplan"


class Running:
    """A registry in a process of its own, in demo mode, with one vendor."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._environ = {
            **os.environ,
            "AULA_REGISTRY_MODE": "demo",
            "AULA_REGISTRY_FOLDER": str(folder),
            "AULA_REGISTRY_PORT": str(port),
            "AULA_REGISTRY_BASE_URL": self.url,
        }
        self._command = [sys.executable, "-m", "aula_registry"]
        self.run("migrate")
        self.root_key = self.run("keys", "show")
        contact = ["--name", "Fjordvang", "--contact", "post@fjordvang.example"]
        self.token = self.run("vendor", "add", "fjordvang", *contact)

    def run(self, *words: str) -> str:
        command = [*self._command, *words]
        done = subprocess.run(
            command, env=self._environ, check=True, capture_output=True, text=True, timeout=60
        )
        return done.stdout.strip()

    def serve(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([*self._command, "serve"], env=self._environ)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health").text == "ok":
                    return process
            except httpx.TransportError:
                time.sleep(0.1)
        process.kill()
        raise AssertionError("the registry did not start")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Running(tmp_path_factory.mktemp("registry"), port)
    process = running.serve()
    yield running
    process.terminate()
    process.wait(10)


@pytest.fixture
def client(registry: Running) -> Iterator[Registry]:
    made = Registry(registry.url, registry.root_key)
    yield made
    made.close()


def publish(registry: Running, world: World, folder: Path, **changes: Any) -> str:
    """Publish as a vendor does; return what the tool said."""
    (folder / "aula-widget.json").write_text(json.dumps(world.plain(**changes)))
    environ = {"AULA_REGISTRY_TOKEN": registry.token}
    command = ["publish", str(folder), "--registry", registry.url]
    done = CliRunner().invoke(sdk, command, env=environ)
    assert done.exit_code == 0, done.output
    return done.output


def test_published_searched_added_and_shown(
    registry: Running, client: Registry, world: World, tmp_path: Path
) -> None:
    """B1: from the vendor's folder to the site's, verified at each step; the same again is fine."""
    assert "is approved" in publish(registry, world, tmp_path)
    (found,) = client.search("ugeplan")
    assert (found.id, found.kind, found.supplier) == (ID, "widget", "Fjordvang")
    site = tmp_path / "site"
    assert client.add(site, ID).version == "1.0.0"
    assert client.add(site, f"{ID}@1.0.0").version == "1.0.0"
    catalogue = Catalogue(site, registry.root_key)
    assert set(catalogue.read().widgets) == {ID}
    assert catalogue.read() is catalogue.read()


def test_suspended_is_gone_after_a_refresh(
    registry: Running, client: Registry, world: World, tmp_path: Path
) -> None:
    """B13: what the registry suspends leaves the site at the next refresh, without a restart."""
    publish(registry, world, tmp_path, id="fjordvang/halted")
    site = tmp_path / "site"
    client.add(site, "fjordvang/halted")
    catalogue = Catalogue(site, registry.root_key)
    assert client.refresh(site)[0].outcome == "renewed"
    assert "fjordvang/halted" in catalogue.read().widgets
    registry.run("suspend", "fjordvang/halted@1.0.0", "--by", "Ida", "--reason", "leak")
    (refreshed,) = client.refresh(site)
    assert (refreshed.outcome, "suspended" in refreshed.text) == ("removed", True)
    assert catalogue.read().widgets == {}
    with pytest.raises(RegistryFailed, match="suspended"):
        client.add(site, "fjordvang/halted@1.0.0")


def test_going_back_needs_the_operators_word(
    registry: Running, client: Registry, world: World, tmp_path: Path
) -> None:
    """B1: an older version is refused, unless the operator says so."""
    site = tmp_path / "site"
    for version in ("1.0.0", "1.10.0"):
        publish(registry, world, tmp_path, id="fjordvang/moved", version=version)
    assert client.add(site, "fjordvang/moved").version == "1.10.0"
    with pytest.raises(EnvelopeRefused, match="older"):
        client.add(site, "fjordvang/moved@1.0.0")
    assert client.add(site, "fjordvang/moved@1.0.0", allow_older=True).version == "1.0.0"


def test_another_root_key_is_refused(registry: Running, world: World, tmp_path: Path) -> None:
    """B1: a registry that the operator has not pinned gives nothing to the site."""
    publish(registry, world, tmp_path)
    stranger = Registry(registry.url, world.root_key)
    with pytest.raises(EnvelopeRefused):
        stranger.add(tmp_path / "site", ID)
    assert not (tmp_path / "site").exists()
    stranger.close()


@pytest.mark.parametrize("address", ["ugeplan", "a/b/c", "../../etc/x", "fjordvang/nothing", ""])
def test_an_address_that_is_none_is_told(client: Registry, tmp_path: Path, address: str) -> None:
    """WID-R4: nothing is written for an address that names nothing."""
    with pytest.raises(RegistryFailed):
        client.add(tmp_path / "site", address)
    assert not (tmp_path / "site").exists()


def test_the_site_works_when_the_registry_is_down(world: World, tmp_path: Path) -> None:
    """B1: what is stored is enough; asking again keeps what is there and says so."""
    put(world, tmp_path)
    down = Registry("http://127.0.0.1:9", world.root_key)
    (refreshed,) = down.refresh(tmp_path)
    assert (refreshed.outcome, "does not answer" in refreshed.text) == ("kept", True)
    assert set(Catalogue(tmp_path, world.root_key).read().widgets) == {ID}
    down.close()


def test_the_registry_is_asked_over_https() -> None:
    """R18: what is installed is not fetched in the open."""
    with pytest.raises(RegistryFailed, match="https"):
        Registry("http://registry.example", "")


def put(world: World, folder: Path, **changes: Any) -> Path:
    """Store a package as `Registry.add` does; return its file."""
    key_list = sign_key_list([world.signing.public_key()], world.root, version=1, now=world.now)
    keys = verify_key_list(key_list, world.root_key, now=world.now)
    data = sign_package(parse_manifest(world.plain(**changes)), world.signing, now=world.now)
    store(folder, key_list, keys, verify_package(data, keys, now=world.now))
    return folder / "packages" / "fjordvang__ugeplan.json"


def test_a_changed_byte_is_never_loaded(world: World, tmp_path: Path) -> None:
    """B1: the changed package is named, the others are loaded as before."""
    file = put(world, tmp_path)
    put(world, tmp_path, id="fjordvang/other")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    contents = read_folder(tmp_path, world.root_key, world.now)
    assert set(contents.packages) == {"fjordvang/other"}
    (refusal,) = contents.refusals
    assert refusal.file == file.name
    assert refusal.reason in {"bad-signature", "malformed", "unknown-key"}


def test_a_file_under_another_name_is_refused(world: World, tmp_path: Path) -> None:
    """B1: a good envelope cannot stand in for another package."""
    file = put(world, tmp_path)
    file.rename(file.with_name("fjordvang__other.json"))
    contents = read_folder(tmp_path, world.root_key, world.now)
    assert not contents.packages
    assert contents.refusals[0].file == "fjordvang__other.json"


@pytest.mark.parametrize("spoilt", ["keys.json", "seen.json"])
def test_spoilt_trust_loads_nothing(world: World, tmp_path: Path, spoilt: str) -> None:
    """B1: without the list of keys, or the memory of what was seen, nothing is believed."""
    put(world, tmp_path)
    (tmp_path / spoilt).write_bytes(b"{")
    contents = read_folder(tmp_path, world.root_key, world.now)
    assert not contents.packages
    assert len(contents.refusals) == 2


def test_a_missing_root_key_loads_nothing(world: World, tmp_path: Path) -> None:
    """B1: a site without a pinned key trusts nobody, and starts."""
    put(world, tmp_path)
    assert not read_folder(tmp_path, "", world.now).packages
    assert not read_folder(tmp_path / "none", "", world.now).refusals


def test_expiry_is_told_before_it_comes(world: World, tmp_path: Path) -> None:
    """B1: the health page names what will not be shown for much longer."""
    put(world, tmp_path)
    contents = read_folder(tmp_path, world.root_key, world.now)
    assert contents.expiring(world.now) == ()
    assert contents.expiring(world.now + timedelta(days=80)) == (ID,)
    expired = read_folder(tmp_path, world.root_key, world.now + timedelta(days=91))
    assert [refusal.reason for refusal in expired.refusals] == ["expired"]
    assert read_memory(tmp_path).packages[ID].version == "1.0.0"
