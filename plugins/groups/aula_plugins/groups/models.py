"""The tables: how a group is set up, who was chosen into it, its parts, editors, applications.

A group itself, its name, its end and its members are stamdata: what is kept here is what the
administrative system has no place for. Members of a group that was made here are those who were
chosen (`chosen`) and those whom its parts reach (`part`); `service.settling` makes stamdata agree.
"""

from enum import StrEnum

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata, plugin_table
from aula_sdk.people import Kind

MAX_NAME = 100
MAX_DESCRIPTION = 2000
MAX_WORDS = 500
MAX_RIGHT = 100

metadata = plugin_metadata("groups")


class Access(StrEnum):
    """How one becomes a member (GRP-1)."""

    CLOSED = "closed"
    OPEN = "open"
    APPLICATION = "application"


class State(StrEnum):
    """What has become of an application (GRP-2)."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


def _one_of(values: type[StrEnum]) -> sa.Enum:
    """Return the type of a column that holds one of these words."""
    return sa.Enum(
        values,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def _set_up() -> tuple[sa.Column[bool], ...]:
    """Return the columns that say who sees the members and which kinds of people can be one."""
    return (
        sa.Column("show_members", sa.Boolean, nullable=False),
        *(sa.Column(f"for_{kind.value}", sa.Boolean, nullable=False) for kind in Kind),
    )


set_up = plugin_table(
    metadata,
    "groups_set_up",
    sa.Column("id", Id, primary_key=True),
    sa.Column("institution_id", Id, nullable=False, index=True),
    sa.Column("made_here", sa.Boolean, nullable=False),
    sa.Column("across", sa.Boolean, nullable=False),
    sa.Column("description", sa.String(MAX_DESCRIPTION), nullable=False),
    sa.Column("access", _one_of(Access), nullable=False),
    *_set_up(),
    sa.Column("maker_id", Id, index=True),
    sa.Column("made_at", Instant, nullable=False),
)
"""How a group is set up, by the group's id. ``made_here``: the group is the plugin's own, not one
of the administrative system (GRP-4). ``across``: its members can belong to any institution of the
municipality (GRP-1). A group of the administrative system has a row only if it was set up."""

chosen = plugin_table(
    metadata,
    "groups_chosen",
    sa.Column("group_id", Id, sa.ForeignKey("groups_set_up.id"), primary_key=True),
    sa.Column("profile_id", Id, primary_key=True, index=True),
    sa.Column("chosen_at", Instant, nullable=False),
)
"""Who was added to a group by somebody, or joined it."""

part = plugin_table(
    metadata,
    "groups_part",
    sa.Column("group_id", Id, sa.ForeignKey("groups_set_up.id"), primary_key=True),
    sa.Column("part_id", Id, primary_key=True, index=True),
    sa.Column("kind", _one_of(Kind), primary_key=True),
    sa.Column("follower_id", Id),
)
"""Groups whose people of one kind are members too, as they come and go (GRP-2). A part that has
ended keeps its last people in the group, until it has a follower that has begun (GRP-5)."""

editor = plugin_table(
    metadata,
    "groups_editor",
    sa.Column("group_id", Id, sa.ForeignKey("groups_set_up.id"), primary_key=True),
    sa.Column("profile_id", Id, primary_key=True, index=True),
    sa.Column("added_at", Instant, nullable=False),
)
"""Employees who look after a group (ADM-5); being one does not make anybody a member."""

application = plugin_table(
    metadata,
    "groups_application",
    sa.Column("id", Id, primary_key=True),
    sa.Column("group_id", Id, sa.ForeignKey("groups_set_up.id"), nullable=False, index=True),
    sa.Column("profile_id", Id, nullable=False, index=True),
    sa.Column("applicant_id", Id, nullable=False, index=True),
    sa.Column("words", sa.String(MAX_WORDS), nullable=False),
    sa.Column("state", _one_of(State), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("decider_id", Id, index=True),
    sa.Index(
        "uq_groups_application_waiting",
        "group_id",
        "profile_id",
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
"""Somebody asks that ``profile_id`` (themselves, or a child) becomes a member; once at a time."""

template = plugin_table(
    metadata,
    "groups_template",
    sa.Column("id", Id, primary_key=True),
    sa.Column("institution_id", Id, nullable=False, index=True),
    sa.Column("name", sa.String(MAX_NAME), nullable=False),
    sa.Column("description", sa.String(MAX_DESCRIPTION), nullable=False),
    sa.Column("access", _one_of(Access), nullable=False),
    *_set_up(),
    sa.Column("made_at", Instant, nullable=False),
)
"""A named set-up that new groups of an institution can take (RGT-4)."""

template_right = plugin_table(
    metadata,
    "groups_template_right",
    sa.Column("template_id", Id, sa.ForeignKey("groups_template.id"), primary_key=True),
    sa.Column("kind", _one_of(Kind), primary_key=True),
    sa.Column("right_name", sa.String(MAX_RIGHT), primary_key=True),
    sa.Column("allowed", sa.Boolean, nullable=False),
)
"""What a kind of person may do, or may not, in groups that take the template (RGT-4): the name of a
`GroupRight` of any plugin, which may have left since. What is not said is as it is elsewhere."""
