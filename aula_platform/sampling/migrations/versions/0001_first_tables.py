"""The samples and what was drawn, and the triggers that keep what was signed off as it is."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "sampling_0001"
down_revision = None

_SAMPLE_KEPT = (
    "id", "municipality_id", "place_id", "institution_id", "first_month", "last_month", "round",
    "drawn_at", "due_at", "method", "seed", "sealed", "strata", "size",
)  # fmt: skip
_SIGNED_KEPT = ("signed_at", "digest")
_DRAWN_KEPT = ("sample_id", "number", "entry_id", "drawn_as", "signals")
_JUDGED_KEPT = ("verdict", "note", "judged_at")
_IS_SIGNED = (
    "EXISTS (SELECT 1 FROM sampling_sample AS one "
    "WHERE one.id = OLD.sample_id AND one.signed_at IS NOT NULL)"
)
_TRIGGERS = (
    ("sampling_sample", "drawn", _SAMPLE_KEPT, "", "what was drawn is not changed"),
    (
        "sampling_sample", "signed", _SIGNED_KEPT, "OLD.signed_at IS NOT NULL",
        "it has been signed off",
    ),
    ("sampling_drawn", "drawn", _DRAWN_KEPT, "", "what was drawn is not changed"),
    ("sampling_drawn", "signed", _JUDGED_KEPT, _IS_SIGNED, "it has been signed off"),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "sampling_sample",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("place_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("first_month", sa.String(length=7), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("drawn_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("due_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("sealed", aula_sdk.db.JSON, nullable=False),
        sa.Column("strata", aula_sdk.db.JSON, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("signed_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("signed_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_sample")),
        sa.UniqueConstraint(
            "place_id",
            "last_month",
            "round",
            name=op.f("uq_sampling_sample_place_id_last_month_round"),
        ),
    )
    op.create_index(
        op.f("ix_sampling_sample_municipality_id"), "sampling_sample", ["municipality_id"]
    )
    op.create_index(
        "ix_sampling_sample_newest", "sampling_sample", ["municipality_id", "drawn_at", "id"]
    )
    op.create_table(
        "sampling_drawn",
        sa.Column("sample_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("drawn_as", sa.String(length=20), nullable=False),
        sa.Column("signals", aula_sdk.db.JSON, nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False, server_default=""),
        sa.Column("judged_at", aula_sdk.db.Instant(), nullable=True),
        sa.Column("judged_by", aula_sdk.db.Id(), nullable=True),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["sampling_sample.id"], name=op.f("fk_sampling_drawn_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "number", name=op.f("pk_sampling_drawn")),
    )
    op.create_index(
        op.f("ix_sampling_drawn_municipality_id"), "sampling_drawn", ["municipality_id"]
    )
    op.create_index(op.f("ix_sampling_drawn_entry_id"), "sampling_drawn", ["entry_id"])
    for table, name, columns, condition, said in _TRIGGERS:
        _keep(table, name, columns, condition, f"{table}: {said}")


def _keep(table: str, name: str, columns: tuple[str, ...], condition: str, said: str) -> None:
    """Refuse to update these columns under a condition; who judged and who signed can go."""
    listed = ", ".join(columns)
    if op.get_bind().dialect.name == "postgresql":
        check = f"IF {condition} THEN {{}} END IF;" if condition else "{}"
        refusal = f"RAISE EXCEPTION '{said}';"
        op.execute(
            f"CREATE FUNCTION {table}_{name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {check.format(refusal)} RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {listed} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_{name}_refuse()"
        )
    else:
        when = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {table}_{name} BEFORE UPDATE OF {listed} ON {table} "
            f"{when}BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )


def downgrade() -> None:
    for table in ("sampling_drawn", "sampling_sample"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table, name, *_rest in _TRIGGERS:
            op.execute(f"DROP FUNCTION {table}_{name}_refuse()")
