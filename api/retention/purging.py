"""Have what is due removed. Law: by the service itself once a day, or by a command; and that is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread

from sqlalchemy.orm import Session

from api.audit.chain import SERVICE
from api.audit.recording import append, event_now
from api.manners.log import write_log
from api.retention.erased import count_erased, remove_erased
from api.retention.files import due_files, remove_file
from api.retention.route_days import due_days, remove_days
from api.retention.rules import due, remove
from api.security.keyring import Keyring
from api.storage.sessions import EVERY, Store

FIRST_AFTER_S, EVERY_S, AGAIN_AFTER_S = 60.0, 24 * 3600.0, 3600.0
PURGE = "doorstep purge"  # as the record calls it


def count_due(session: Session, service: Path, plans: Path, now: datetime) -> Counter[str]:
    """Return how much of what is due; nothing is removed."""
    found = Counter(dict(due(session, now)))
    found["route_days"], found["erased"] = len(due_days(session, now)), count_erased(session, now)
    found.update(rule for rule, _ in due_files(service, plans, now.astimezone().date()))
    return found


def purge(
    store: Store,
    keyring: Keyring,
    service: Path,
    plans: Path,
    now: datetime,
    finish: Callable[[], None],
) -> Counter[str]:
    """Remove what is due; return how much of what.

    Parameters
    ----------
    finish
        Destroys the keys whose erasure has been noted.

    Raises
    ------
    UnavailableError
        `busy`, `database_away`.
    """
    with store.writing(EVERY) as session:
        gone = Counter(dict(remove(session, now)))
        gone["route_days"], gone["erased"] = remove_days(session, now), remove_erased(session, now)
        append(session, keyring, event_now(SERVICE, PURGE, "service"))
    finish()
    for rule, path in list(due_files(service, plans, now.astimezone().date())):
        remove_file(path)
        gone[rule] += 1
    return gone


class Daily:
    """Purges once a day for as long as the service is open."""

    def __init__(self, store: Store, keyring: Keyring, service: Path, plans: Path, finish: Callable[[], None]) -> None:
        self._purge = partial(purge, store, keyring, service, plans, finish=finish)
        self._ends = Event()
        self._thread = Thread(target=self._run, name="doorstep-retention", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; what is going on is waited for."""
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        wait_s = FIRST_AFTER_S
        while not self._ends.wait(wait_s):
            wait_s = EVERY_S
            try:
                self._purge(now=datetime.now(UTC))
            except Exception as error:  # tried again in an hour, whatever it was
                wait_s = AGAIN_AFTER_S
                write_log(event="broken", error=type(error).__name__)
