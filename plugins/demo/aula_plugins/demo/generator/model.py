"""What the generator makes before it is written: people, places, groups and their ties."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Org:
    """An organisation."""

    id: str
    name: str
    type: str
    number: str
    parent: str = ""
    institution_type: str = ""


@dataclass
class Agent:
    """A child of whom a person is a contact person."""

    child: str
    relation: str
    custody: bool
    access_level: int


@dataclass
class Post:
    """A role at an organisation."""

    org: str
    role: str
    danish_role: str = ""
    external: bool = False


@dataclass
class Person:
    """A fictional person. ``alias`` goes on in place of a protected person's name."""

    id: str
    given: str
    family: str
    uniid: str
    email: str = ""
    mobile: str = ""
    address: str = ""
    birth: date | None = None
    level: str = ""
    alias: tuple[str, str] | None = None
    mobile_protected: bool = False
    agents: list[Agent] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def works(self, post: Post) -> None:
        """Give the person a role, unless it is there already."""
        if all((known.org, known.role) != (post.org, post.role) for known in self.posts):
            self.posts.append(post)


@dataclass
class Group:
    """A class, year group, team, SFO group or the like."""

    id: str
    title: str
    org: str
    homeroom: bool
    group_type: str
    level: str
    term: str
    seats: int = 0
    birth_year: int = 0


@dataclass
class Seat:
    """Somebody in a group."""

    group: str
    org: str
    person: str
    role: str
    primary: bool = False
    begins: date | None = None
    ends: date | None = None


@dataclass
class Term:
    """A school year."""

    id: str
    title: str
    begins: date
    ends: date
