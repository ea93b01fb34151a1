"""Schools and day-cares with their classes, and the people who work there."""

from dataclasses import dataclass, field

from aula_plugins.demo.generator.model import Group, Org, Person, Post
from aula_plugins.demo.generator.town import Town

SFO_LEVELS = 4
"""Pupils of 0 to 3 go to the SFO."""
LANGUAGE_LEVEL = 5
ELECTIVE_LEVEL = 7


@dataclass
class Place:
    """An institution with the groups in which children are at home."""

    org: Org
    rooms: list[Group]
    years: dict[str, Group] = field(default_factory=dict)
    sfo: list[Group] = field(default_factory=list)
    staff: list[Person] = field(default_factory=list)

    def room(self, title: str) -> Group:
        """Return the class of that name."""
        return next(room for room in self.rooms if room.title == title)


def open_school(
    town: Town,
    key: str,
    name: str,
    number: str,
    *,
    tracks: str,
    levels: int,
    seats: tuple[int, int],
) -> Place:
    """Open a school with the classes 0.A and upwards, year groups and two SFO groups."""
    org = town.add_org(key, name, "school", number, "")
    place = Place(org, [])
    for level in range(levels):
        year = town.add_group(org, f"{level}. årgang", group_type="Årgang", level=str(level))
        place.years[str(level)] = year
        for track in tracks:
            room = town.add_group(
                org,
                f"{level}.{track}",
                group_type="Hovedgruppe",
                level=str(level),
                seats=town.rng.randint(*seats),
            )
            room.birth_year = town.school_year - 6 - level
            place.rooms.append(room)
    for title in ("SFO Strandskaden", "SFO Muslingen"):
        place.sfo.append(town.add_group(org, title, group_type="SFO"))
    return place


def open_daycare(
    town: Town, key: str, name: str, number: str, *, rooms: tuple[str, ...], seats: tuple[int, int]
) -> Place:
    """Open a day-care whose rooms hold children of one to five years."""
    org = town.add_org(key, name, "local", number, "daycare")
    place = Place(org, [])
    for count, title in enumerate(rooms):
        room = town.add_group(
            org, title, group_type="Hovedgruppe", level="DT", seats=town.rng.randint(*seats)
        )
        room.birth_year = town.school_year - 1 - (count % 5)
        place.rooms.append(room)
    return place


def hire(
    town: Town, place: Place, role: str, danish_role: str, person: Person | None = None
) -> Person:
    """Give somebody a post; without a person a new one."""
    if person is None:
        sex = town.rng.choice("fffm")
        person = town.add_adult(sex, address=town.new_address(), mail=town.name.lower())
    person.works(Post(place.org.id, role, danish_role))
    place.staff.append(person)
    return person


def staff_school(town: Town, place: Place, chosen: dict[str, Person]) -> None:
    """Hire teachers, pedagogues and the office, and put them into their classes.

    ``chosen`` names people for certain posts: a class by its title, ``Leder`` and ``TAP``.
    """
    for place_in_list, room in enumerate(place.rooms):
        teacher = hire(town, place, "teacher", "Lærer", chosen.get(room.title))
        town.sit(room, teacher, "teacher", primary=True)
        for colleague in _colleagues(town, place, place_in_list):
            town.sit(room, colleague, "teacher")
        if int(room.level) < SFO_LEVELS:
            pedagogue = hire(town, place, "aide", "Pædagog")
            town.sit(room, pedagogue, "aide")
            town.sit(place.sfo[int(room.level) // 2], pedagogue, "aide")
    hire(town, place, "principal", "Leder", chosen.get("Leder"))
    hire(town, place, "teacher", "Ledelse")
    hire(town, place, "aide", "TAP", chosen.get("TAP"))
    hire(town, place, "teacher", "Vikar")
    hire(town, place, "aide", "Konsulent")
    team = town.add_group(place.org, "Indskolingsteamet", group_type="Team")
    for person in place.staff[:8]:
        town.sit(team, person, "teacher")


def staff_daycare(town: Town, place: Place, chosen: dict[str, Person]) -> None:
    """Hire pedagogues and helpers for each room, and a leader."""
    for room in place.rooms:
        first = hire(town, place, "teacher", "Pædagog", chosen.get(room.title))
        town.sit(room, first, "teacher", primary=True)
        town.sit(room, hire(town, place, "teacher", "Pædagog"), "teacher")
        town.sit(room, hire(town, place, "aide", "Pædagogmedhjælper"), "aide")
    hire(town, place, "principal", "Leder")


def _colleagues(town: Town, place: Place, place_in_list: int) -> list[Person]:
    """Return two teachers of other classes who also teach this one."""
    teachers = [person for person in place.staff if person.posts[0].role == "teacher"]
    others = teachers[: max(place_in_list, 1)]
    return town.rng.sample(others, min(2, len(others) - 1)) if len(others) > 1 else []


def fill_groups(town: Town, place: Place) -> None:
    """Put pupils into year groups, the SFO and teams; and into the class they left behind."""
    teams = {
        "Tysk": town.add_group(place.org, "Tysk 5.-9.", group_type="Hold"),
        "Fransk": town.add_group(place.org, "Fransk 5.-9.", group_type="Hold"),
        "Kor": town.add_group(place.org, "Kor", group_type="Hold"),
        "Idræt": town.add_group(place.org, "Valgfag idræt", group_type="Hold"),
    }
    for number, group in enumerate(teams.values()):
        town.sit(group, place.staff[number % len(place.staff)], "teacher", primary=True)
    for room in place.rooms:
        for person in _pupils(town, room):
            level = int(room.level)
            town.sit(place.years[room.level], person, "student")
            if level < SFO_LEVELS and town.rng.random() < 0.8:  # noqa: PLR2004  # Four of five.
                town.sit(place.sfo[level // 2], person, "student")
            if level >= LANGUAGE_LEVEL:
                town.sit(teams[town.rng.choice(("Tysk", "Tysk", "Fransk"))], person, "student")
            if level >= ELECTIVE_LEVEL and town.rng.random() < 0.3:  # noqa: PLR2004
                town.sit(teams["Idræt"], person, "student")
            if town.rng.random() < 0.06:  # noqa: PLR2004  # A choir of some forty.
                town.sit(teams["Kor"], person, "student")


def remember_last_year(town: Town, place: Place) -> None:
    """Add last year's classes with those who were in them (GRP-5: a new year, new groups)."""
    for room in [room for room in place.rooms if room.level.isdigit() and int(room.level) > 0]:
        title = f"{int(room.level) - 1}.{room.title[-1]}"
        former = Group(
            id=town.id_of(f"{place.org.number}:{title}:{town.school_year - 1}"),
            title=title,
            org=place.org.id,
            homeroom=True,
            group_type="Hovedgruppe",
            level=str(int(room.level) - 1),
            term=town.last_term.id,
        )
        town.groups.append(former)
        for person in _pupils(town, room):
            town.sit(former, person, "student")


def _pupils(town: Town, room: Group) -> list[Person]:
    inside = [
        seat.person for seat in town.seats if seat.group == room.id and seat.role == "student"
    ]
    known = {person.id: person for person in town.people}
    return [known[person] for person in inside]
