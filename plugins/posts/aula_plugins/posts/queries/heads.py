"""One post, with the rights that the reader has to it: a page asks for both in one statement."""

from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from aula_plugins.posts.models import post
from aula_plugins.posts.queries import params
from aula_plugins.posts.queries.posts import PostRow, select_posts
from aula_plugins.posts.relations import is_current

POST_ACTIONS = (
    "posts.comment",
    "posts.edit_own",
    "posts.withdraw_own",
    "posts.report",
    "posts.remove_from_group",
)
"""Actions on a post whose right is loaded together with it, in the order of `Rights`' fields."""


class Rights(msgspec.Struct, frozen=True):
    """Which actions the reader holds to a post, whatever its state."""

    comment: bool
    edit: bool
    withdraw: bool
    report: bool
    remove_from_group: bool


class Head(msgspec.Struct, frozen=True):
    """A post with its words, and what the reader holds."""

    row: PostRow
    html: str
    is_current: bool
    """Whether it can be read by its audience now: out, and not expired."""
    rights: Rights


@cache
def head(visible: sa.ColumnElement[bool], *rights: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One post. ``rights`` are conditions for `POST_ACTIONS`; parameters ``post_id``, ``mine``,
    ``now`` and those of the conditions.
    """
    held = (right.label(f"right_{number}") for number, right in enumerate(rights))
    return select_posts(post.c.html, is_current(post, params.now()).label("current"), *held).where(
        post.c.id == params.post_id(), visible
    )


def read_head(row: sa.Row[Any]) -> Head:
    """Return the Struct of a row of `head`."""
    width = len(PostRow.__struct_fields__)
    columns = tuple(row)
    return Head(
        PostRow(*columns[:width]),
        columns[width],
        bool(columns[width + 1]),
        Rights(*(bool(held) for held in columns[width + 2 :])),
    )
