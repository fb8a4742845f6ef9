"""Plans and jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "job",
        _id("organisation_id"),
        _id("job_id"),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _id("owner", nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("not_before_at", sa.BigInteger(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "job_id"),
    )
    op.create_index("job_by_state", "job", ["state", "created_at"], unique=False)
    op.create_table(
        "plan",
        _id("organisation_id"),
        _id("plan_id"),
        _id("programme_id"),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.Column("programme_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        _id("predecessor_id", nullable=True),
        _id("asked_by"),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_asked", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "plan_id"),
    )
    op.create_index("plan_by_day", "plan", ["organisation_id", "programme_id", "date"], unique=False)
    op.create_table(
        "plan_event",
        _id("organisation_id"),
        _id("plan_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_event", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "plan_id", "number"),
    )
    op.create_table(
        "plan_version",
        _id("organisation_id"),
        _id("plan_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        _id("made_by"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_plan", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "plan_id", "version"),
    )
    op.create_table(
        "route_day",
        _id("organisation_id"),
        _id("programme_id"),
        sa.Column("date", sa.String(length=10), nullable=False),
        _id("key_id"),
        _id("published_plan_id", nullable=True),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "programme_id", "date"),
    )


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=64), nullable=nullable)
