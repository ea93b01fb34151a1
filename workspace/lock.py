"""Write ``requirements.lock``: one lock for all distributions and tools, with hashes, no hosts."""

from __future__ import annotations

import tomllib

from workspace.activation import activate
from workspace.places import LOCK, ROOT, VENV, find_distributions
from workspace.processes import run


def write_lock(*, upgrade: bool) -> int:
    """Resolve anew what the pyproject files ask for; without ``upgrade`` old pins stay."""
    projects = [path / "pyproject.toml" for path in find_distributions()]
    names = [tomllib.loads(path.read_text())["project"]["name"] for path in projects]
    ours = [part for name in names for part in ("--no-emit-package", name)]
    run(
        [
            *(VENV / "bin" / "uv", "pip", "compile", "--quiet", "--universal"),
            *("--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
            *("--no-header", "--group", "pyproject.toml:dev", "--all-extras", *ours),
            *(["--upgrade"] if upgrade else []),
            *("--output-file", LOCK.relative_to(ROOT)),
            *(path.relative_to(ROOT) for path in projects),
        ],
        what="Resolving the lock",
        cwd=ROOT,
        env=activate(),
    )
    return 0
