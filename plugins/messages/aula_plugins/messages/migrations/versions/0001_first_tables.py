"""First tables."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "messages_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "messages_thread",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("creator_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("started_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("participant_count", sa.Integer(), nullable=False),
        sa.Column("origin_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["messages_thread.id"], name=op.f("fk_messages_thread_origin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_thread")),
    )
    op.create_index(
        op.f("ix_messages_thread_municipality_id"),
        "messages_thread",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_thread_origin_id"), "messages_thread", ["origin_id"], unique=False
    )
    op.create_table(
        "messages_draft",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("thread_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("reply_to", sa.String(length=20), nullable=False),
        sa.Column("answered_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("search", sa.String(length=100), nullable=False),
        sa.Column("recipients", aula_sdk.db.JSON, nullable=False),
        sa.Column("regarding", aula_sdk.db.JSON, nullable=False),
        sa.Column("attachments", aula_sdk.db.JSON, nullable=False),
        sa.Column("updated_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["messages_thread.id"], name=op.f("fk_messages_draft_thread_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_draft")),
        sa.UniqueConstraint(
            "profile_id", "thread_id", name=op.f("uq_messages_draft_profile_id_thread_id")
        ),
    )
    op.create_index(
        op.f("ix_messages_draft_municipality_id"),
        "messages_draft",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "messages_message",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("thread_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("author_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.String(length=160), nullable=False),
        sa.Column("attachment_count", sa.Integer(), nullable=False),
        sa.Column("sent_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("edited_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("withdrawn_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["messages_thread.id"], name=op.f("fk_messages_message_thread_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_message")),
    )
    op.create_index(
        op.f("ix_messages_message_author_id"), "messages_message", ["author_id"], unique=False
    )
    op.create_index(
        op.f("ix_messages_message_municipality_id"),
        "messages_message",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "ix_messages_message_thread",
        "messages_message",
        ["thread_id", "sent_at", "id"],
        unique=False,
    )
    op.create_table(
        "messages_participant",
        sa.Column("thread_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("joined_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("left_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("activity_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("last_message_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("last_read_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["messages_thread.id"], name=op.f("fk_messages_participant_thread_id")
        ),
        sa.PrimaryKeyConstraint("thread_id", "profile_id", name=op.f("pk_messages_participant")),
    )
    op.create_index(
        "ix_messages_participant_inbox",
        "messages_participant",
        ["profile_id", "activity_at", "thread_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_participant_municipality_id"),
        "messages_participant",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        "ix_messages_participant_unread",
        "messages_participant",
        ["profile_id"],
        unique=False,
        sqlite_where=sa.text("unread > 0"),
        postgresql_where=sa.text("unread > 0"),
    )
    op.create_table(
        "messages_recipient",
        sa.Column("thread_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("target_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["messages_thread.id"], name=op.f("fk_messages_recipient_thread_id")
        ),
        sa.PrimaryKeyConstraint("thread_id", "position", name=op.f("pk_messages_recipient")),
    )
    op.create_index(
        op.f("ix_messages_recipient_municipality_id"),
        "messages_recipient",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_recipient_target_id"), "messages_recipient", ["target_id"], unique=False
    )
    op.create_table(
        "messages_regarding",
        sa.Column("thread_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("child_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["messages_thread.id"], name=op.f("fk_messages_regarding_thread_id")
        ),
        sa.PrimaryKeyConstraint("thread_id", "child_id", name=op.f("pk_messages_regarding")),
    )
    op.create_index(
        op.f("ix_messages_regarding_child_id"), "messages_regarding", ["child_id"], unique=False
    )
    op.create_index(
        op.f("ix_messages_regarding_municipality_id"),
        "messages_regarding",
        ["municipality_id"],
        unique=False,
    )
    op.create_table(
        "messages_message_person",
        sa.Column("message_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages_message.id"],
            name=op.f("fk_messages_message_person_message_id"),
        ),
        sa.PrimaryKeyConstraint(
            "message_id", "profile_id", name=op.f("pk_messages_message_person")
        ),
    )
    op.create_index(
        op.f("ix_messages_message_person_municipality_id"),
        "messages_message_person",
        ["municipality_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_message_person_profile_id"),
        "messages_message_person",
        ["profile_id"],
        unique=False,
    )
    op.create_table(
        "messages_participant_child",
        sa.Column("thread_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("profile_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("child_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id", "profile_id"],
            ["messages_participant.thread_id", "messages_participant.profile_id"],
            name="fk_messages_participant_child_participant",
        ),
        sa.PrimaryKeyConstraint(
            "thread_id", "profile_id", "child_id", name=op.f("pk_messages_participant_child")
        ),
    )
    op.create_index(
        op.f("ix_messages_participant_child_child_id"),
        "messages_participant_child",
        ["child_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_participant_child_municipality_id"),
        "messages_participant_child",
        ["municipality_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_messages_participant_child_municipality_id"),
        table_name="messages_participant_child",
    )
    op.drop_index(
        op.f("ix_messages_participant_child_child_id"), table_name="messages_participant_child"
    )
    op.drop_table("messages_participant_child")
    op.drop_index(
        op.f("ix_messages_message_person_profile_id"), table_name="messages_message_person"
    )
    op.drop_index(
        op.f("ix_messages_message_person_municipality_id"), table_name="messages_message_person"
    )
    op.drop_table("messages_message_person")
    op.drop_index(op.f("ix_messages_regarding_municipality_id"), table_name="messages_regarding")
    op.drop_index(op.f("ix_messages_regarding_child_id"), table_name="messages_regarding")
    op.drop_table("messages_regarding")
    op.drop_index(op.f("ix_messages_recipient_target_id"), table_name="messages_recipient")
    op.drop_index(op.f("ix_messages_recipient_municipality_id"), table_name="messages_recipient")
    op.drop_table("messages_recipient")
    op.drop_index(
        "ix_messages_participant_unread",
        table_name="messages_participant",
        sqlite_where=sa.text("unread > 0"),
        postgresql_where=sa.text("unread > 0"),
    )
    op.drop_index(
        op.f("ix_messages_participant_municipality_id"), table_name="messages_participant"
    )
    op.drop_index("ix_messages_participant_inbox", table_name="messages_participant")
    op.drop_table("messages_participant")
    op.drop_index("ix_messages_message_thread", table_name="messages_message")
    op.drop_index(op.f("ix_messages_message_municipality_id"), table_name="messages_message")
    op.drop_index(op.f("ix_messages_message_author_id"), table_name="messages_message")
    op.drop_table("messages_message")
    op.drop_index(op.f("ix_messages_draft_municipality_id"), table_name="messages_draft")
    op.drop_table("messages_draft")
    op.drop_index(op.f("ix_messages_thread_origin_id"), table_name="messages_thread")
    op.drop_index(op.f("ix_messages_thread_municipality_id"), table_name="messages_thread")
    op.drop_table("messages_thread")
