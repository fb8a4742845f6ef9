"""What a report says. Shapes only; what follows from several of them stands in `verdicts.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Day, Document, Identifier, Instant, Number, Text

MOST_REPORTS, MOST_GOODS = 500, 100
LONGEST_RUN = timedelta(days=400)
Sequence = Annotated[int, Field(ge=0, le=10**12)]


class ReportKind(StrEnum):
    """What happened."""

    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"
    NOT_SAFE_TO_HAND_OVER = "not_safe_to_hand_over"
    DISPENSED_AT_SITE = "dispensed_at_site"
    VOLUNTEER_DETAINED = "volunteer_detained"
    SHEET_LOST = "sheet_lost"


class FailureReason(StrEnum):
    """Why nothing was handed over."""

    NOT_HOME = "not_home"
    REFUSED = "refused"
    SOMEBODY_ELSE = "somebody_else"
    NOT_SAFE = "not_safe"
    NOT_FOUND = "not_found"
    NOT_REACHED = "not_reached"
    STOPPED = "stopped"
    OTHER = "other"


VISITS = frozenset({ReportKind.DONE, ReportKind.PARTLY, ReportKind.FAILED, ReportKind.NOT_SAFE_TO_HAND_OVER})
GIVES = frozenset({ReportKind.DONE, ReportKind.PARTLY, ReportKind.DISPENSED_AT_SITE})
ALARMS = frozenset({ReportKind.NOT_SAFE_TO_HAND_OVER, ReportKind.VOLUNTEER_DETAINED, ReportKind.SHEET_LOST})


class Goods(Document):
    """Dose-days of a product, or a supply. `quantity`: all of it, in the product's unit; none: not counted."""

    product_id: Identifier
    from_on: Day | None = None
    to_on: Day | None = None
    supply_id: Identifier | None = None
    tops_up: bool = False
    quantity: Number | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.from_on is None) != (self.to_on is None) or (self.from_on is None) == (self.supply_id is None):
            raise ValueError("name dose-days (`from_on`, `to_on`) or a `supply_id`")
        if self.tops_up and self.supply_id is not None:
            raise ValueError("what tops up doses names the dose-days")
        if self.from_on is not None and self.to_on is not None:
            if self.to_on < self.from_on:
                raise ValueError("the dose-days end before they begin")
            if self.to_on - self.from_on > LONGEST_RUN:
                raise ValueError("the dose-days go on for more than a year")
        return self


GoodsList = Annotated[tuple[Goods, ...], Field(max_length=MOST_GOODS)]


class Report(Document):
    """One report.

    Attributes
    ----------
    report_id
        Made by whoever reports; the same id is the same report.
    at
        When it happened, not when it is told.
    on
        The day whose route it belongs to; none: the local date of `at`. A night's route belongs to the day before.
    sequence
        A counter of the device that reports: of what was told about the same instant, the higher one is later.
    goods
        What was handed over (`failed`: what was not); none: what was issued or planned for this visit.
    fetched
        What was taken back at the door.
    corrects
        Reports that this one replaces.
    client_ids
        Of an alarm: who is exposed besides those that the service knows of.
    """

    report_id: Identifier
    kind: ReportKind
    at: Instant
    on: Day | None = None
    sequence: Sequence = 0
    client_id: Identifier | None = None
    volunteer_id: Identifier | None = None
    goods: GoodsList | None = None
    fetched: GoodsList = ()
    reason: FailureReason | None = None
    corrects: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()
    client_ids: Annotated[tuple[Identifier, ...], Field(max_length=500)] = ()
    remark: Text = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        about_client = self.kind in VISITS or self.kind is ReportKind.DISPENSED_AT_SITE
        if about_client != (self.client_id is not None):
            raise ValueError("a visit names its `client_id`, and an alarm about a volunteer none")
        if (self.kind is ReportKind.FAILED) != (self.reason is not None):
            raise ValueError("`failed` comes with a `reason`, and nothing else does")
        if self.kind in {ReportKind.PARTLY, ReportKind.DISPENSED_AT_SITE} and not self.goods:
            raise ValueError("what was handed over in part, or at the site, is named in `goods`")
        return self


class Reports(Document):
    """Several reports at once, in any order."""

    reports: Annotated[tuple[Report, ...], Field(min_length=1, max_length=MOST_REPORTS)]


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Who reports: a user, or a volunteer by a link of their own."""

    user_id: str | None = None
    volunteer_id: str | None = None

    @property
    def name(self) -> str:
        """One word for each reporter."""
        return f"user/{self.user_id}" if self.volunteer_id is None else f"volunteer/{self.volunteer_id}"
