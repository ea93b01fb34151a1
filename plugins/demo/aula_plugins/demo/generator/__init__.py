"""Makes the fictional municipalities as OneRoster files, the same every time from one seed."""

from datetime import date
from pathlib import Path

import msgspec

from aula_plugins.demo.generator.municipalities import build
from aula_plugins.demo.generator.writing import write_people, write_town

SEED = 2026
FORM = 1
"""Raised when the generator makes something else from the same seed."""
_RECIPE = "recipe.json"


class Recipe(msgspec.Struct, frozen=True):
    """From what a folder of files was made."""

    seed: int
    school_year: int
    form: int = FORM


def school_year_of(day: date) -> int:
    """Return the year in which the school year of ``day`` began."""
    return day.year if (day.month, day.day) >= (8, 1) else day.year - 1


def generate(folder: Path, recipe: Recipe) -> bool:
    """Write ``fjordvang/``, ``bakkedal/`` and ``people.json``; return whether anything was done.

    A folder that was made from the same recipe is left as it is.
    """
    wanted = msgspec.json.encode(recipe) + b"\n"
    mark = folder / _RECIPE
    if mark.is_file() and mark.read_bytes() == wanted:
        return False
    mark.unlink(missing_ok=True)
    for town in build(recipe.seed, recipe.school_year):
        write_town(town, folder / town.name.lower())
    write_people(folder / "people.json")
    mark.write_bytes(wanted)
    return True
