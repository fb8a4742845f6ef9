"""Units of work. Law: an organisation's rows are read and written in a session of that organisation only.

That is held here and nowhere else: every statement on an `Owned` table gets the organisation of its session, and a
row of another one is not let in. One writer at a time, behind a lock in this process, which is the only one on its
database. A unit of work begins and ends in one function of one thread, so what is answered afterwards has been
committed, and whoever waits for the lock holds nothing that the one who has it could need.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from api.manners.errors import UnavailableError
from api.manners.metrics import count_wait
from api.storage.engine import PATIENCE_S, WRITES
from api.storage.faults import database_away
from api.storage.tables import Owned
from routing.domain.errors import InternalError

EVERY = "*"  # of no one organisation: to find out who somebody is, and to look after all rows
_ORGANISATION = "organisation_id"


class Store:
    """The database of this process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{WRITES: True})
        self._turn = Lock()

    @contextmanager
    def reading(self, organisation_id: str) -> Iterator[Session]:
        """Open a session that only reads, and sees one moment throughout.

        Raises
        ------
        UnavailableError
            `database_away`.
        """
        with _told(), self._session(self.engine, organisation_id) as session:
            yield session

    @contextmanager
    def writing(self, organisation_id: str) -> Iterator[Session]:
        """Open a session whose changes are committed at the end of the block, or not at all.

        Raises
        ------
        UnavailableError
            `busy`, `database_away`.
        """
        began = time.monotonic()
        there = self._turn.acquire(timeout=PATIENCE_S)
        count_wait(time.monotonic() - began)
        if not there:
            raise UnavailableError("busy", "too many changes at once", remedy="try again", params={"retry_after_s": 1})
        try:
            with _told(), self._session(self._writing, organisation_id) as session, session.begin():
                yield session
        finally:
            self._turn.release()

    def _session(self, engine: Engine, organisation_id: str) -> Session:
        return Session(engine, info={_ORGANISATION: organisation_id}, expire_on_commit=False)

    def session_on(self, connection: Connection, organisation_id: str) -> Session:
        """Return a session in somebody else's transaction, which it does not end."""
        return Session(connection, info={_ORGANISATION: organisation_id}, expire_on_commit=False)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """Tell a database that is away, full or too busy from a fault of ours."""
    try:
        yield
    except PoolTimeoutError as error:
        raise database_away() from error
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, OperationalError):
            raise database_away() from error
        raise


def _organisation_of(session: Session) -> str:
    if _ORGANISATION not in session.info:
        raise InternalError("no_organisation", "a session was opened for no organisation", remedy="please report it")
    return str(session.info[_ORGANISATION])


@event.listens_for(Session, "do_orm_execute")
def _only_own_rows(state: ORMExecuteState) -> None:
    organisation_id = _organisation_of(state.session)
    if organisation_id != EVERY:
        state.statement = state.statement.options(
            with_loader_criteria(Owned, lambda table: table.organisation_id == organisation_id, include_aliases=True)
        )


@event.listens_for(Session, "before_flush")
def _only_own_changes(session: Session, _: UOWTransaction, __: object) -> None:
    organisation_id = _organisation_of(session)
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Owned) and organisation_id not in (EVERY, row.organisation_id):
            raise InternalError(
                "no_organisation", "a row of another organisation was changed", remedy="please report it"
            )
