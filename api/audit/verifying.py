"""Read the record against its chain. Law: every entry is looked at, and what is found says which one it is about.

Whoever can write to the database, but has not the root key, cannot make either HMAC. What such a person can do unseen
is to take away the end of the record, or put back an older database; a head that was kept elsewhere shows that.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.chain import BEGINNING, Event, chain_key, chained_mac, own_mac
from api.audit.recording import last_of
from api.security.keyring import Keyring
from api.storage.audit_tables import AuditEntry
from routing.domain.errors import InputError, Problem

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Head:
    """The end of a chain as it was at some time."""

    organisation_id: str
    sequence: int
    mac: str

    def line(self) -> str:
        """Return it as a line to be kept."""
        return json.dumps({"organisation_id": self.organisation_id, "sequence": self.sequence, "mac": self.mac})


def heads(session: Session) -> list[Head]:
    """Return the head of every chain; the session is of every organisation."""
    return [_head(session, organisation_id) for organisation_id in _owners(session)]


def read_heads(data: bytes) -> list[Head]:
    """Read heads that were kept, one a line.

    Raises
    ------
    InputError
        `audit_heads_unreadable`.
    """
    try:
        return [_read_head(json.loads(line)) for line in data.decode().splitlines() if line.strip()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "audit_heads_unreadable",
            "the heads that were kept cannot be read",
            remedy="give a file of lines as `doorstep audit head` prints them",
        ) from error


def verify(session: Session, keyring: Keyring, kept: Iterable[Head] = ()) -> Iterator[Problem]:
    """Yield what is wrong with the record, chain by chain.

    Parameters
    ----------
    kept
        Heads that were kept elsewhere.
    """
    known: dict[str, dict[int, str]] = {}
    for head in kept:
        known.setdefault(head.organisation_id, {})[head.sequence] = head.mac
    for organisation_id in sorted({*_owners(session), *known}):
        yield from _verify_chain(session, keyring, organisation_id, known.get(organisation_id, {}))


def _verify_chain(
    session: Session, keyring: Keyring, organisation_id: str, kept: Mapping[int, str]
) -> Iterator[Problem]:
    key = chain_key(keyring, organisation_id)
    last, previous = 0, BEGINNING
    for row in _rows(session, organisation_id):
        follows = row.sequence == last + 1
        if not follows:
            yield _missing(organisation_id, last + 1, row.sequence - 1)
        if not hmac.compare_digest(own_mac(key, _event(row)), row.own_mac):
            yield _changed(organisation_id, row.sequence)
        elif follows and not hmac.compare_digest(
            chained_mac(key, previous, row.sequence, row.own_mac), row.chained_mac
        ):
            yield _moved(organisation_id, row.sequence)
        if kept.get(row.sequence, row.chained_mac.hex()) != row.chained_mac.hex():
            yield _other_head(organisation_id, row.sequence)
        last, previous = row.sequence, row.chained_mac
    if max(kept, default=0) > last:
        yield _cut(organisation_id, last, max(kept))


def _rows(session: Session, organisation_id: str) -> Iterator[AuditEntry]:
    rows = select(AuditEntry).where(AuditEntry.organisation_id == organisation_id).order_by(AuditEntry.sequence)
    return iter(session.scalars(rows.execution_options(yield_per=_ROWS_AT_ONCE)))


def _owners(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.organisation_id).distinct().order_by(AuditEntry.organisation_id)))


def _head(session: Session, organisation_id: str) -> Head:
    sequence, mac = last_of(session, organisation_id)
    return Head(organisation_id=organisation_id, sequence=sequence, mac=mac.hex())


def _read_head(read: Mapping[str, object]) -> Head:
    sequence = read["sequence"]
    if not isinstance(sequence, int):
        raise TypeError("a number is needed")
    return Head(organisation_id=str(read["organisation_id"]), sequence=sequence, mac=str(read["mac"]))


def _event(row: AuditEntry) -> Event:
    return Event(
        organisation_id=row.organisation_id,
        at=row.at,
        action=row.action,
        outcome=row.outcome,
        actor=row.actor,
        via=row.via,
        subject=row.subject,
    )


def _changed(organisation_id: str, sequence: int) -> Problem:
    return Problem(
        code="audit_entry_changed",
        message=f"entry {sequence} is not what was recorded: it was changed, or put there by somebody else",
        where=_where(organisation_id, sequence),
        remedy="find out who can write to the database; compare with a backup",
    )


def _moved(organisation_id: str, sequence: int) -> Problem:
    return Problem(
        code="audit_entry_moved",
        message=f"entry {sequence} does not follow the one before it: entries were reordered, repeated or taken out",
        where=_where(organisation_id, sequence),
        remedy="find out who can write to the database; compare with a backup",
    )


def _missing(organisation_id: str, first: int, last: int) -> Problem:
    return Problem(
        code="audit_entry_missing",
        message=f"entries {first} to {last} are missing" if first != last else f"entry {first} is missing",
        where=_where(organisation_id, first),
        remedy="find out who can write to the database; compare with a backup",
    )


def _cut(organisation_id: str, last: int, known: int) -> Problem:
    return Problem(
        code="audit_cut",
        message=f"the record ends with entry {last}, and once had {known}: its end was taken away",
        where=_where(organisation_id, last + 1),
        remedy="if a backup was restored since, that is why; if not, find out who can write to the database",
    )


def _other_head(organisation_id: str, sequence: int) -> Problem:
    return Problem(
        code="audit_head_differs",
        message=f"entry {sequence} is not the one that was the head: the record went another way since",
        where=_where(organisation_id, sequence),
        remedy="if a backup was restored since, that is why; if not, find out who has the root key",
    )


def _where(organisation_id: str, sequence: int) -> str:
    return f"{organisation_id}/{sequence}"
