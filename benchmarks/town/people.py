"""The people of a municipality as OneRoster files, which the site imports like any others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from aula_plugins.demo.generator import school_year_of
from aula_plugins.demo.generator.model import Group, Org, Post
from aula_plugins.demo.generator.town import Town, Uniids
from aula_plugins.demo.generator.writing import write_town
from benchmarks.town.size import Size

_LEVELS = 10


def write_people(folder: Path, name: str, code: str, size: Size) -> None:
    """Write the files of a municipality; the same ones for the same name and size."""
    year = school_year_of(date.today())  # noqa: DTZ011  # Groups hold in the present school year.
    town = Town(name, code, 2026, year, Uniids())
    for number in range(size.schools):
        school = town.add_org(
            f"school:{number}", f"Skole {number + 1}", "school", f"{code}{number:03}", ""
        )
        for place in range(size.classes):
            _fill_class(town, school, _open_class(town, school, place), size)
    write_town(town, folder)


def _open_class(town: Town, school: Org, place: int) -> Group:
    level, track = place % _LEVELS, chr(ord("A") + place // _LEVELS)
    room = town.add_group(school, f"{level}.{track}", group_type="Hovedgruppe", level=str(level))
    room.birth_year = town.school_year - 6 - level
    return room


def _fill_class(town: Town, school: Org, room: Group, size: Size) -> None:
    teacher = town.add_person(town.child_name(), town.family_name(), uniid=_uniid(town))
    teacher.works(Post(school.id, "teacher", "Lærer"))
    town.sit(room, teacher, "teacher", primary=True)
    for place in range(size.pupils):
        family = town.family_name()
        pupil = town.add_child(room, town.child_name(), family, uniid=_uniid(town))
        # The first children have two guardians, until there are as many as wanted.
        for relation in ("Mor", "Far")[: 2 if place + size.pupils < size.guardians else 1]:
            guardian = town.add_person(town.child_name(), family, uniid=_uniid(town))
            town.tie(guardian, pupil, relation, custody=True)


def _uniid(town: Town) -> str:
    """Return one that is free in all municipalities; the generator's own search takes long."""
    return f"{town.code.lower()}{len(town.people):07}"
