"""What happened: reports, custody, discrepancies, stock movements, requests. Law: as in the first form."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    _make(
        "visit_report",
        ["report_id"],
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.String(length=10), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        indexes={"visit_report_by_day": "on_date", "visit_report_by_client": "key_id"},
    )
    _make(
        "custody_record",
        ["record_id"],
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.String(length=10), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_goods", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_client", sa.LargeBinary(), nullable=True),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        indexes={"custody_record_by_day": "on_date", "custody_record_by_client": "key_id"},
    )
    _make("written_entries", ["key_id"], sa.Column("sealed", sa.LargeBinary(), nullable=False))
    _make(
        "handed_goods",
        ["key_id", ("on_date", 10)],
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        indexes={"handed_goods_by_day": "on_date"},
    )
    _make(
        "discrepancy",
        ["discrepancy_id"],
        sa.Column("on_date", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_decision", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        indexes={"discrepancy_by_state": "state"},
    )
    _make(
        "stock_movement",
        ["movement_id"],
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.String(length=10), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        indexes={"stock_movement_by_day": "on_date"},
    )
    _make(
        "day_closing",
        [("on_date", 10)],
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
    )
    _make(
        "intake_request",
        ["request_id"],
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_decision", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        indexes={"intake_request_by_state": "state"},
    )


def _make(
    table: str,
    keys: list[str | tuple[str, int]],
    *columns: sa.Column[object],
    indexes: dict[str, str] | None = None,
) -> None:
    """Make a table of a programme; its rows go with the programme."""
    names = [(key, 64) if isinstance(key, str) else key for key in ("organisation_id", "programme_id", *keys)]
    op.create_table(
        table,
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in names),
        *columns,
        sa.ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.programme_id"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(*(name for name, _ in names)),
    )
    for index, column in (indexes or {}).items():
        op.create_index(index, table, ["organisation_id", "programme_id", column], unique=False)
