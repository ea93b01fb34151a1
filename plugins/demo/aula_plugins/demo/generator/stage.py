"""The cast takes its places: the hand-made families and posts that the demo tells of."""

from aula_plugins.demo import cast
from aula_plugins.demo.cast import Member
from aula_plugins.demo.generator.model import Group, Org, Person, Post
from aula_plugins.demo.generator.places import Place
from aula_plugins.demo.generator.town import Town

HOME_ADDRESS = "Birkelyvej 1"


def enter(town: Town, member: Member, *, address: str = "", mail: str = "hjem") -> Person:
    """Let a member of the cast move in."""
    return town.add_person(
        member.given, member.family, uniid=member.uniid, address=address, mail=mail
    )


def enter_staff(town: Town, member: Member) -> Person:
    """Let a member of the cast move in who works here."""
    return enter(town, member, address=town.new_address(), mail=town.name.lower())


def seat_families(town: Town, school: Place, other_school: Place, daycare: Place) -> None:
    """Seat the families of the cast in the larger municipality."""
    class_3a = school.room("3.A")
    _two_institutions(town, class_3a, daycare.room("Blå stue"))
    _divorced(town, class_3a)
    _extended_access(town, class_3a)
    _protected(town, class_3a, school.room("5.A"))
    _residential_home(town, school.room("4.A"), school.room("7.B"))
    _half_in_another_town(town, school.room("1.B"))
    _teacher_and_guardian(town, other_school, class_3a)
    _pupil_of_8b(town, school.room("8.B"))
    _contact_persons_without_access(town, school.org, class_3a)


def _two_institutions(town: Town, class_3a: Group, room: Group) -> None:
    address = "Kornblomstvej 12, 9999 Fjordvang"
    mother = enter(town, cast.SIGNE, address=address)
    father = town.add_person("Jeppe", "Østergaard", address=address)
    alma = town.add_child(class_3a, "Alma", "Østergaard", uniid=cast.ALMA.uniid, address=address)
    villads = town.add_child(room, "Villads", "Østergaard", address=address)
    for child in (alma, villads):
        town.tie(mother, child, "Mor", custody=True)
        town.tie(father, child, "Far", custody=True)


def _divorced(town: Town, class_3a: Group) -> None:
    mother = enter(town, cast.LOUISE, address=town.new_address())
    father = enter(town, cast.MIKKEL, address=town.new_address())
    child = town.add_child(class_3a, "Karla", "Kjær Brandt", address=mother.address)
    town.tie(mother, child, "Mor", custody=True)
    town.tie(father, child, "Far", custody=True)


def _extended_access(town: Town, class_3a: Group) -> None:
    mother = town.add_person("Nadia", "Winther", address=town.new_address())
    father = enter(town, cast.KASPER, address=town.new_address())
    child = town.add_child(class_3a, "Liam", "Winther", address=mother.address)
    town.tie(mother, child, "Mor", custody=True)
    town.tie(father, child, "Far", custody=False, access_level=2)


def _protected(town: Town, class_3a: Group, class_5a: Group) -> None:
    """The names in the file are real there, and must not be seen anywhere after the import."""
    mother = town.add_person(
        "Henriette", "Skjoldborg", uniid=cast.MARIE.uniid, address="Skjulestien 4, 9999 Fjordvang"
    )
    mother.alias = (cast.MARIE.given, cast.MARIE.family)
    for room, given, alias in ((class_3a, "Leonora", "Mille"), (class_5a, "Tristan", "Emil")):
        child = town.add_child(room, given, "Skjoldborg", address=mother.address)
        town.protect(child, alias, cast.MARIE.family)
        town.tie(mother, child, "Mor", custody=True)


def _residential_home(town: Town, class_4a: Group, class_7b: Group) -> None:
    """Two children of a home: one of its staff is tied to them (ID-4), one is not (ID-14)."""
    address = f"{HOME_ADDRESS}, 9999 Fjordvang"
    tied = enter(town, cast.TORBEN, address=address, mail="birkely")
    other = town.add_person("Vibeke", "Toft", address=address, mail="birkely")
    for person in (tied, other):
        person.works(Post(class_4a.org, "proctor", "Ekstern", external=True))
    for room, given, family in ((class_4a, "Silas", "Hald"), (class_7b, "Freja", "Bonde")):
        child = town.add_child(room, given, family, address=address)
        mother = town.add_adult("f", family, address=town.new_address())
        town.tie(mother, child, "Mor", custody=True)
        town.tie(tied, child, "Officielt tilknyttet person", custody=False, access_level=2)


def _half_in_another_town(town: Town, class_1b: Group) -> None:
    father = enter(town, cast.RASMUS, address="Vibevænget 7, 9999 Fjordvang")
    child = town.add_child(class_1b, "Esther", "Thygesen", address=father.address)
    town.tie(father, child, "Far", custody=True)


def other_half(town: Town, room: Group) -> None:
    """Seat the second child of the family that lives in two municipalities."""
    father = enter(town, cast.RASMUS, address="Vibevænget 7, 9999 Fjordvang")
    mother = town.add_person("Sidsel", "Thygesen", address="Havnefronten 31, 9999 Bakkedal")
    child = town.add_child(room, "Birk", "Thygesen", address=mother.address)
    town.tie(father, child, "Far", custody=True)
    town.tie(mother, child, "Mor", custody=True)


def _teacher_and_guardian(town: Town, works_at: Place, class_3a: Group) -> None:
    mother = next(person for person in works_at.staff if person.uniid == cast.CAMILLA.uniid)
    child = town.add_child(class_3a, "Oscar", "Bjerre", address=mother.address)
    town.tie(mother, child, "Mor", custody=True)


def _pupil_of_8b(town: Town, class_8b: Group) -> None:
    address = town.new_address()
    mother = town.add_person("Pernille", "Krogh", address=address)
    father = town.add_person("Ahmed", "Krogh", address=address)
    child = town.add_child(class_8b, "Malthe", "Krogh", uniid=cast.MALTHE.uniid, address=address)
    town.tie(mother, child, "Mor", custody=True)
    town.tie(father, child, "Far", custody=True)


def _contact_persons_without_access(town: Town, org: Org, class_3a: Group) -> None:
    """One who may be called and sees nothing (STM-9); one who is nobody's guardian any more."""
    mother = town.add_person("Lone", "Møller", address=town.new_address())
    grandfather = town.add_person("Preben", "Møller", address=town.new_address())
    child = town.add_child(class_3a, "Søren", "Møller", address=mother.address)
    town.tie(mother, child, "Mor", custody=True)
    town.tie(grandfather, child, "Andet", custody=False)
    former = enter(town, cast.FLEMMING, address=town.new_address())
    former.works(Post(org.id, "guardian"))
