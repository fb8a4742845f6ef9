"""Clients: code names, places, regimens, supplies. Law: no legal name and no identity number has a field here."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Day, Days, Document, Identifier, Instant, Milligrams, PositiveDays, Seconds, Text
from routing.domain.hours import Hours
from routing.domain.places import Place
from routing.domain.policies import ClientClass, Handover, Phase


class ClientStatus(StrEnum):
    """Whether orders are made for a client: met, assessed, prescribed for, started (`active`), and out of it."""

    LEAD = "lead"
    ASSESSED = "assessed"
    PRESCRIBED = "prescribed"
    ACTIVE = "active"
    PAUSED = "paused"
    HOSPITAL = "hospital"
    CUSTODY = "custody"
    TRANSFERRED = "transferred"
    DIED = "died"
    WITHDREW = "withdrew"
    ENDED = "ended"


class StatusChange(Document):
    """A status and the instant from which it holds."""

    status: ClientStatus
    from_at: Instant


class Confidence(StrEnum):
    """Where a count of doses at home comes from."""

    COUNTED = "counted"
    REPORTED = "reported"
    COMPUTED = "computed"


class HomeSupply(Document):
    """Untaken dose-days at home at the start of a day.

    Attributes
    ----------
    doses
        As counted, reported or computed.
    least, most
        The smallest and largest number that can be believed; none: `doses`. Urgency goes by the smallest, caps by
        the largest. What was counted has neither.
    expected
        What there should be by the records; none: nobody reckoned. A count or report that differs is held; what was
        computed from the records has nothing to differ from.
    """

    doses: Days
    as_of_on: Day
    confidence: Confidence = Confidence.REPORTED
    least: Days | None = None
    most: Days | None = None
    expected: Days | None = None

    @model_validator(mode="after")
    def _between(self) -> Self:
        if not self.lowest <= self.doses <= self.highest:
            raise ValueError("`doses` lies between `least` and `most`")
        if self.confidence is Confidence.COUNTED and (self.least, self.most) != (None, None):
            raise ValueError("what was counted has no `least` and no `most`")
        if self.confidence is Confidence.COMPUTED and self.expected is not None:
            raise ValueError("what was computed has nothing to be compared with: leave out `expected`")
        return self

    @property
    def lowest(self) -> int:
        """The smallest number that can be believed."""
        return self.doses if self.least is None else self.least

    @property
    def highest(self) -> int:
        """The largest number that can be believed."""
        return self.doses if self.most is None else self.most


class DoseStep(Document):
    """A daily dose over a span of dates; a taper is several steps.

    `dose_mg` for liquids and tablets; `doses_a_day` divides it (twice-daily). Packs need no milligrams.
    """

    from_on: Day
    to_on: Day | None = None
    dose_mg: Milligrams | None = None
    doses_a_day: Annotated[int, Field(ge=1, le=4)] = 1

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.to_on is not None and self.to_on < self.from_on:
            raise ValueError("the dose step ends before it begins")
        return self


class Clearance(Document):
    """Somebody's word at an instant: that doses may go on after missed days, or that a delivery may go."""

    by: Text
    at: Instant


class DoseChange(StrEnum):
    """What a clinician has decided about doses at home that a changed dose has made wrong."""

    USE_UP = "use_up"
    TOP_UP = "top_up"
    SWAP = "swap"


class Regimen(Document):
    """One product taken daily by one client.

    Attributes
    ----------
    doses_taken
        Of a course, before `home.as_of_on`, observed ones too: its day advances with them. None: by the calendar.
    reviewed_on
        The last review; the policy's interval counts from it, else from the first step.
    subsidy_days
        So many dose-days are paid for beside what the client can afford.
    approval
        The prescriber's, for the delivery after the last one, where the policy asks for one each time.
    dose_changed_on, dose_change
        First dose-day with another dose, and what becomes of older doses at home.
    prescriber_id
        Who decides about holds; none: any prescriber.
    """

    product_id: Identifier
    site_id: Identifier
    policy_id: Identifier | None = None
    phase: Phase = Phase.MAINTENANCE
    steps: Annotated[tuple[DoseStep, ...], Field(min_length=1)]
    home: HomeSupply
    last_taken_on: Day | None = None
    prescription_ends_on: Day | None = None
    review_on: Day | None = None
    reviewed_on: Day | None = None
    remote: bool = False
    affordable_days: PositiveDays | None = None
    subsidised: bool = False
    subsidy_days: Days = 0
    clearance: Clearance | None = None
    approval: Clearance | None = None
    prescriber_hold: bool = False
    prescriber_id: Identifier | None = None
    doses_taken: Days | None = None
    dose_changed_on: Day | None = None
    dose_change: DoseChange | None = None


class SupplyOrder(Document):
    """Goods that are not taken daily: naloxone, needles, food, soap.

    `latest_on`: the last day on which it still serves its end. `none_left`: raises its weight. `covers_days`: it is
    due again so many days after it was given (food runs out).
    """

    supply_id: Identifier
    product_id: Identifier
    site_id: Identifier
    quantity: Annotated[int, Field(gt=0, le=10**7)]
    due_on: Day
    latest_on: Day | None = None
    covers_days: PositiveDays | None = None
    none_left: bool = False
    weight: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.latest_on is not None and self.latest_on < self.due_on:
            raise ValueError("`latest_on` lies before `due_on`")
        return self


class Consent(Document):
    """What the client has agreed to; withdrawable at any time."""

    home_delivery: bool = True
    call_first: bool = False
    safe_to_call: bool = False
    proxy_handover: bool = False
    if_others_answer: Text = ""


class Client(Document):
    """A person or an institution that is visited.

    Attributes
    ----------
    code_name
        The only name there is.
    edge_place
        Where goods are handed over when a zone may only be served at its edge.
    requires
        Authorisations a volunteer needs for the visit.
    vetoes, prefers
        Volunteers this client will not, or would rather, see.
    pair_required
        Visited by two volunteers together, each with a vehicle of their own.
    household_id
        Food goes to a household once.
    assessment_on
        From then on a visit to assess is ordered, until a status `assessed` has begun.
    follow_up_on
        From then on a visit to follow up is ordered, until the date is taken out or moved.
    """

    client_id: Identifier
    code_name: Text
    client_class: ClientClass = ClientClass.STABLE
    place: Place
    edge_place: Place | None = None
    windows: tuple[Hours, ...] = ()
    service_s: Seconds = 300
    language: Text = "en"
    phone: Text | None = None
    challenge: Text = ""
    handover: Handover | None = None
    consent: Consent = Consent()
    vetoes: tuple[Identifier, ...] = ()
    prefers: tuple[Identifier, ...] = ()
    requires: tuple[Identifier, ...] = ()
    pair_required: bool = False
    isolating: bool = False
    pregnant: bool = False
    household_id: Identifier | None = None
    guardian: Text = ""
    assessment_on: Day | None = None
    follow_up_on: Day | None = None
    status: tuple[StatusChange, ...] = ()
    regimens: tuple[Regimen, ...] = ()
    supplies: tuple[SupplyOrder, ...] = ()
