"""A municipality in the making: gives out ids, names and addresses, the same every time."""

import random
import unicodedata
from datetime import date, timedelta
from uuid import UUID, uuid5

from aula_plugins.demo.generator.model import Agent, Group, Org, Person, Post, Seat, Term
from aula_plugins.demo.generator.names import BOYS, FAMILIES, GIRLS, MEN, STREETS, WOMEN

_NAMESPACE = UUID("5b0a4f3e-7f0d-4d60-9d0e-aa2026000001")
_FOLDED = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_GUARDIAN_ROLES = {"Mor": "parent", "Far": "parent"}


def fold(text: str) -> str:
    """Return letters that an address can hold: ``Åse Bæk`` becomes ``aasebaek``."""
    plain = unicodedata.normalize("NFD", text.lower().translate(_FOLDED))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


class Uniids:
    """UNI-IDs, each given once in all municipalities together."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def take(self, given: str, family: str) -> str:
        """Return a new one after the name: four letters and four digits."""
        letters = (fold(given) + fold(family) + "xxxx")[:4]
        number = 1
        while f"{letters}{number:04}" in self._given:
            number += 1
        return self.reserve(f"{letters}{number:04}")

    def reserve(self, uniid: str) -> str:
        """Keep one that was chosen by hand."""
        self._given.add(uniid)
        return uniid


class Town:
    """One municipality. Everything random comes from one seeded source, in one fixed order."""

    def __init__(self, name: str, code: str, seed: int, school_year: int, uniids: Uniids) -> None:
        self.name = name
        self.code = code
        self.school_year = school_year
        self.rng = random.Random(f"{seed}:{name}")  # noqa: S311  # Fiction, not a secret.
        self.orgs: list[Org] = []
        self.people: list[Person] = []
        self.groups: list[Group] = []
        self.seats: list[Seat] = []
        self._uniids = uniids
        self._phones = 0
        self.municipality = self.add_org("kommune", f"{name} Kommune", "district", code, "")
        self.term = self._add_term(school_year)
        self.last_term = self._add_term(school_year - 1)

    def id_of(self, key: str) -> str:
        """Return the opaque id of something that is known by ``key`` here."""
        return str(uuid5(_NAMESPACE, f"{self.name}:{key}"))

    def add_org(self, key: str, name: str, kind: str, number: str, institution_type: str) -> Org:
        """Add an organisation; all but the first lie below the municipality."""
        parent = self.orgs[0].id if self.orgs else ""
        org = Org(self.id_of(key), name, kind, number, parent, institution_type)
        self.orgs.append(org)
        return org

    def add_group(
        self, org: Org, title: str, *, group_type: str, level: str = "", seats: int = 0
    ) -> Group:
        """Add a group of this school year."""
        group = Group(
            id=self.id_of(f"{org.number}:{title}:{self.school_year}"),
            title=title,
            org=org.id,
            homeroom=group_type == "Hovedgruppe",
            group_type=group_type,
            level=level,
            term=self.term.id,
            seats=seats,
        )
        self.groups.append(group)
        return group

    def add_person(
        self, given: str, family: str, *, uniid: str = "", address: str = "", mail: str = "hjem"
    ) -> Person:
        """Add a person with an address, a number that nobody answers, and a mailbox nowhere."""
        place = len(self.people) + 1
        known_by = self._uniids.reserve(uniid) if uniid else self._uniids.take(given, family)
        person = Person(
            id=self.id_of(f"person:{place}"),
            given=given,
            family=family,
            uniid=known_by,
            address=address,
            email=f"{fold(given)}.{fold(family)}.{place}@{mail}.example",
            mobile=self._next_phone(),
        )
        self.people.append(person)
        return person

    def add_adult(
        self, sex: str, family: str = "", *, address: str = "", mail: str = "hjem"
    ) -> Person:
        """Add an adult with a random name."""
        given = self.rng.choice(WOMEN if sex == "f" else MEN)
        return self.add_person(given, family or self.family_name(), address=address, mail=mail)

    def add_child(
        self, group: Group, given: str, family: str, *, uniid: str = "", address: str = ""
    ) -> Person:
        """Add a child to a main group and take one of its seats."""
        child = self.add_person(given, family, uniid=uniid, address=address)
        child.email, child.mobile = "", ""
        child.level = group.level
        child.birth = date(group.birth_year, 1, 1) + timedelta(days=self.rng.randrange(365))
        child.posts.append(Post(group.org, "student"))
        group.seats -= 1
        self.sit(group, child, "student")
        return child

    def tie(
        self, adult: Person, child: Person, relation: str, *, custody: bool, access_level: int = 1
    ) -> None:
        """Make the adult a contact person of the child, where the child goes."""
        adult.agents.append(Agent(child.id, relation, custody, access_level))
        for post in child.posts:
            if post.role == "student":
                adult.works(Post(post.org, _GUARDIAN_ROLES.get(relation, "guardian")))

    def protect(self, person: Person, given: str, family: str) -> None:
        """Let a person go by an alias; what the person signs in with does not tell the name."""
        person.alias = (given, family)
        person.uniid = self._uniids.take(given, family)

    def sit(self, group: Group, person: Person, role: str, *, primary: bool = False) -> None:
        """Put a person into a group."""
        self.seats.append(Seat(group.id, group.org, person.id, role, primary))

    def child_name(self) -> str:
        """Return a child's given name."""
        return self.rng.choice(self.rng.choice((GIRLS, BOYS)))

    def family_name(self) -> str:
        """Return a family name."""
        return self.rng.choice(FAMILIES)

    def new_address(self) -> str:
        """Return an address in a street that only exists here."""
        return f"{self.rng.choice(STREETS)} {self.rng.randint(1, 148)}, 9999 {self.name}"

    def _next_phone(self) -> str:
        # No Danish number begins with 0, so this has the right form and rings nowhere.
        self._phones += 1
        number = f"{self._phones:06}"
        return f"+45 0{self.code[-1]} {number[:2]} {number[2:4]} {number[4:]}"

    def _add_term(self, year: int) -> Term:
        title = f"{year}/{year + 1}"
        return Term(self.id_of(f"term:{year}"), title, date(year, 8, 1), date(year + 1, 8, 1))
