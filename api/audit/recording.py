"""Write the record. Law: a change and its entry are committed together, or neither is.

Reading is recorded, too, and must not wait for the writer: what was read is noted in memory and written in batches,
twice a second, and when the service ends. A service that is killed loses the last half second of that, and nothing
else; exports are written before they are answered. Where the record cannot be written, reading stops as soon as
`MOST_WAITING` wait.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from threading import Event as Signal
from threading import Lock, Thread

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.chain import BEGINNING, SERVICE, Event, chain_key, chained_mac, own_mac
from api.audit.sparing import Sparing
from api.manners.log import write_log
from api.security.field_cipher import FieldCipher
from api.security.keyring import Keyring
from api.storage.audit_tables import AuditEntry
from api.storage.faults import database_away
from api.storage.sessions import EVERY, Store
from api.storage.tables import Organisation
from routing.domain.errors import DoorstepError

EVERY_S = 0.5
BATCH = 500
MOST_WAITING = 20_000
PSEUDONYM_BYTES = 8
NOBODY = "nobody"  # by whom something was done that needs no more than a secret


class Recorder:
    """The record of one service."""

    def __init__(self, store: Store, keyring: Keyring, cipher: FieldCipher) -> None:
        self._store, self._keyring, self._cipher = store, keyring, cipher
        self._sparing = Sparing()
        self._waiting: deque[Event] = deque()
        self._flushing = Lock()
        self._ends = Signal()
        self._thread = Thread(target=self._run, name="doorstep-audit", daemon=True)
        self._thread.start()

    def pseudonym(self, organisation_id: str, path: str) -> str:
        """Return what stands for a thing in the record: the same for the same path, other in each organisation."""
        return self._cipher.blind_index(organisation_id, "audit", path)[:PSEUDONYM_BYTES].hex()

    def note(self, session: Session, *events: Event) -> None:
        """Write entries in somebody's unit of work; last in it, since the chain goes on from what is there."""
        append(session, self._keyring, *events)

    def note_few(self, session: Session, *events: Event) -> None:
        """Write entries of what anybody can cause, as few as `sparing.py` lets through."""
        self.note(session, *self._sparing.few(*events))

    def later_few(self, event: Event) -> None:
        """Have such an entry written soon; raise what `later` raises."""
        for one in self._sparing.few(event):
            self.later(one)

    def later_of_all(self, action: str, outcome: str) -> None:
        """Have what anybody can cause and concerns everybody written soon, into the record of each organisation.

        Raises
        ------
        UnavailableError
            `busy`, `database_away`.
        """
        event = Event(organisation_id=SERVICE, at=datetime.now(UTC), action=action, outcome=outcome)
        for one in self._sparing.few(event):  # asked first: a flood does not reach the database
            with self._store.reading(EVERY) as session:
                told = events_of_all(session, action, one.outcome)
            for of_one in told:
                self.later(of_one)

    def now(self, *events: Event) -> None:
        """Write entries in a unit of work of their own.

        Raises
        ------
        UnavailableError
            `busy`, `database_away`.
        """
        with self._store.writing(EVERY) as session:
            self.note(session, *events)

    def later(self, event: Event) -> None:
        """Have an entry written soon.

        Raises
        ------
        UnavailableError
            `database_away`: too many wait to be written.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise database_away()
        self._waiting.append(event)

    def flush(self) -> None:
        """Write what waits; what cannot be written goes on waiting.

        Raises
        ------
        UnavailableError
            `busy`, `database_away`.
        """
        with self._flushing:
            while self._waiting:
                batch = [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]
                self.now(*batch)
                for _ in batch:
                    self._waiting.popleft()

    def close(self) -> None:
        """Write what waits, if it can be written, and end."""
        self._ends.set()
        self._thread.join()
        with suppress(DoorstepError):
            self.flush()

    def _run(self) -> None:
        while not self._ends.wait(EVERY_S):
            try:
                self.flush()
            except DoorstepError:  # tried again; whoever reads meanwhile is told when too many wait
                continue
            except Exception as error:  # the thread must go on, whatever it was
                write_log(event="broken", error=type(error).__name__)


def append(session: Session, keyring: Keyring, *events: Event) -> None:
    """Append entries to the chains of their organisations."""
    for organisation_id, group in groupby(sorted(events, key=_owner), key=_owner):
        key = chain_key(keyring, organisation_id)
        sequence, previous = last_of(session, organisation_id)
        for event in group:
            sequence += 1
            own = own_mac(key, event)
            previous = chained_mac(key, previous, sequence, own)
            session.add(_row(event, sequence, own, previous))
        session.flush()


def last_of(session: Session, organisation_id: str) -> tuple[int, bytes]:
    """Return number and `chained_mac` of an organisation's last entry."""
    found = select(AuditEntry.sequence, AuditEntry.chained_mac).where(AuditEntry.organisation_id == organisation_id)
    last = session.execute(found.order_by(AuditEntry.sequence.desc()).limit(1)).one_or_none()
    return (0, BEGINNING) if last is None else (last[0], last[1])


def events_of_all(session: Session, action: str, outcome: str, at: datetime | None = None) -> list[Event]:
    """Return what concerns every organisation and was done by nobody who is known: one for each of them."""
    owners = session.scalars(select(Organisation.organisation_id)).all()
    when = at or datetime.now(UTC)
    return [Event(organisation_id=one, at=when, action=action, outcome=outcome, via=NOBODY) for one in owners]


def event_now(organisation_id: str, action: str, via: str = "command") -> Event:
    """Return what is being done by somebody at the machine itself, or by the service."""
    return Event(organisation_id=organisation_id, at=datetime.now(UTC), action=action, via=via)


def _owner(event: Event) -> str:
    return event.organisation_id


def _row(event: Event, sequence: int, own: bytes, chained: bytes) -> AuditEntry:
    return AuditEntry(
        organisation_id=event.organisation_id,
        sequence=sequence,
        at=event.at,
        actor=event.actor,
        via=event.via,
        action=event.action,
        subject=event.subject,
        outcome=event.outcome,
        own_mac=own,
        chained_mac=chained,
    )
