"""Second factors, failed guesses, volunteers' links. Law: nothing here imports the tables, which go on changing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "second_factor",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_next", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "user_id"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "user_id", "code_hash"),
    )
    op.create_table(
        "failed_guess",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("guess_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "guess_id"),
    )
    op.create_index("failed_guess_by_time", "failed_guess", ["organisation_id", "at"], unique=False)
    op.create_table(
        "volunteer_link",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("programme_id", sa.String(length=64), nullable=False),
        sa.Column("volunteer_id", sa.String(length=64), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("reads_from", sa.BigInteger(), nullable=False),
        sa.Column("reads_until", sa.BigInteger(), nullable=False),
        sa.Column("reports_until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "link_id"),
    )
    op.create_index("volunteer_link_by_token", "volunteer_link", ["token_hash"], unique=True)
    op.create_index("volunteer_link_by_code", "volunteer_link", ["code_hash"], unique=True)
    op.create_index(
        "volunteer_link_by_volunteer",
        "volunteer_link",
        ["organisation_id", "programme_id", "volunteer_id"],
        unique=False,
    )
    op.create_table(
        "volunteer_sign_in",
        sa.Column("organisation_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("link_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "token_hash"),
    )
    op.create_index("volunteer_sign_in_by_token", "volunteer_sign_in", ["token_hash"], unique=True)
