"""Outbox, subscribers, deliveries, lanes, live topics and jobs."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "events_0001"
down_revision = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "events_job",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("next_run", aula_sdk.db.Instant(), nullable=False),
        sa.Column("leased_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("leased_until", aula_sdk.db.Instant(), nullable=False),
        sa.Column("started_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("finished_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_events_job")),
    )
    op.create_table(
        "events_lane",
        sa.Column("subscriber", sa.String(length=120), nullable=False),
        sa.Column("stream", aula_sdk.db.Id(), nullable=False),
        sa.Column("leased_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("leased_until", aula_sdk.db.Instant(), nullable=False),
        sa.Column("retry_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parked_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("error", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("subscriber", "stream", name=op.f("pk_events_lane")),
    )
    op.create_table(
        "events_outbox",
        sa.Column("sequence", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("stream", aula_sdk.db.Id(), nullable=False),
        sa.Column("payload", aula_sdk.db.JSON, nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_events_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_events_outbox_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_events_outbox_created_at"), "events_outbox", ["created_at"], unique=False
    )
    op.create_index(
        op.f("ix_events_outbox_municipality_id"), "events_outbox", ["municipality_id"], unique=False
    )
    op.create_table(
        "events_subscriber",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_events_subscriber")),
    )
    op.create_index(
        op.f("ix_events_subscriber_event"), "events_subscriber", ["event"], unique=False
    )
    op.create_table(
        "events_topic",
        sa.Column("sequence", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("profiles", aula_sdk.db.JSON, nullable=False),
        sa.Column("created_at", aula_sdk.db.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_events_topic")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_events_topic_created_at"), "events_topic", ["created_at"], unique=False
    )
    op.create_table(
        "events_delivery",
        sa.Column("sequence", _SEQUENCE, nullable=False),
        sa.Column("subscriber", sa.String(length=120), nullable=False),
        sa.Column("stream", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("delivered_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("skipped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequence"],
            ["events_outbox.sequence"],
            name=op.f("fk_events_delivery_sequence"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sequence", "subscriber", name=op.f("pk_events_delivery")),
    )
    op.create_index(
        "ix_events_delivery_waiting",
        "events_delivery",
        ["subscriber", "stream", "sequence"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
        sqlite_where=sa.text("delivered_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("delivery", "topic", "subscriber", "outbox", "lane", "job"):
        op.drop_table(f"events_{table}")
