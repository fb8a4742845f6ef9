"""The table of what was done. Law: rows are added, each bound to the one before; none is ever changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.tables import ID, Base, Owned


class AuditEntry(Owned, Base):
    """One thing that was done or refused. `own_mac` is over its content, `chained_mac` over its place in the chain."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("audit_entry_by_subject", "organisation_id", "subject", "sequence"),)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(ID)
    via: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str | None] = mapped_column(ID)
    outcome: Mapped[str] = mapped_column(String(64))
    own_mac: Mapped[bytes]
    chained_mac: Mapped[bytes]
