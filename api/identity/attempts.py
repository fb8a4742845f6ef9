"""Sign-ins that fail, counted by account and by address. Law: the count outlives a restart, and names nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.identity.spans import PUT_BACK_BY
from api.manners.errors import TooManyError
from api.security.field_cipher import FieldCipher
from api.storage.tables import FailedSignIn

SPAN = timedelta(minutes=15)
MOST_OF_ACCOUNT = 10
MOST_OF_ADDRESS = 50


class Attempts:
    """What has been tried lately on one account from one address."""

    def __init__(self, cipher: FieldCipher, organisation_id: str, login: str, address: str) -> None:
        account = cipher.blind_index(organisation_id, "sign-in/account", login)
        self._limits = {account: MOST_OF_ACCOUNT, cipher.blind_index("", "sign-in/address", address): MOST_OF_ADDRESS}

    def refuse_too_many(self, session: Session) -> None:
        """Refuse to try again where there were too many failures.

        Raises
        ------
        TooManyError
            `too_many_attempts`.
        """
        now = datetime.now(UTC)
        for subject, most in self._limits.items():
            lately = FailedSignIn.at.between(now - SPAN, now + PUT_BACK_BY)
            counted = select(func.count()).where(FailedSignIn.subject == subject, lately)
            if (session.scalar(counted) or 0) >= most:
                raise TooManyError(
                    "too_many_attempts",
                    "too many sign-ins failed here lately",
                    remedy=f"wait {SPAN // timedelta(minutes=1)} minutes",
                    params={"retry_after_s": int(SPAN.total_seconds())},
                )

    def note_failure(self, session: Session) -> None:
        """Count one more; what is older than the span is forgotten."""
        now = datetime.now(UTC)
        session.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - SPAN))
        session.add_all(FailedSignIn(subject=subject, at=now) for subject in self._limits)

    def forget(self, session: Session) -> None:
        """Forget the failures of the account, which has been opened rightly; those of the address stay."""
        account = next(iter(self._limits))
        session.execute(delete(FailedSignIn).where(FailedSignIn.subject == account))
