"""The samples, and what was drawn: ids of entries of the audit, and what was said of each.

Triggers made by the migration refuse any change of what was signed off, but for who it was that
judged and signed, who can be erased. They refuse to remove what was drawn as long as its entry is
in the audit.
"""

import sqlalchemy as sa

from aula_sdk.db import JSON, Id, Instant, plugin_metadata, plugin_table
from aula_sdk.log_samples import MAX_NOTE

metadata = plugin_metadata("sampling")

sample = plugin_table(
    metadata,
    "sampling_sample",
    sa.Column("id", Id, primary_key=True),
    sa.Column("place_id", Id, nullable=False),
    sa.Column("institution_id", Id),
    sa.Column("first_month", sa.String(7), nullable=False),
    sa.Column("last_month", sa.String(7), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("drawn_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("method", sa.String(20), nullable=False),
    sa.Column("seed", sa.String(64), nullable=False),
    sa.Column("sealed", JSON, nullable=False),
    sa.Column("strata", JSON, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("signed_at", Instant),
    sa.Column("signed_by", Id),
    sa.Column("digest", sa.String(64), nullable=False, server_default=""),
    sa.UniqueConstraint("place_id", "last_month", "round"),
    sa.Index("ix_sampling_sample_newest", "municipality_id", "drawn_at", "id"),
)
"""``place_id`` is the institution's id, or the municipality's for a sample of all of it. ``round``
is 0 for what the plan asks for, and counts what was asked for beside it. ``sealed`` says up to
which place of each month's chain there was drawn. ``signed_by`` is a profile; no ``signed_by`` on
what was signed off: the person was erased."""

drawn = plugin_table(
    metadata,
    "sampling_drawn",
    sa.Column("sample_id", Id, sa.ForeignKey("sampling_sample.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", Id, nullable=False, index=True),
    sa.Column("drawn_as", sa.String(20), nullable=False),
    sa.Column("signals", JSON, nullable=False),
    sa.Column("verdict", sa.String(12)),
    sa.Column("note", sa.String(MAX_NOTE), nullable=False, server_default=""),
    sa.Column("judged_at", Instant),
    sa.Column("judged_by", Id),
)
"""``judged_by`` is a profile. The entry itself stays in the audit, and takes this row along when
its month expires there."""
