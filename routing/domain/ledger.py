"""What has happened to each dose-day. Law: a dose-day of a client and product is claimed at most once."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from routing.domain.base import Day, Document, Identifier, Instant, Number


class LedgerState(StrEnum):
    """The states of a parcel."""

    PLANNED = "planned"
    ISSUED = "issued"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    VOIDED = "voided"
    DISPENSED_AT_SITE = "dispensed_at_site"
    FETCHED = "fetched"


class LedgerEntry(Document):
    """One event about dose-days `from_on` to `to_on` (a supply has neither, but a `supply_id`).

    `tops_up`: goods that make up the difference to a changed dose; the dose-days are claimed by others.
    """

    client_id: Identifier
    product_id: Identifier
    state: LedgerState
    at: Instant
    from_on: Day | None = None
    to_on: Day | None = None
    supply_id: Identifier | None = None
    tops_up: bool = False
    quantity: Number | None = None
    volunteer_id: Identifier | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.from_on is None) != (self.to_on is None):
            raise ValueError("`from_on` and `to_on` come together")
        if self.from_on is None and self.supply_id is None:
            raise ValueError("an entry names dose-days (`from_on`, `to_on`) or a `supply_id`")
        if self.from_on is not None and self.to_on is not None and self.to_on < self.from_on:
            raise ValueError("the entry's dose-days end before they begin")
        return self
