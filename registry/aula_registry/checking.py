"""A stranger's manifest is checked by ``aula-sdk check`` in a process of its own."""

import asyncio
import contextlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from aula_registry.problems import CheckFailed, ManifestRefused
from aula_sdk.manifest import Finding, Manifest, parse_manifest

MAX_ANSWER_BYTES = 1_000_000


class _Checked(msgspec.Struct, frozen=True):
    ok: bool
    findings: tuple[Finding, ...]
    manifest: dict[str, Any] | None = None


async def check_manifest(plain: Any, *, demo: bool, seconds: int) -> Manifest:
    """Return the manifest if the check finds no error in it.

    The check runs isolated: no environment, an empty folder, little memory and CPU, a time limit.
    Raises `ManifestRefused` with its findings, `CheckFailed` when it did not answer.
    """
    with tempfile.TemporaryDirectory(prefix="aula-check-") as folder:
        file = Path(folder) / "manifest.json"
        file.write_text(json.dumps(plain), encoding="utf-8")
        answer = await _run(file, demo=demo, seconds=seconds)
    try:
        checked = msgspec.json.decode(answer, type=_Checked)
    except msgspec.DecodeError:
        raise CheckFailed from None
    if not checked.ok or checked.manifest is None:
        raise ManifestRefused(checked.findings)
    return parse_manifest(checked.manifest)


async def _run(file: Path, *, demo: bool, seconds: int) -> bytes:
    command = [sys.executable, "-I", "-m", "aula_sdk.tools", "check", "--json", "--limited"]
    process = await asyncio.create_subprocess_exec(
        *command,
        *(["--demo"] if demo else []),
        str(file),
        cwd=file.parent,
        env={"LANG": "C.UTF-8"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        answer, _errors = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        raise CheckFailed from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if len(answer) > MAX_ANSWER_BYTES:
        raise CheckFailed
    return answer
