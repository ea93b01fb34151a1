"""What is done before the first start, and remembered so that the next start is quick."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import distributions

import msgspec

from aula_plugins.demo import cast
from aula_plugins.demo.generator import SEED, Recipe, generate, school_year_of
from aula_plugins.demo.running.places import Places
from aula_plugins.demo.running.processes import run

Tell = Callable[[str], None]


class Done(msgspec.Struct):
    """What has been done, and from what."""

    recipe: str = ""
    demo_data: str = ""
    published: str = ""


@contextmanager
def progress(places: Places) -> Iterator[Done]:
    """Give what has been done, and keep what is done in the block, even when it fails."""
    done = Done()
    if places.progress.is_file():
        done = msgspec.json.decode(places.progress.read_bytes(), type=Done)
    try:
        yield done
    finally:
        places.progress.write_bytes(msgspec.json.encode(done) + b"\n")


def make_files(places: Places) -> Recipe:
    """Write the municipalities' files, unless they are there; return what they are made from.

    Files that are there are kept when a new school year has begun: the people in the demo are
    those of the day on which it was first started.
    """
    kept = places.files / "recipe.json"
    if kept.is_file():
        recipe = msgspec.json.decode(kept.read_bytes(), type=Recipe)
        recipe = Recipe(recipe.seed, recipe.school_year)
    else:
        today = date.today()  # noqa: DTZ011  # The day on the wall of whoever runs it.
        recipe = Recipe(SEED, school_year_of(today))
    generate(places.files, recipe)
    return recipe


def fill(places: Places, tell: Tell) -> None:
    """Bring the database to the newest schema and fill it; does only what is still to be done."""
    recipe = make_files(places)
    site = ("-m", "aula_platform", "--config", str(places.config))
    with progress(places) as done:
        run(*site, "migrate")
        made_from = f"{recipe.seed} {recipe.school_year} {recipe.form}"
        if done.recipe != made_from:
            for town in (cast.FJORDVANG, cast.BAKKEDAL):
                tell(town)
                folder = places.files / town.lower()
                run(
                    *site, "import", "oneroster", str(folder), "--municipality", town.lower(),
                    "--apply", "--yes-remove",
                )  # fmt: skip
            done.recipe = made_from
            done.demo_data = ""
        if done.demo_data != (installed := _installed()):
            tell("demo-data")
            run(*site, "demo-data")
            done.demo_data = installed


def _installed() -> str:
    """Return which plugins there are: another one has content of its own."""
    return " ".join(
        sorted(
            f"{found.name} {found.version}"
            for found in distributions()
            if found.entry_points.select(group="aula.plugins")
        )
    )
