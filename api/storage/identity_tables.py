"""Tables of who gets in. Law: of a secret only a hash is kept, or it is sealed; an HMAC where it is short."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.tables import ID, Base, Owned


class SecondFactor(Owned, Base):
    """What a user's authenticator shares with us.

    `sealed_secret` is None until the first code has shown that it was taken over; `sealed_next` waits for that.
    `last_step`: of the last code that was taken, so that none is taken twice.
    """

    __tablename__ = "second_factor"
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
    sealed_secret: Mapped[bytes | None]
    sealed_next: Mapped[bytes | None]
    last_step: Mapped[int]


class RecoveryCode(Owned, Base):
    """A code that stands in for the authenticator once; it is removed when it is used."""

    __tablename__ = "recovery_code"
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)


class FailedGuess(Owned, Base):
    """Something that did not let anybody in, for those who look after the organisation.

    `user_id` is None where there is no such login; `address_index` is an HMAC, which tells one address from another
    and no more.
    """

    __tablename__ = "failed_guess"
    __table_args__ = (Index("failed_guess_by_time", "organisation_id", "at"),)
    guess_id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[str | None] = mapped_column(ID)
    what: Mapped[str] = mapped_column(String(32))
    address_index: Mapped[bytes]


class VolunteerLink(Owned, Base):
    """A link for a volunteer's day: hashes of the token in it and of the code printed beside it."""

    __tablename__ = "volunteer_link"
    __table_args__ = (
        Index("volunteer_link_by_token", "token_hash", unique=True),
        Index("volunteer_link_by_code", "code_hash", unique=True),
        Index("volunteer_link_by_volunteer", "organisation_id", "programme_id", "volunteer_id"),
    )
    link_id: Mapped[str] = mapped_column(ID, primary_key=True)
    programme_id: Mapped[str] = mapped_column(ID)
    volunteer_id: Mapped[str] = mapped_column(ID)
    date: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[bytes]
    code_hash: Mapped[bytes]
    made_by: Mapped[str] = mapped_column(ID)
    made_at: Mapped[datetime]
    reads_from: Mapped[datetime]
    reads_until: Mapped[datetime]
    reports_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(32))


class VolunteerSignIn(Owned, Base):
    """A session that a link has opened; it opens nothing that the link does not open any more."""

    __tablename__ = "volunteer_sign_in"
    __table_args__ = (Index("volunteer_sign_in_by_token", "token_hash", unique=True),)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    link_id: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime]
