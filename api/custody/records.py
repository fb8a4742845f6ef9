"""What is said when goods change hands. Shapes only."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from api.visits.reports import LONGEST_RUN, MOST_GOODS, Goods
from routing.domain.base import Day, Document, Identifier, Instant, Text

MOST_RECORDS = 200
Quantity = Annotated[float, Field(gt=0, le=10**9, allow_inf_nan=False)]


class CustodyKind(StrEnum):
    """How goods change hands: made up at the site, given to a volunteer, given to a client, given back."""

    PREPARED = "prepared"
    ISSUED = "issued"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"


class Witness(Document):
    """The second person: a user, or a volunteer of the programme."""

    user_id: Identifier | None = None
    volunteer_id: Identifier | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.user_id is None) == (self.volunteer_id is None):
            raise ValueError("the second person is a `user_id` or a `volunteer_id`")
        return self


class CountedGoods(Document):
    """Goods that were counted: a client's for dose-days or a supply, or (neither) nobody's in particular."""

    product_id: Identifier
    quantity: Quantity
    lot: Text = ""
    from_on: Day | None = None
    to_on: Day | None = None
    supply_id: Identifier | None = None
    tops_up: bool = False

    @property
    def is_labelled(self) -> bool:
        """Whether it is said what they are for."""
        return self.from_on is not None or self.supply_id is not None

    def as_goods(self) -> Goods:
        """Return labelled goods as a report names them."""
        return Goods(
            product_id=self.product_id,
            from_on=self.from_on,
            to_on=self.to_on,
            supply_id=self.supply_id,
            tops_up=self.tops_up,
            quantity=self.quantity,
        )

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.from_on is None) != (self.to_on is None) or (self.from_on is not None and self.supply_id is not None):
            raise ValueError("name dose-days (`from_on`, `to_on`), a `supply_id`, or neither")
        dated = self.from_on is not None and self.to_on is not None
        if dated and not timedelta() <= self.to_on - self.from_on <= LONGEST_RUN:  # type: ignore[operator]
            raise ValueError("the dose-days end before they begin, or go on for more than a year")
        return self


class CustodyStep(Document):
    """Goods change hands once.

    Attributes
    ----------
    record_id
        Made by whoever writes it down; the same id is the same step.
    on
        The day in whose account it counts; none: the local date of `at`. What comes back later names the day of issue.
    volunteer_id
        Who takes them, hands them over, brings them back.
    """

    record_id: Identifier
    kind: CustodyKind
    at: Instant
    on: Day | None = None
    site_id: Identifier
    volunteer_id: Identifier | None = None
    client_id: Identifier | None = None
    goods: Annotated[tuple[CountedGoods, ...], Field(min_length=1, max_length=MOST_GOODS)]
    witness: Witness

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.volunteer_id is None) != (self.kind is CustodyKind.PREPARED):
            raise ValueError("every step but `prepared` names a `volunteer_id`")
        if self.client_id is None and self.kind is CustodyKind.HANDED_OVER:
            raise ValueError("what is handed over is handed to somebody: name a `client_id`")
        if any(one.is_labelled != (self.client_id is not None) for one in self.goods):
            raise ValueError("a client's goods say what for (dose-days or a supply), and other goods do not")
        return self


class CustodySteps(Document):
    """Several steps at once."""

    records: Annotated[tuple[CustodyStep, ...], Field(min_length=1, max_length=MOST_RECORDS)]
