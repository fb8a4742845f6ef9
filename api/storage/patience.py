"""A PostgreSQL server that hangs. Law: whoever waits for it is answered; what the server does later is not waited for.

A server that is stopped says so, or its socket does. One that hangs says nothing for ever, and every thread that asks
it would be lost to the service.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from sqlalchemy import Connection as SqlConnection

Result = TypeVar("Result")
ANSWERS_WITHIN_S = 10.0


class PatientConnection(Connection[Any]):
    """A connection that is given up where a statement is not answered in time.

    Attributes
    ----------
    patience_s
        How long a statement may take; None: for ever (migrations).
    """

    patience_s: float | None = ANSWERS_WITHIN_S

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Wait for what the server answers.

        Raises
        ------
        OperationalError
            It did not; the connection is closed.
        """
        if timeout is not None or self.patience_s is None:
            return super().wait(gen, interval, timeout)
        ends_s = monotonic() + self.patience_s
        try:
            return super().wait(gen, interval, self.patience_s)
        except OperationalError:
            if monotonic() >= ends_s:
                self.pgconn.finish()
            raise


@contextmanager
def unhurried(connection: SqlConnection) -> Iterator[None]:
    """Let the statements of a block take as long as they need."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, PatientConnection):
        yield
        return
    driver.patience_s = None
    try:
        yield
    finally:
        driver.patience_s = ANSWERS_WITHIN_S
