"""The record of what was done. Law: nothing here imports the tables, which will go on changing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "audit_entry",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("via", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("own_mac", sa.LargeBinary(), nullable=False),
        sa.Column("chained_mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "sequence"),
    )
    op.create_index("audit_entry_by_subject", "audit_entry", ["organisation_id", "subject", "sequence"], unique=False)
