"""Whom it is about: one person of one municipality, by every id that rows can know them by."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from aula_platform.identity.tables import account_person
from aula_platform.privacy.place import Place
from aula_platform.privacy.reach import accounts_alone
from aula_platform.stamdata.tables import guardianship, person, profile
from aula_platform.storage import EVERYWHERE, Storage
from aula_sdk import stamdata
from aula_sdk.ids import PERSON, PROFILE, IdKind


class UnknownPerson(Exception):
    """There is nobody of that id in the municipality; the message repeats the id alone."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The person that an export or an erasure is about."""

    place: Place
    person_id: UUID
    name: str
    profiles: tuple[UUID, ...]
    account_id: UUID | None
    is_alone: bool
    """Whether the account is somebody's in no other municipality."""
    belongs: bool
    """Whether the person belongs to an institution now, or will."""
    for_other: bool = False
    """Whether it is handed to somebody else, such as one of a child's parents."""

    @property
    def ids(self) -> frozenset[UUID]:
        """Every id that names the person: the person, profiles, and the account."""
        account = () if self.account_id is None else (self.account_id,)
        return frozenset((self.person_id, *self.profiles, *account))


async def find_subject(
    storage: Storage, place: Place, key: str, *, for_other: bool = False
) -> Subject:
    """Return the person with this id (``per_…``, of one of the profiles ``pro_…``, or UNI-ID).

    Raises `UnknownPerson`, `WrongIdKind`.
    """
    wanted = person.c.uniid == key
    if key.startswith(f"{PERSON.prefix}_"):
        wanted = person.c.id == PERSON.parse(key)
    elif key.startswith(f"{PROFILE.prefix}_"):
        of_profile = sa.select(profile.c.person_id).where(profile.c.id == _parse(PROFILE, key))
        wanted = person.c.id.in_(of_profile)
    here = person.c.municipality_id == place.id
    async with storage.read(place.wall) as read:
        row = await read.first(sa.select(person.c.id, person.c.name).where(wanted, here))
        if row is None:
            raise UnknownPerson(f"there is nobody {key!r} in {place.key}")
        of_person = sa.select(profile.c.id, profile.c.valid_to).where(
            profile.c.person_id == row.id, profile.c.municipality_id == place.id
        )
        profiles = await read.rows(of_person.order_by(profile.c.id))
        of_account = sa.select(account_person.c.account_id).where(
            account_person.c.person_id == row.id, account_person.c.municipality_id == place.id
        )
        account_id = await read.scalar(of_account)
        now = read.now
    async with storage.read(EVERYWHERE) as everywhere:
        alone = {one.id for one in await everywhere.rows(accounts_alone(place.id))}
    belongs = any(one.valid_to is None or one.valid_to > now for one in profiles)
    return Subject(
        place,
        row.id,
        row.name,
        tuple(one.id for one in profiles),
        account_id,
        account_id in alone,
        belongs,
        for_other,
    )


async def has_guardian(storage: Storage, subject: Subject) -> bool:
    """Whether somebody has custody of the person now."""
    async with storage.read(subject.place.wall) as read:
        held = sa.select(guardianship.c.id).where(
            guardianship.c.child_person_id == subject.person_id,
            guardianship.c.municipality_id == subject.place.id,
            guardianship.c.custody,
            stamdata.valid(guardianship, sa.literal(read.now, guardianship.c.valid_from.type)),
        )
        return await read.first(held.limit(1)) is not None


def _parse(kind: IdKind, key: str) -> UUID:
    return kind.parse(key)
