"""``aula-sdk check``: everything that can be said of a manifest without asking a person."""

import json
from pathlib import Path
from typing import Any

import msgspec

from aula_sdk.manifest import (
    Finding,
    Manifest,
    ManifestInvalid,
    check_rules,
    find_manifest,
    plain_manifest,
    read_manifest,
    sha256_of,
)


class CheckResult(msgspec.Struct, frozen=True):
    """What a check came to; ``--json`` writes it as it is here."""

    ok: bool
    file: str
    findings: tuple[Finding, ...]
    manifest: dict[str, Any] | None = None
    sha256: str | None = None


def check_path(path: Path, *, demo: bool) -> tuple[CheckResult, Manifest | None]:
    """Check the manifest at ``path`` (a file or a folder); never raises for what is in it."""
    try:
        file = find_manifest(path)
        manifest = read_manifest(file)
    except ManifestInvalid as error:
        return CheckResult(False, path.name, error.findings), None
    findings = tuple(check_rules(manifest, file.name, demo=demo))
    ok = not any(finding.level == "error" for finding in findings)
    plain = plain_manifest(manifest)
    return CheckResult(ok, file.name, findings, plain, sha256_of(plain)), manifest


def result_as_json(result: CheckResult) -> str:
    """Return the result for programs, on one line."""
    return json.dumps(msgspec.to_builtins(result), ensure_ascii=False)
