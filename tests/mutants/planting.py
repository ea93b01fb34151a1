"""Plants one mutant: a pytest plugin for a process of its own (``-p tests.mutants.planting``).

The named module is compiled from its source with one guard taken out, before anything imports it;
nothing is written. A guard that is no longer there, or is there twice, ends the process: a mutant
that changes nothing would count as one that no test kills.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from tests.mutants.catalogue import MUTANTS, Mutant

VARIABLE = "AULA_MUTANT"


def mutate(source: str, mutant: Mutant) -> str:
    """Return the source without the guard; raise LookupError unless it stands there once."""
    found = source.count(mutant.guard)
    if found != 1:
        message = f"{mutant.module} has the guard {found} times: {mutant.guard!r}"
        raise LookupError(message)
    return source.replace(mutant.guard, mutant.instead)


class _Loader(SourceFileLoader):
    """Compiles the mutated source; the stored bytecode is neither read nor written."""

    mutant: Mutant

    def get_code(self, _fullname: str) -> CodeType:
        """Return the module's code, mutated."""
        source = mutate(Path(self.path).read_text(encoding="utf-8"), self.mutant)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the one module to be mutated; everything else is found by others."""
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return None
        loader = _Loader(fullname, spec.origin)
        loader.mutant = self._mutant
        spec.loader = loader
        return spec


if name := os.environ.get(VARIABLE):
    _mutant = MUTANTS[name]
    assert _mutant.module not in sys.modules, f"{_mutant.module} was imported before its mutant"
    sys.meta_path.insert(0, _Finder(_mutant))
