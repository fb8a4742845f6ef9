"""How long things are kept. Law: every rule is here; `docs/service.md` shows the same, and a test holds them equal.

What a rule does not name stays: programmes, goods and their custody, the record of what was done. Reports of visits
stay as long as their client, whose ledger is worked out from them anew with each that comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, func, select
from sqlalchemy.orm import Session

from api.storage.every_table import every_table


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Rows of a table that go when an instant in them is old enough.

    Attributes
    ----------
    ends
        Column of the instant that counts; a row without one stays.
    keeps
        How long after that instant; none: until then.
    """

    name: str
    what: str
    table: str
    ends: str
    keeps: timedelta

    def rows(self, now: datetime) -> tuple[Table, ColumnElement[bool]]:
        """Return the table, and which rows of it are due."""
        table = every_table().tables[self.table]
        return table, table.c[self.ends] <= now - self.keeps


RULES: tuple[Rule, ...] = (
    Rule(
        name="sessions",
        what="sessions that have ended",
        table="sign_in",
        ends="expires_at",
        keeps=timedelta(0),
    ),
    Rule(
        name="answers",
        what="answers to requests with an Idempotency-Key",
        table="answered",
        ends="answered_at",
        keeps=timedelta(days=1),
    ),
    Rule(
        name="failed_sign_ins",
        what="counts of sign-ins that failed",
        table="failed_sign_in",
        ends="at",
        keeps=timedelta(minutes=15),
    ),
    Rule(
        name="failed_guesses",
        what="guesses that failed, as administrators see them",
        table="failed_guess",
        ends="at",
        keeps=timedelta(days=30),
    ),
    Rule(
        name="links",
        what="volunteers' links, since they took no more reports",
        table="volunteer_link",
        ends="reports_until",
        keeps=timedelta(days=30),
    ),
    Rule(
        name="link_sessions",
        what="sessions that a link opened",
        table="volunteer_sign_in",
        ends="created_at",
        keeps=timedelta(days=30),
    ),
    Rule(
        name="expired_keys",
        what="keys for programs that have expired",
        table="api_key",
        ends="expires_at",
        keeps=timedelta(days=30),
    ),
    Rule(
        name="revoked_keys",
        what="keys for programs that were revoked",
        table="api_key",
        ends="revoked_at",
        keeps=timedelta(days=30),
    ),
    Rule(
        name="uploads",
        what="what is said of extracts that were refused",
        table="network_upload",
        ends="received_at",
        keeps=timedelta(days=30),
    ),
)


def due(session: Session, now: datetime) -> Iterator[tuple[str, int]]:
    """Yield what each rule would remove: its name and how many rows."""
    for rule in RULES:
        table, is_due = rule.rows(now)
        yield rule.name, session.execute(select(func.count()).select_from(table).where(is_due)).scalar_one()


def remove(session: Session, now: datetime) -> Iterator[tuple[str, int]]:
    """Remove what is due; yield the name of each rule and how many rows went."""
    for (name, count), rule in zip(list(due(session, now)), RULES, strict=True):
        table, is_due = rule.rows(now)
        session.execute(delete(table).where(is_due))
        yield name, count
