"""Codes of an authenticator (RFC 6238), and codes for when it is lost.

Law: no code opens twice, and after ten wrong ones none opens for a day. The secret lies sealed, a recovery code as an
HMAC; neither is shown again.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from api.identity.attempts import Attempts, codes
from api.security.field_cipher import Cell, FieldCipher
from api.security.passwords import one_time_password
from api.storage.identity_tables import RecoveryCode, SecondFactor
from api.storage.tables import User

STEP_S = 30
DRIFT_STEPS = 1  # a clock may be so many steps ahead or behind
RECOVERY_CODES = 8
ISSUER = "Doorstep"
_NEVER = -1


def begin(session: Session, cipher: FieldCipher, user: User) -> str:
    """Return a new secret for the user's authenticator; it counts once a code of it has come."""
    secret = pyotp.random_base32()
    row = _row(session, user)
    row.sealed_next = cipher.seal(_cell(user, "sealed_next"), secret.encode())
    return secret


def uri_of(secret: str, login: str) -> str:
    """Return the address that an authenticator reads off a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm(session: Session, cipher: FieldCipher, user: User, code: str, at: datetime) -> list[str] | None:
    """Put the new secret in force if the code is its own; return the recovery codes, or None."""
    row = _row(session, user)
    if row.sealed_next is None:
        return None
    secret = cipher.open(_cell(user, "sealed_next"), row.sealed_next)
    step = _step_of(secret.decode(), code, at, after=_NEVER)
    if step is None:
        return None
    row.sealed_secret = cipher.seal(_cell(user, "sealed_secret"), secret)
    row.sealed_next, row.last_step = None, step
    return _new_recovery_codes(session, cipher, user)


def passes(session: Session, cipher: FieldCipher, user: User, code: str, at: datetime) -> bool:
    """Whether a code lets the user in, who needs none where there is no second factor.

    A right code is used up, a wrong one is counted: the session has to be committed either way.
    """
    row = session.get(SecondFactor, (user.organisation_id, user.user_id))
    if row is None or row.sealed_secret is None:
        return True
    subject = codes(cipher, user.organisation_id, user.user_id)
    secret = cipher.open(_cell(user, "sealed_secret"), row.sealed_secret).decode()
    if subject.is_used_up(session) or not _use(session, cipher, user, row, secret, code, at):
        Attempts(subject).note_failure(session)
        return False
    Attempts(subject).forget(session)
    return True


def has_one(session: Session, user: User) -> bool:
    """Whether the user has a second factor in force."""
    row = session.get(SecondFactor, (user.organisation_id, user.user_id))
    return row is not None and row.sealed_secret is not None


def recovery_codes_left(session: Session, user: User) -> int:
    """Return how many recovery codes have not been used."""
    counted = select(func.count()).select_from(RecoveryCode)
    return session.scalar(counted.where(_own(user))) or 0


def remove(session: Session, user: User) -> None:
    """Take a user's second factor away, with its recovery codes."""
    row = session.get(SecondFactor, (user.organisation_id, user.user_id))
    if row is not None:
        session.delete(row)
    session.execute(delete(RecoveryCode).where(_own(user)))


def _step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """Return the step whose code this is, among those that the drift allows and that come after the last one used.

    A last one that is still to come was used while a clock ran ahead: only that one is refused then, or nobody would
    get in until it is reached.
    """
    one_time, now = pyotp.TOTP(secret, interval=STEP_S), int(at.timestamp()) // STEP_S
    latest = now + DRIFT_STEPS
    given = "".join(code.split()).encode("utf-8", "replace")
    fitting = [
        step
        for step in range(now - DRIFT_STEPS, latest + 1)
        if hmac.compare_digest(one_time.generate_otp(step).encode(), given) and (step > after or after > latest)
    ]
    return fitting[0] if fitting else None


def _use(
    session: Session, cipher: FieldCipher, user: User, row: SecondFactor, secret: str, code: str, at: datetime
) -> bool:
    """Use a code up; return whether it was right."""
    step = _step_of(secret, code, at, after=row.last_step)
    if step is None:
        return _recovers(session, cipher, user, code)
    row.last_step = step
    return True


def _recovers(session: Session, cipher: FieldCipher, user: User, code: str) -> bool:
    key = (user.organisation_id, user.user_id, _hash(cipher, user, code))
    found = session.get(RecoveryCode, key)
    if found is not None:
        session.delete(found)
    return found is not None


def _new_recovery_codes(session: Session, cipher: FieldCipher, user: User) -> list[str]:
    codes = [one_time_password() for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(_own(user)))
    session.add_all(
        RecoveryCode(organisation_id=user.organisation_id, user_id=user.user_id, code_hash=_hash(cipher, user, code))
        for code in codes
    )
    return codes


def _own(user: User) -> ColumnElement[bool]:
    return and_(RecoveryCode.organisation_id == user.organisation_id, RecoveryCode.user_id == user.user_id)


def _hash(cipher: FieldCipher, user: User, code: str) -> bytes:
    signs = "".join(sign for sign in code.casefold() if sign.isalnum())
    return cipher.blind_index(user.organisation_id, f"recovery-code/{user.user_id}", signs)


def _row(session: Session, user: User) -> SecondFactor:
    row = session.get(SecondFactor, (user.organisation_id, user.user_id))
    if row is None:
        row = SecondFactor(organisation_id=user.organisation_id, user_id=user.user_id, last_step=_NEVER)
        session.add(row)
    return row


def _cell(user: User, column: str) -> Cell:
    return Cell(table="second_factor", column=column, row=user.user_id, organisation_id=user.organisation_id)
