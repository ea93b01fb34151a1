"""``python -m aula_plugins.demo generate OUT``: the fictional municipality as files."""

from datetime import date
from pathlib import Path

import click

from aula_plugins.demo.generator import SEED, Recipe, generate, school_year_of


@click.group()
def main() -> None:
    """Make the fictional municipality."""


@main.command("generate")
@click.option("--seed", default=SEED, show_default=True, help="Another seed, other families.")
@click.option("--school-year", type=int, help="The year in which it begins; the present one.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def write_files(seed: int, school_year: int | None, out: Path) -> None:
    """Write OneRoster 1.2 files for two municipalities, and people.json, to OUT."""
    today = date.today()  # noqa: DTZ011  # The day on the wall of whoever runs it.
    recipe = Recipe(seed, school_year_of(today) if school_year is None else school_year)
    made = generate(out, recipe)
    click.echo(f"{'Written' if made else 'Already there'}: {out}")


if __name__ == "__main__":
    main()
