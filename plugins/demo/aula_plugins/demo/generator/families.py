"""Families of every make, until all seats are taken."""

from collections.abc import Callable

from aula_plugins.demo.generator.model import Group, Person
from aula_plugins.demo.generator.names import WOMEN, joined_family_name
from aula_plugins.demo.generator.places import Place
from aula_plugins.demo.generator.town import Town

Parents = Callable[[Town, list[Person], str, str], None]
"""Add the adults of these children: (town, children, family name, the children's address)."""


def fill_with_families(town: Town, places: list[Place]) -> None:
    """Move families into the municipality until no class and no day-care room has a free seat."""
    while True:
        rooms = [room for place in places for room in place.rooms if room.seats > 0]
        if not rooms:
            return
        _move_in(town, rooms)


def _move_in(town: Town, rooms: list[Group]) -> None:
    first = rooms[0] if town.rng.random() < 0.5 else town.rng.choice(rooms)  # noqa: PLR2004
    homes = [first]
    for _sibling in range(town.rng.choices((0, 1, 2), weights=(38, 47, 15))[0]):
        apart = [
            room
            for room in rooms
            if room not in homes
            and min(abs(room.birth_year - home.birth_year) for home in homes) >= 1
            and max(abs(room.birth_year - home.birth_year) for home in homes) <= 7  # noqa: PLR2004
        ]
        near = [room for room in apart if room.org == first.org]
        if apart:
            homes.append(town.rng.choice(near if near and town.rng.random() < 0.7 else apart))  # noqa: PLR2004
    family, address = town.family_name(), town.new_address()
    children = [town.add_child(room, town.child_name(), family, address=address) for room in homes]
    makes, weights = zip(*_MAKES, strict=True)
    town.rng.choices(makes, weights=weights)[0](town, children, family, address)


def _together(town: Town, children: list[Person], family: str, address: str) -> None:
    mother = town.add_adult("f", family, address=address)
    other = family if town.rng.random() < 0.6 else town.family_name()  # noqa: PLR2004
    father = town.add_adult("m", other, address=address)
    for child in children:
        child.family = joined_family_name(family, other)
        town.tie(mother, child, "Mor", custody=True)
        town.tie(father, child, "Far", custody=True)


def _two_mothers(town: Town, children: list[Person], family: str, address: str) -> None:
    for _mother in range(2):
        mother = town.add_adult("f", family, address=address)
        for child in children:
            town.tie(mother, child, "Mor", custody=True)


def _shared_custody(town: Town, children: list[Person], family: str, address: str) -> None:
    mother = town.add_adult("f", town.family_name(), address=address)
    father = town.add_adult("m", family, address=town.new_address())
    for child in children:
        town.tie(mother, child, "Mor", custody=True)
        town.tie(father, child, "Far", custody=True)


def _single_custody(town: Town, children: list[Person], family: str, address: str) -> None:
    """One parent has custody; the other sees what is extended to them, or nothing."""
    mother = town.add_adult("f", family, address=address)
    father = town.add_adult("m", town.family_name(), address=town.new_address())
    keeps, other = (mother, father) if town.rng.random() < 0.75 else (father, mother)  # noqa: PLR2004
    level = town.rng.choice((1, 2))
    for child in children:
        town.tie(keeps, child, "Mor" if keeps is mother else "Far", custody=True)
        town.tie(
            other,
            child,
            "Mor" if other is mother else "Far",
            custody=False,
            access_level=level,
        )


def _one_parent(town: Town, children: list[Person], family: str, address: str) -> None:
    mother = town.add_adult("f", family, address=address)
    for child in children:
        town.tie(mother, child, "Mor", custody=True)


def _with_step_parent(town: Town, children: list[Person], family: str, address: str) -> None:
    _shared_custody(town, children, family, address)
    partner = town.add_adult("m", address=address)
    for child in children:
        town.tie(partner, child, "Andet", custody=False, access_level=2)


def _with_grandparent(town: Town, children: list[Person], family: str, address: str) -> None:
    """A grandmother whom the school may call, and who sees nothing in the platform."""
    _one_parent(town, children, family, address)
    grandmother = town.add_adult("f", family, address=town.new_address())
    for child in children:
        town.tie(grandmother, child, "Andet", custody=False)


def _protected(town: Town, children: list[Person], family: str, address: str) -> None:
    """STM-12: a family that goes by an alias; nobody may learn where they live."""
    mother = town.add_adult("f", family, address=address)
    alias = town.family_name()
    town.protect(mother, town.rng.choice(WOMEN), alias)
    for child in children:
        town.protect(child, town.child_name(), alias)
        town.tie(mother, child, "Mor", custody=True)


_MAKES: tuple[tuple[Parents, int], ...] = (
    (_together, 600),
    (_two_mothers, 15),
    (_shared_custody, 200),
    (_single_custody, 75),
    (_one_parent, 55),
    (_with_step_parent, 25),
    (_with_grandparent, 25),
    (_protected, 5),
)
