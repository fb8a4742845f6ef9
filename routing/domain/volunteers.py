"""Volunteers: who they are, how they move, what they may carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Day, Document, Identifier, LocalTime, Number, Positive, Text
from routing.domain.hours import Hours
from routing.domain.places import Place


class Mode(StrEnum):
    """How somebody moves on the streets."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    MOTORCYCLE = "motorcycle"
    CAR = "car"


class Vehicle(Document):
    """One way a volunteer may move, with what it carries.

    Attributes
    ----------
    walk_max_m
        How far the volunteer goes on foot where the vehicle has to be left; 0: such doors are not for this vehicle.
    carry_max_g
        The most carried on such a walk; none: whatever the vehicle holds.
    """

    mode: Mode
    plate: Text | None = None
    max_mass_g: Positive
    max_volume_ml: Positive
    walk_max_m: Annotated[int, Field(ge=0, le=5000)] = 300
    carry_max_g: Positive | None = None


class Authorisation(Document):
    """A training, licence or permission with its last valid day."""

    authorisation_id: Identifier
    valid_from_on: Day | None = None
    valid_to_on: Day | None = None


class CustodyCeiling(Document):
    """The most of a controlled product in one volunteer's custody at any moment, in the product's unit."""

    product_id: Identifier
    quantity: Number


class Break(Document):
    """A rest that begins within a span of the shift."""

    earliest_time: LocalTime
    latest_time: LocalTime
    duration_s: Annotated[int, Field(ge=60, le=14_400)]

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.latest_time < self.earliest_time:
            raise ValueError("`latest_time` lies before `earliest_time`")
        return self


class Volunteer(Document):
    """Somebody who carries goods.

    Attributes
    ----------
    end
        Where the day ends; `None`: where it starts.
    clearance_to_on
        Last day of the health clearance (a rapid test, say); `None`: none is asked.
    max_stops
        Most visits in a day (exposure).
    pairs_with
        A volunteer with whom this one makes visits that ask for two; both start and end at the same place.
    vetoes
        Clients this volunteer will not visit.
    language
        Of this volunteer's sheets; None: the programme's.
    """

    volunteer_id: Identifier
    code_name: Text
    start: Place
    end: Place | None = None
    shifts: Annotated[tuple[Hours, ...], Field(min_length=1)]
    absent_on: tuple[Day, ...] = ()
    vehicles: Annotated[tuple[Vehicle, ...], Field(min_length=1)]
    custody: tuple[CustodyCeiling, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    clearance_to_on: Day | None = None
    max_stops: Annotated[int, Field(gt=0, le=10_000)] | None = None
    breaks: tuple[Break, ...] = ()
    pairs_with: Identifier | None = None
    vetoes: tuple[Identifier, ...] = ()
    custody_blocked: bool = False
    language: Text | None = None
