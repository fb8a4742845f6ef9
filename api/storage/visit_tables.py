"""The tables of what happened. Law: what is about a client is sealed by the client's own key, and names nobody.

`key_id` tells one client from another, and means nothing once the key is destroyed. `number`: in which order they came.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from api.storage.tables import ID, Base, Owned


def _of_programme(*others: SchemaItem) -> tuple[SchemaItem, ...]:
    own, there = ["organisation_id", "programme_id"], ["programme.organisation_id", "programme.programme_id"]
    return (ForeignKeyConstraint(own, there, ondelete="CASCADE"), *others)


class VisitReport(Owned, Base):
    """A report as it came. `content_hash`: an HMAC of it, to know it again."""

    __tablename__ = "visit_report"
    __table_args__ = _of_programme(
        Index("visit_report_by_day", "organisation_id", "programme_id", "on_date"),
        Index("visit_report_by_client", "organisation_id", "programme_id", "key_id"),
    )
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    report_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    on_date: Mapped[str] = mapped_column(String(10))
    key_id: Mapped[str | None] = mapped_column(ID)
    content_hash: Mapped[bytes]
    sealed: Mapped[bytes]
    arrived_at: Mapped[datetime]


class CustodyRecord(Owned, Base):
    """Goods that change hands: what and who under the organisation's key, for whom under the client's."""

    __tablename__ = "custody_record"
    __table_args__ = _of_programme(
        Index("custody_record_by_day", "organisation_id", "programme_id", "on_date"),
        Index("custody_record_by_client", "organisation_id", "programme_id", "key_id"),
    )
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    on_date: Mapped[str] = mapped_column(String(10))
    key_id: Mapped[str | None] = mapped_column(ID)
    content_hash: Mapped[bytes]
    sealed_goods: Mapped[bytes]
    sealed_client: Mapped[bytes | None]
    arrived_at: Mapped[datetime]


class WrittenEntries(Owned, Base):
    """What reports and parcels have left in the ledger of one client."""

    __tablename__ = "written_entries"
    __table_args__ = _of_programme()
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key_id: Mapped[str] = mapped_column(ID, primary_key=True)
    sealed: Mapped[bytes]


class HandedGoods(Owned, Base):
    """How much of what each volunteer has handed over to one client on a day; it outlives the client."""

    __tablename__ = "handed_goods"
    __table_args__ = _of_programme(Index("handed_goods_by_day", "organisation_id", "programme_id", "on_date"))
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key_id: Mapped[str] = mapped_column(ID, primary_key=True)
    on_date: Mapped[str] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[bytes]


class Discrepancy(Owned, Base):
    """Something that does not fit. `state`: open, settled (by a correction), decided (by two persons)."""

    __tablename__ = "discrepancy"
    __table_args__ = _of_programme(Index("discrepancy_by_state", "organisation_id", "programme_id", "state"))
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    discrepancy_id: Mapped[str] = mapped_column(ID, primary_key=True)
    on_date: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str | None] = mapped_column(ID)
    state: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes]
    sealed_decision: Mapped[bytes | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class StockMovement(Owned, Base):
    """Goods that come to a site, leave it, or are counted there."""

    __tablename__ = "stock_movement"
    __table_args__ = _of_programme(Index("stock_movement_by_day", "organisation_id", "programme_id", "on_date"))
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    movement_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    on_date: Mapped[str] = mapped_column(String(10))
    content_hash: Mapped[bytes]
    sealed: Mapped[bytes]
    arrived_at: Mapped[datetime]


class DayClosing(Owned, Base):
    """A day whose goods were counted in: from then on what is missing is a discrepancy."""

    __tablename__ = "day_closing"
    __table_args__ = _of_programme()
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    on_date: Mapped[str] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[bytes]
    closed_at: Mapped[datetime]


class IntakeRequest(Owned, Base):
    """Somebody who asks for help, under a key of their own from the first moment. `state`: asked, accepted, refused."""

    __tablename__ = "intake_request"
    __table_args__ = _of_programme(Index("intake_request_by_state", "organisation_id", "programme_id", "state"))
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    request_id: Mapped[str] = mapped_column(ID, primary_key=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    key_id: Mapped[str] = mapped_column(ID)
    content_hash: Mapped[bytes]
    sealed: Mapped[bytes]
    sealed_decision: Mapped[bytes | None]
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
