"""What people ask for of their own data: to have it, to have it erased, to have it put right."""

from enum import StrEnum

import sqlalchemy as sa

from aula_sdk.db import Id, Instant, plugin_metadata, plugin_table

metadata = plugin_metadata("privacy")
MAX_WORDS = 1000


class What(StrEnum):
    """What is asked for (GDPR art. 15, 16, 17)."""

    EXPORT = "export"
    CORRECTION = "correction"
    ERASURE = "erasure"


class State(StrEnum):
    """How far it is."""

    ASKED = "asked"
    APPROVED = "approved"
    """Decided; the platform does it within seconds."""
    READY = "ready"
    """The export can be fetched until ``expires_at``."""
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    """It could not be done, and nothing was; the log says why. It can be approved again."""


request = plugin_table(
    metadata,
    "privacy_request",
    sa.Column("id", Id, primary_key=True),
    sa.Column("institution_id", Id, nullable=False),
    sa.Column("person_id", Id, nullable=False, index=True),
    sa.Column("asker_id", Id, nullable=False, index=True),
    sa.Column("account_id", Id, nullable=False),
    sa.Column("locale", sa.String(8), nullable=False),
    sa.Column("what", sa.String(12), nullable=False),
    sa.Column("words", sa.String(MAX_WORDS), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("decider_id", Id),
    sa.Column("answer", sa.String(MAX_WORDS), nullable=False),
    sa.Column("file_id", Id),
    sa.Column("expires_at", Instant),
    sa.Index("ix_privacy_request_institution", "institution_id", "asked_at", "id"),
    sa.Index("ix_privacy_request_state", "state"),
)
"""``asker_id`` and ``decider_id`` are profiles, ``person_id`` is whom it is about: the asker, or a
child in the asker's custody. No ``decider_id`` on what is decided: the administrator was erased."""
