"""Age limits that municipalities and institutions decide, and who consents alone by them."""

import sqlalchemy as sa
from alembic import op

import aula_sdk.db

revision = "permissions_0006"
down_revision = "permissions_0005"

_BORN = {
    "postgresql": "CAST(to_char(s.birth_date, 'YYYYMMDD') AS integer)",
    "sqlite": "CAST(strftime('%Y%m%d', s.birth_date) AS integer)",
}
# A day as one number, so that so many years later is a sum; February 29 comes to March 1.
# The wall's column is compared too: there is an index on it.
_VIEW = """
CREATE VIEW permissions_own_consent_v1 AS
SELECT p.id AS profile_id, p.municipality_id, {born} + 10000 * coalesce(
    (SELECT max(a.consent_age) FROM permissions_age a
     WHERE a.municipality_id = p.municipality_id AND a.institution_id = p.institution_id),
    (SELECT max(a.consent_age) FROM permissions_age a
     WHERE a.municipality_id = p.municipality_id AND a.institution_id IS NULL),
    16) AS first_day
FROM stamdata_profile p JOIN stamdata_person s ON s.id = p.person_id
WHERE p.kind = 'pupil' AND s.birth_date IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "permissions_age",
        sa.Column("id", aula_sdk.db.Id(), nullable=False),
        sa.Column("municipality_id", aula_sdk.db.Id(), nullable=False),
        sa.Column("institution_id", aula_sdk.db.Id(), nullable=True),
        sa.Column("consent_age", sa.SmallInteger(), nullable=True),
        sa.Column("secure_area_age", sa.SmallInteger(), nullable=True),
        sa.Column("decided_at", aula_sdk.db.Instant(), nullable=False),
        sa.Column("decided_by", aula_sdk.db.Id(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions_age")),
    )
    op.create_index(
        op.f("ix_permissions_age_municipality_id"), "permissions_age", ["municipality_id"]
    )
    op.execute(_VIEW.format(born=_BORN[op.get_bind().dialect.name]))


def downgrade() -> None:
    op.execute("DROP VIEW permissions_own_consent_v1")
    op.drop_table("permissions_age")
