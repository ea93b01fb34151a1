"""How a plugin describes its rights: actions, resources, relations and role defaults.

A `Resource` says what kind of thing there is and which relations people can have to one; each
relation is a SQL condition over the plugin's tables and the views of `aula_sdk.stamdata`. A role
default (or a municipality's own grant) says which actions a relation gives. From this the kernel
makes ``visible`` (a condition for lists), ``may`` (the same condition with one id) and ``explain``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aula_sdk.ages import day_number
from aula_sdk.contributions import DataClass
from aula_sdk.db import Id, Instant
from aula_sdk.i18n import Text
from aula_sdk.ids import IdKind
from aula_sdk.many import many
from aula_sdk.people import Kind

INSTITUTION_ADMIN = "institution_admin"
"""The role of who administers an institution (ADM-2), as sources and role defaults name it."""
MUNICIPALITY_ADMIN = "municipality_admin"
"""The role of who administers a municipality (ADM-1)."""
NO_RELATION = "-"
"""The relation of an action that is not about an object, such as starting a thread."""


@dataclass(frozen=True, slots=True)
class Me:
    """The actor inside a relation's condition: parameters, filled in when the query runs.

    Each holds what the actor has *for the grant in question*: ``profiles`` are those institution
    profiles of the actor that hold the action through this relation. Use them with ``in_()``.
    """

    profiles: tuple[sa.BindParameter[UUID], ...]
    """One for each, at least one: of one or two an index gives the first rows in its order."""
    institutions: sa.BindParameter[UUID]
    municipalities: sa.BindParameter[UUID]
    groups: sa.BindParameter[UUID]
    """Those that reach one of ``profiles`` (`aula_sdk.people.ActorProfile.groups`): who is asked
    for has them at hand, so a condition that names them need not look them up."""
    now: sa.BindParameter[datetime]
    today: sa.BindParameter[int]
    """The day, as `aula_sdk.ages.day_number` counts, by which somebody is so many years old."""

    @classmethod
    def named(cls, prefix: str, profiles: int = 1) -> "Me":
        """Return parameters whose names begin with ``prefix``, so that relations can be joined."""
        return cls(
            tuple(
                sa.bindparam(f"{prefix}_profile_{number}", type_=Id) for number in range(profiles)
            ),
            many(f"{prefix}_institutions", Id()),
            many(f"{prefix}_municipalities", Id()),
            many(f"{prefix}_reached", Id()),
            sa.bindparam("actor_now", type_=Instant),
            sa.bindparam("actor_today", type_=sa.Integer),
        )

    @staticmethod
    def values(
        prefix: str,
        profiles: Sequence[UUID],
        institutions: Sequence[UUID],
        municipalities: Sequence[UUID],
        groups: Sequence[UUID],
    ) -> dict[str, object]:
        """Return the values of what `named` returned, but for those of `moment`."""
        found: dict[str, object] = {
            f"{prefix}_profile_{number}": profile for number, profile in enumerate(profiles)
        }
        found[f"{prefix}_institutions"] = institutions
        found[f"{prefix}_municipalities"] = municipalities
        found[f"{prefix}_reached"] = groups
        return found

    @staticmethod
    def moment(now: datetime) -> dict[str, object]:
        """Return the values of ``now`` and ``today``, which all conditions of a query share."""
        return {"actor_now": now, "actor_today": day_number(now)}


@dataclass(frozen=True, slots=True)
class Relation:
    """A way in which a person can be related to one of the resource's objects."""

    name: str
    sentence: Text
    """What administrators and guardians read, such as "takes part in the conversation"."""
    condition: Callable[[Me], sa.ColumnElement[bool]]
    former: tuple[str, ...] = ()
    """Where it is had by profiles that have ended, and by them alone (decision 0038): the actions
    that can be given through it, each of which reads. ``Me`` has those profiles of the person in
    the acting role; the condition bounds it to what there was before the profile's end."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of thing to which rights apply, with one row of ``table`` for each."""

    name: str
    """``messages.thread``: the plugin's name and a noun."""
    kind: IdKind
    title: Text
    table: sa.Table
    relations: tuple[Relation, ...]

    @property
    def id(self) -> sa.Column[UUID]:
        """The column by which objects are known."""
        return self.table.c.id

    def relation(self, name: str) -> Relation:
        """Return the relation of that name; raise KeyError when there is none."""
        return {relation.name: relation for relation in self.relations}[name]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be allowed: ``messages.read``."""

    name: str
    title: Text
    resource: str = ""
    """The name of the resource it is about; empty when it is about none."""
    sensitive: bool = False
    """Whether it always takes a fresh second factor; no grant can say otherwise (LOG-15)."""
    on_shared_devices: bool = False
    """Whether employees may do it at a tablet of the ward, having shown a PIN alone: only what is
    ordinary, neither confidential nor sensitive."""
    reads: DataClass = DataClass.SENSITIVE
    """The highest class of what is shown to who does it. Whoever sees the site as somebody else
    meets what is ordinary alone (R2); what is not said counts as sensitive."""
    break_glass: bool = False
    """Whether it only reads, and can be opened for a time by who asks with a reason, once a second
    person has approved it (R2): they read then what the person reads."""
    only_reads: bool = False
    """Whether doing it is to read things, one by one: before somebody moves or stops it is counted
    how many of them are read now and afterwards (`aula_sdk.moving`)."""


@dataclass(frozen=True, slots=True)
class RoleDefault:
    """What a role holds until a municipality decides otherwise."""

    role: str
    """A kind of profile (``guardian``) or an administrators' role (``institution_admin``)."""
    action: str
    relation: str = NO_RELATION
    step_up: bool = False
    """Whether it takes a fresh second factor, until a municipality's grant says otherwise."""


@dataclass(frozen=True, slots=True)
class GroupRight:
    """A line of the matrix of rights in a group (RGT-4, appendix E): what it takes to give it.

    Whoever may set a group's rights can give and take it there, by kind of person.
    """

    name: str
    """``posts.write_in_group``: the plugin's name and a right."""
    title: Text
    parts: Mapping[Kind, tuple[tuple[str, str], ...]]
    """Actions with their relations, for each kind of person to whom it can be given. An action is
    about groups, or about nothing (`NO_RELATION`)."""


@dataclass(frozen=True, slots=True)
class Visible:
    """The answer to "which objects?": a condition and the values of its parameters.

    ``clause`` is the same object for every actor whose grants have the same shape, so that a
    statement built from it can be kept (``functools.cache``); ``params`` differ by actor.
    """

    clause: sa.ColumnElement[bool]
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an explanation: a relation that matched, or a level that blocked."""

    allowed: bool
    sentence: Text
    source: str
    """Where it was decided: ``default``, ``municipality``, ``institution``, ``plugin off`` …"""
    levels: tuple[Text, ...] = ()
    """What each level said, in order: the last one that speaks of a role decides of that role."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an actor may or may not do something, in words for people."""

    allowed: bool
    reasons: tuple[Reason, ...]
