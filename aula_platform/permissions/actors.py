"""Actors: loaded once, kept while nothing that they are made of has changed (rule 20)."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from aula_platform.identity.sessions import SessionRow
from aula_platform.identity.step_up import is_stepped_up
from aula_platform.identity.tables import account_person
from aula_platform.permissions.ages import is_old_enough, secure_area_age
from aula_platform.permissions.catalogue import Catalogue, IsActive
from aula_platform.permissions.holdings import (
    Decision,
    GrantRow,
    decide,
    holdings_of,
    without_sensitive,
)
from aula_platform.permissions.tables import goes_on, grant, holder
from aula_platform.settings import StepUpSettings
from aula_platform.stamdata import tables as stamdata_tables
from aula_platform.stamdata.queries import ActorRows, actor_rows
from aula_sdk.db import Id
from aula_sdk.errors import NotFound
from aula_sdk.many import many
from aula_sdk.people import Actor, ActorProfile, Assurance, Holding, Kind
from aula_sdk.protocols import ReadUnit

_KEPT = 5_000
_ZONE = ZoneInfo("Europe/Copenhagen")
_FRESH = timedelta(seconds=30)
"""Validity runs out by the clock, without any epoch moving; snapshots are no older than this."""

_PROFILES = many("profiles", Id())
_GRANTS = (
    sa.select(
        grant.c.municipality_id,
        grant.c.institution_id,
        grant.c.group_id,
        grant.c.role,
        grant.c.profile_id,
        grant.c.action,
        grant.c.relation,
        grant.c.allowed,
        grant.c.step_up,
        grant.c.valid_from,
        grant.c.valid_to,
    )
    .where(
        grant.c.municipality_id.in_(many("municipalities", Id())),
        sa.or_(
            grant.c.institution_id.is_(None),
            grant.c.institution_id.in_(many("institutions", Id())),
        ),
        sa.or_(
            grant.c.profile_id.in_(_PROFILES),
            grant.c.role.in_(many("roles", sa.String())),
        ),
        goes_on(grant),
    )
    .order_by(grant.c.id)
)
"""What concerns an actor now or will: the moment at which something begins must be known."""
_HELD = sa.select(holder.c.profile_id, holder.c.role, holder.c.valid_from, holder.c.valid_to).where(
    holder.c.profile_id.in_(_PROFILES),
    # What a broker vouches for counts in its own sessions alone; an explanation tells of all.
    sa.or_(
        holder.c.broker.is_(None),
        holder.c.broker == sa.bindparam("broker", type_=sa.String),
        sa.bindparam("every_broker", type_=sa.Boolean),
    ),
    goes_on(holder),
)

_PERSONS = sa.select(account_person.c.person_id, account_person.c.municipality_id).where(
    account_person.c.account_id == sa.bindparam("account_id", type_=Id)
)
_profile, _person = stamdata_tables.profile, stamdata_tables.person
_twin = stamdata_tables.person.alias("twin")
_OF_PROFILE = (
    sa.select(
        _profile.c.kind,
        _profile.c.person_id,
        _twin.c.id.label("twin_id"),
        account_person.c.account_id,
    )
    .join(_person, _person.c.id == _profile.c.person_id)
    .outerjoin(_twin, _twin.c.uniid == _person.c.uniid)
    .outerjoin(account_person, account_person.c.person_id == _person.c.id)
    .where(_profile.c.id == sa.bindparam("profile_id", type_=Id))
)


class _Loaded(NamedTuple):
    """An actor, and the moment at which a period of a right begins or ends."""

    actor: Actor | None
    until: datetime | None = None


_NOBODY = _Loaded(None)
_NEVER = datetime.max.replace(tzinfo=UTC)


class HasActivation(Protocol):
    """Where it is known which plugin is on in which municipality, and at which institution."""

    generation: int
    """Grows when something changes in this process alone."""

    def is_active(
        self, plugin: str, municipality_id: UUID, institution_id: UUID | None = None
    ) -> bool:
        """Whether the plugin is switched on there."""
        ...

    async def refresh(self, read: ReadUnit, epoch: int) -> None:
        """Know at least what was chosen up to this activation epoch."""
        ...


class ActorLoader:
    """Makes actors out of stamdata, grants and activation."""

    def __init__(
        self,
        catalogue: Catalogue,
        activation: HasActivation,
        step_up: StepUpSettings = StepUpSettings(),  # noqa: B008  # Frozen.
        places: Mapping[str, frozenset[UUID]] | None = None,
        vouching: Collection[str] = (),
    ) -> None:
        """``places`` says of a broker that is for some municipalities' people which these are:
        one municipality's identity provider cannot make anybody somebody in another. ``vouching``
        are the brokers whose log-ins give roles.
        """
        self._catalogue = catalogue
        self._step_up = step_up
        self._places = places or {}
        self._vouching = frozenset(vouching)
        self._activation = activation
        self._is_active: IsActive = activation.is_active
        self._kept: OrderedDict[tuple[object, ...], tuple[datetime, Actor | None]] = OrderedDict()

    @property
    def ordinary_actions(self) -> frozenset[str]:
        """What may be done at shared devices, by those who hold it."""
        actions = self._catalogue.actions.values()
        return frozenset(one.name for one in actions if one.on_shared_devices)

    @property
    def least_secure_area_age(self) -> int:
        """The age under which nobody lets a pupil in to what is sensitive (LOG-14)."""
        return self._step_up.pupil_age

    async def age_missed(self, read: ReadUnit, actor: Actor) -> int | None:
        """Return the age that a pupil has not reached, for what is sensitive; None to others."""
        if actor.may_step_up or actor.role is not Kind.PUPIL:
            return None
        return await secure_area_age(read, actor.profiles, self.least_secure_area_age)

    async def for_session(self, read: ReadUnit, session: SessionRow) -> Actor | None:
        """Return the actor of a session; None while no role is chosen or no profile holds.

        Any change of rights or activation moves an epoch that the session was read with, so that
        the very next request gets a new actor, made of what is chosen by then. A role that a log-in
        brings moves none: it is in that session's first actor, and in those that the account's
        other sessions have `_FRESH` later at the latest.
        """
        if session.role is None:
            return None
        await self._activation.refresh(read, session.activation_epoch)
        stepped_up = is_stepped_up(session, self._step_up, read.now)
        places = self._places.get(session.broker)
        proof = (session.id, session.proved_at) if session.broker in self._vouching else None
        key = (
            session.account_id,
            session.broker,
            proof,
            places,
            session.role,
            session.assurance,
            stepped_up,
            session.rights_epoch,
            session.activation_epoch,
            self._activation.generation,
        )
        kept = self._kept.get(key)
        if kept is None or read.now >= kept[0]:
            rows = await read.rows(_PERSONS, {"account_id": session.account_id})
            persons = [
                row.person_id for row in rows if places is None or row.municipality_id in places
            ]
            loaded = await self._load(
                read,
                session.account_id,
                persons,
                session.role,
                session.assurance,
                stepped_up=stepped_up,
                broker=session.broker,
            )
            kept = (min(read.now + _FRESH, loaded.until or _NEVER), loaded.actor)
            self._kept[key] = kept
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept[1]

    async def for_profile(self, read: ReadUnit, profile_id: UUID) -> Actor:
        """Return the actor who would act with this profile, at the lowest assurance.

        Raises `NotFound` when the profile does not hold now. For jobs and fictional content.
        """
        rows = await read.rows(_OF_PROFILE, {"profile_id": profile_id})
        if not rows:
            raise NotFound
        first = rows[0]
        persons = {first.person_id, *(row.twin_id for row in rows if row.twin_id is not None)}
        account = first.account_id or first.person_id
        loaded = await self._load(read, account, sorted(persons), Kind(first.kind))
        if loaded.actor is None:
            raise NotFound
        return loaded.actor

    async def decisions(self, read: ReadUnit, actor: Actor) -> list[Decision]:
        """Return every decision about an actor's profiles, allowed or not, to explain it."""
        persons = sorted({profile.person_id for profile in actor.profiles})
        profiles = {profile.id for profile in (*actor.profiles, *actor.former)}
        rows = await actor_rows(read, persons, read.now)
        decisions = (await self._decide(read, rows, actor.role, None))[0]
        return [decision for decision in decisions if decision.profile.id in profiles]

    async def every_holding(
        self, read: ReadUnit, persons: Sequence[UUID]
    ) -> dict[str, tuple[Holding, ...]]:
        """Return what these persons hold now in all their roles together and by whatever log-in:
        more than any session of theirs. It is for comparing, not for acting.
        """
        rows = await actor_rows(read, persons, read.now)
        decisions: list[Decision] = []
        for role in sorted({profile.kind for profile in rows.profiles}):
            decisions += (await self._decide(read, rows, role, None))[0]
        return holdings_of(decisions)

    async def _decide(
        self, read: ReadUnit, rows: ActorRows, role: Kind, broker: str | None
    ) -> tuple[list[Decision], datetime | None]:
        """Return every decision, and the moment from which they may be others by the clock."""
        profiles = [*_in_role(rows.profiles, role), *_former(rows, role)]
        params = {
            "profiles": [profile.id for profile in profiles],
            "now": read.now,
            "broker": broker or "",
            "every_broker": broker is None,
        }
        roles = {one: set(names) for one, names in rows.roles.items()}
        held = await read.rows(_HELD, params)
        for row in held:
            if row.valid_from <= read.now:
                roles.setdefault(row.profile_id, set()).add(row.role)
        names = {role.value}.union(*(roles.get(profile.id, ()) for profile in profiles))
        places = {
            "municipalities": list({profile.municipality_id for profile in profiles}),
            "institutions": list({profile.institution_id for profile in profiles}),
            "roles": sorted(names),
        }
        known = await read.structs(GrantRow, _GRANTS, params | places)
        grants = [row for row in known if row.valid_from is None or row.valid_from <= read.now]
        decisions = [
            decision
            for profile in profiles
            for decision in decide(
                self._catalogue,
                profile,
                roles.get(profile.id, ()),
                grants,
                self._is_active,
                frozenset(profile.groups),
            )
        ]
        moments = [moment for row in known for moment in (row.valid_from, row.valid_to)]
        moments += [moment for row in held for moment in (row.valid_from, row.valid_to)]
        later = [moment for moment in moments if moment is not None and moment > read.now]
        later += [rows.until] if rows.until else []
        return decisions, min(later, default=None)

    async def _load(
        self,
        read: ReadUnit,
        account_id: UUID,
        persons: Sequence[UUID],
        role: Kind,
        assurance: Assurance = Assurance.LOW,
        *,
        stepped_up: bool = False,
        broker: str = "",
    ) -> _Loaded:
        if not persons:
            return _NOBODY
        rows = await actor_rows(read, persons, read.now)
        profiles = _in_role(rows.profiles, role)
        if not profiles:
            return _NOBODY
        others = {profile.kind for profile in rows.profiles} - {role}
        decisions, until = await self._decide(read, rows, role, broker)
        holdings = holdings_of(decisions)
        today = read.now.astimezone(_ZONE).date()
        may_step_up = role is not Kind.PUPIL or await is_old_enough(
            read, persons, profiles, self.least_secure_area_age, today
        )
        actor = Actor(
            account_id,
            role,
            profiles[0].name,
            profiles,
            rows.children if role is Kind.GUARDIAN else (),
            holdings if may_step_up else without_sensitive(holdings),
            assurance,
            tuple(kind for kind in Kind if kind in others),
            stepped_up and may_step_up,
            may_step_up,
            _former(rows, role),
        )
        return _Loaded(actor, until)


def _in_role(profiles: Iterable[ActorProfile], role: Kind) -> tuple[ActorProfile, ...]:
    return tuple(profile for profile in profiles if profile.kind is role)


def _former(rows: ActorRows, role: Kind) -> tuple[ActorProfile, ...]:
    """Return what has ended in the role, in municipalities in which the role is still had."""
    inside = {profile.municipality_id for profile in _in_role(rows.profiles, role)}
    ended = _in_role(rows.former, role)
    return tuple(profile for profile in ended if profile.municipality_id in inside)
