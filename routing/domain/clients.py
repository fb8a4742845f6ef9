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
    """Whether orders are made for a client."""

    LEAD = "lead"
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
    """Untaken dose-days at home at the start of a day."""

    doses: Days
    as_of_on: Day
    confidence: Confidence = Confidence.REPORTED


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
    """A clinician's or dispenser's word that doses may go on after missed days, good for its day."""

    by: Text
    at: Instant


class Regimen(Document):
    """One product taken daily by one client."""

    product_id: Identifier
    site_id: Identifier
    policy_id: Identifier | None = None
    phase: Phase = Phase.MAINTENANCE
    steps: Annotated[tuple[DoseStep, ...], Field(min_length=1)]
    home: HomeSupply
    last_taken_on: Day | None = None
    prescription_ends_on: Day | None = None
    review_on: Day | None = None
    remote: bool = False
    affordable_days: PositiveDays | None = None
    subsidised: bool = False
    clearance: Clearance | None = None
    prescriber_hold: bool = False


class SupplyOrder(Document):
    """Goods that are not taken daily: naloxone, needles, food, soap.

    `latest_on`: the last day on which it still serves its end. `none_left`: raises its weight.
    """

    supply_id: Identifier
    product_id: Identifier
    site_id: Identifier
    quantity: Annotated[int, Field(gt=0, le=10**7)]
    due_on: Day
    latest_on: Day | None = None
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
    status: tuple[StatusChange, ...] = ()
    regimens: tuple[Regimen, ...] = ()
    supplies: tuple[SupplyOrder, ...] = ()
