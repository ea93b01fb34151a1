"""What all workers and operators know of failing plugins, and of workers that were ended."""

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata

metadata = plugin_metadata("plugin_host")

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
