"""Guesses that fail, counted by account and by address. Law: the count outlives a restart, and names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.identity.spans import PUT_BACK_BY
from api.manners.addresses import network_of
from api.manners.errors import TooManyError
from api.security.field_cipher import FieldCipher
from api.storage.tables import FailedSignIn

SPAN = timedelta(minutes=15)
MOST_OF_ACCOUNT = 10
MOST_OF_ADDRESS = 50
DAY = timedelta(days=1)
MOST_CODES = 10  # a day, with the right password: three of a million codes are right at a time


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whose failures are counted, over which span, and how many are too many."""

    index: bytes
    most: int
    span: timedelta = SPAN

    def is_used_up(self, session: Session) -> bool:
        """Whether there were too many failures."""
        now = datetime.now(UTC)
        lately = FailedSignIn.at.between(now - self.span, now + PUT_BACK_BY)
        counted = select(func.count()).where(FailedSignIn.subject == self.index, lately)
        return (session.scalar(counted) or 0) >= self.most


class Attempts:
    """What has been tried lately on one subject or several."""

    def __init__(self, *subjects: Subject) -> None:
        self._subjects = subjects

    def refuse_too_many(self, session: Session) -> None:
        """Refuse to try again where there were too many failures.

        Raises
        ------
        TooManyError
            `too_many_attempts`.
        """
        for subject in self._subjects:
            if subject.is_used_up(session):
                raise TooManyError(
                    "too_many_attempts",
                    "too many sign-ins failed here lately",
                    remedy=f"wait {subject.span // timedelta(minutes=1)} minutes",
                    params={"retry_after_s": int(subject.span.total_seconds())},
                )

    def note_failure(self, session: Session) -> None:
        """Count one more; what is older than every span is forgotten."""
        now = datetime.now(UTC)
        session.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - DAY))
        session.add_all(FailedSignIn(subject=subject.index, at=now) for subject in self._subjects)

    def forget(self, session: Session) -> None:
        """Forget the failures of the first subject, which has been opened rightly; those of the others stay."""
        session.execute(delete(FailedSignIn).where(FailedSignIn.subject == self._subjects[0].index))


def sign_ins(cipher: FieldCipher, organisation_id: str, login: str, address: str) -> Attempts:
    """Return what has been tried on an account, and from an address.

    Parameters
    ----------
    login
        As it is compared (`people.normal_login`).
    """
    account = cipher.blind_index(organisation_id, "sign-in/account", login)
    return Attempts(Subject(index=account, most=MOST_OF_ACCOUNT), _of_address(cipher, "sign-in/address", address))


def link_guesses(cipher: FieldCipher, address: str) -> Attempts:
    """Return what has been tried of volunteers' links and their codes from an address."""
    return Attempts(_of_address(cipher, "sign-in/link", address))


def codes(cipher: FieldCipher, organisation_id: str, user_id: str) -> Subject:
    """Return what counts the wrong codes that came with a user's right password."""
    index = cipher.blind_index(organisation_id, "sign-in/codes", user_id)
    return Subject(index=index, most=MOST_CODES, span=DAY)


def _of_address(cipher: FieldCipher, about: str, address: str) -> Subject:
    return Subject(index=cipher.blind_index("", about, network_of(address)), most=MOST_OF_ADDRESS)
