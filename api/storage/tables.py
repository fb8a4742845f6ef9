"""The tables. Law: every table of an organisation names it; every column that begins `sealed` is sealed by us.

Instants are kept as whole seconds since 1970 in UTC, alike on both databases.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

ID = String(64)


class Instant(TypeDecorator[datetime]):
    """An instant as seconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return what is kept."""
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant, in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Base(DeclarativeBase):
    """Every table."""

    type_annotation_map = {datetime: Instant, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy reads it


class Owned:
    """A table of one organisation: its rows are seen by nobody else (`sessions.py`)."""

    organisation_id: Mapped[str] = mapped_column(ID, primary_key=True, sort_order=-1)


class Organisation(Owned, Base):
    """An organisation that uses this service."""

    __tablename__ = "organisation"
    sealed_name: Mapped[bytes]
    created_at: Mapped[datetime]


class User(Owned, Base):
    """Somebody who may sign in. `password_expires_at`: it was given once, and ends then unless it is changed."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("organisation_id", "login_index"),)
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
    login_index: Mapped[bytes]
    sealed_login: Mapped[bytes]
    roles: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    password_expires_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class SignIn(Owned, Base):
    """A session: only the hash of what the browser holds."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("sign_in_by_token", "token_hash", unique=True),)
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ID)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiKey(Owned, Base):
    """A key for a program: only the hash of its secret."""

    __tablename__ = "api_key"
    __table_args__ = (Index("api_key_by_secret", "secret_hash", unique=True),)
    key_id: Mapped[str] = mapped_column(ID, primary_key=True)
    secret_hash: Mapped[bytes]
    user_id: Mapped[str] = mapped_column(ID)
    sealed_name: Mapped[bytes]
    roles: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """A sign-in that failed. `subject` is an HMAC of the account or of the address it came from."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (Index("failed_sign_in_by_subject", "subject", "at"),)
    failure_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    subject: Mapped[bytes]
    at: Mapped[datetime]


class Programme(Owned, Base):
    """A programme but for its lists. `version` grows by one with every change of anything in it."""

    __tablename__ = "programme"
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    version: Mapped[int]
    sealed_frame: Mapped[bytes]
    changed_at: Mapped[datetime]


class Entry(Owned, Base):
    """One entry of one list of a programme. `version`: the programme's when it was written last."""

    __tablename__ = "entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["programme.organisation_id", "programme.programme_id"],
            ondelete="CASCADE",
        ),
        Index("entry_by_position", "organisation_id", "programme_id", "kind", "position"),
    )
    programme_id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ID, primary_key=True)
    position: Mapped[int]
    version: Mapped[int]
    key_id: Mapped[str | None] = mapped_column(ID)
    sealed: Mapped[bytes]


class Erasure(Owned, Base):
    """A client's key that is to be destroyed, and when it was."""

    __tablename__ = "erasure"
    key_id: Mapped[str] = mapped_column(ID, primary_key=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Network(Owned, Base):
    """An extract that was sent. Its bytes lie in a file named by their digest."""

    __tablename__ = "network"
    network_id: Mapped[str] = mapped_column(ID, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    way_count: Mapped[int]
    bounds: Mapped[str] = mapped_column(Text)
    stored_at: Mapped[datetime]


class Answered(Owned, Base):
    """What a request with an `Idempotency-Key` was answered; `key_id`: of the client whom it is about."""

    __tablename__ = "answered"
    user_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    status: Mapped[int]
    key_id: Mapped[str | None] = mapped_column(ID)
    sealed_answer: Mapped[bytes]
    answered_at: Mapped[datetime]
