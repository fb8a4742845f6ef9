"""The table of what plans are about. Law: what is of a client lies under the client's key, the rest under the day's."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from api.storage.tables import ID, Base, Owned


class PlanBasis(Owned, Base):
    """A part of the programme that a version of a plan is about.

    Attributes
    ----------
    version
        Of the plan; 0: what it was asked for with, where that is not the programme as it is kept.
    part
        A client's id, or empty: what is of no client who is kept.
    key_id
        Of the client; None: the day's own key.
    """

    __tablename__ = "plan_basis"
    plan_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(ID, primary_key=True)
    key_id: Mapped[str | None] = mapped_column(ID)
    sealed: Mapped[bytes]
