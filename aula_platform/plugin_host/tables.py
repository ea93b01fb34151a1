"""What was chosen, and what all workers know of failing plugins and of workers that were ended.

There is one row for each choice; a row without an institution is the municipality's. Nobody's
choice is written over by a level above: it rests, and holds again when that level lets go.
"""

from typing import Any

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata, plugin_table

metadata = plugin_metadata("plugin_host")

MAX_NAME = 63


def _choice(name: str, *what: sa.Column[Any]) -> sa.Table:
    """Return a table of choices, in which there is one of each thing at each place."""
    keys = ["municipality_id", "plugin", *(column.name for column in what if column.info)]
    whole = sa.text("institution_id IS NULL")
    part = sa.text("institution_id IS NOT NULL")
    return plugin_table(
        metadata,
        f"plugin_host_{name}",
        sa.Column("id", Id, primary_key=True),
        sa.Column("institution_id", Id),
        sa.Column("plugin", sa.String(MAX_NAME), nullable=False),
        *what,
        sa.Column("chosen_by", Id),
        sa.Column("chosen_at", Instant, nullable=False),
        sa.Index(
            f"uq_plugin_host_{name}_municipality",
            *keys,
            unique=True,
            sqlite_where=whole,
            postgresql_where=whole,
        ),
        sa.Index(
            f"uq_plugin_host_{name}_institution",
            *keys,
            "institution_id",
            unique=True,
            sqlite_where=part,
            postgresql_where=part,
        ),
    )


switched = _choice(
    "switched",
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("left_to", sa.String(16), nullable=False),
)
"""On or off. ``chosen_by`` is a profile; nobody's when the operator chose by a command."""

set_up = _choice(
    "set_up",
    sa.Column("setting", sa.String(80), nullable=False, info={"key": True}),
    sa.Column("value", JSON, nullable=False),
)
"""One setting of a plugin, as JSON has it."""

changed = sa.Table(
    "plugin_host_changed",
    metadata,
    sa.Column("municipality_id", Id, primary_key=True),
    sa.Column("epoch", sa.BigInteger, nullable=False, index=True),
)
"""Under which activation epoch something was last chosen in a municipality: processes read anew
what has moved, not what everybody in the installation has ever chosen."""

fault = sa.Table(
    "plugin_host_fault",
    metadata,
    sa.Column("plugin", sa.String(80), primary_key=True),
    sa.Column("place", sa.String(240), primary_key=True),
    sa.Column("failures", sa.BigInteger, nullable=False),
    sa.Column("error", sa.String(300), nullable=False),
    sa.Column("failed_at", Instant, nullable=False),
    sa.Column("reason", sa.String(400), nullable=False, server_default=""),
    sa.Column("since", Instant),
    sa.Column("until", Instant),
    sa.Column("times", sa.Integer, nullable=False, server_default="0"),
)
"""One row for each place that has ever failed; in quarantine while ``until`` is set."""

restart = sa.Table(
    "plugin_host_restart",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("cause", sa.String(20), nullable=False),
    sa.Column("plugin", sa.String(80), nullable=False),
    sa.Column("place", sa.String(240), nullable=False),
)
"""A worker that was ended or died; ``plugin`` is empty when it was no plugin's code that ran."""
