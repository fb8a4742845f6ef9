"""Take-home policies: dated data per place, product and client class. Law: no clinical number lives in code."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Day, Days, Document, Identifier, LocalTime, Number, PositiveDays, Text
from routing.domain.hours import Weekday


class ClientClass(StrEnum):
    """Groups of clients that a policy may tell apart."""

    NEW = "new"
    STABLE = "stable"
    UNREGISTERED = "unregistered"
    MINOR = "minor"
    CUSTODY = "custody"


class Phase(StrEnum):
    """Where a client stands in a treatment."""

    INDUCTION = "induction"
    COURSE = "course"
    MAINTENANCE = "maintenance"


class Handover(StrEnum):
    """How goods change hands."""

    IN_PERSON = "in_person"
    DOORSTEP = "doorstep"
    CONTACTLESS = "contactless"


class MissedDoses(Document):
    """What so many missed dose-days in a row mean, for one phase.

    Up to `resume_up_to` doses go on; up to `clearance_up_to` a same-day clearance is needed; beyond, and from
    there on, the order is held for the prescriber. Needs a clinician's sign-off.
    """

    phase: Phase
    resume_up_to: Days
    clearance_up_to: Days
    restart_from: PositiveDays | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.clearance_up_to < self.resume_up_to:
            raise ValueError("`clearance_up_to` is smaller than `resume_up_to`")
        return self


class _Named(Document):
    """What a policy is about. First in `Policy`'s order of keys, so a class of its own."""

    policy_id: Identifier
    place: Text
    product_id: Identifier


class TakeHome(Document):
    """The rules under which some goods may be taken home by some classes of clients.

    Attributes
    ----------
    max_days_a_delivery, min_days_a_delivery, max_days_on_hand
        Dose-days; on hand counts what is at home and what is delivered.
    early_days
        A refill may come so many days before the run-out.
    buffer_days
        A visit falls due so many days before the run-out.
    dose_time, grace_h
        A dose-day's latest safe moment is `dose_time` plus `grace_h` hours on that day.
    visit_weekdays, visits_per_week
        When a client may be visited for this product.
    observed_weekdays, observed_counts
        Doses taken under observation at the site; whether they replace the take-home dose of the day.
    prescriber_approval, review_interval_days
        Each delivery waits for the prescriber's approval; nothing goes so many days after the last review.
    course_days
        A course has no more doses than these, whatever its steps say.
    announce_end_days
        The end of a course is announced so many days ahead.
    guardian_required
        Nothing goes to a minor without a guardian and a prescriber on record.
    tier_weight
        Urgency within a tier.
    """

    client_classes: tuple[ClientClass, ...] = ()
    max_days_a_delivery: PositiveDays
    min_days_a_delivery: PositiveDays = 1
    max_days_on_hand: PositiveDays
    early_days: Days = 0
    buffer_days: Days = 1
    dose_time: LocalTime
    grace_h: Annotated[int, Field(ge=0, le=72)] = 0
    visit_weekdays: tuple[Weekday, ...] = ()
    visits_per_week: Annotated[int, Field(ge=1, le=7)] | None = None
    affordable_days_per_week: PositiveDays | None = None
    observed_weekdays: tuple[Weekday, ...] = ()
    observed_counts: bool = True
    prescriber_approval: bool = False
    review_interval_days: PositiveDays | None = None
    remote_initiation: bool = False
    remote_renewal: bool = False
    course_days: PositiveDays | None = None
    announce_end_days: Days = 3
    price_a_day: Number | None = None
    subsidised: bool = False
    missed_doses: tuple[MissedDoses, ...] = ()
    guardian_required: bool = True
    handover: Handover = Handover.IN_PERSON
    proxy_allowed: bool = False
    tier_weight: Annotated[int, Field(ge=1, le=1000)]
    valid_from_on: Day
    valid_to_on: Day | None = None
    source: Text
    approved_by: Text = ""
    signed_off: bool = False

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.min_days_a_delivery > self.max_days_a_delivery:
            raise ValueError("`min_days_a_delivery` is larger than `max_days_a_delivery`")
        if self.valid_to_on is not None and self.valid_to_on < self.valid_from_on:
            raise ValueError("the policy ends before it begins")
        return self


class Policy(TakeHome, _Named):
    """The rules under which one product may be taken home by one class of clients."""
