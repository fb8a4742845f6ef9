"""Passes, rules of movement, zones, checkpoints. Law: one pass covers a leg alone; passes never combine."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from routing.domain.base import Document, Identifier, Instant, Text
from routing.domain.hours import Hours
from routing.domain.places import Area, Corridor, Location, Position
from routing.domain.products import Purpose
from routing.domain.volunteers import Mode


class PassStatus(StrEnum):
    """Whether a pass is in force."""

    ACTIVE = "active"
    REVOKED = "revoked"


class Pass(Document):
    """A permission to move.

    Attributes
    ----------
    areas, corridors
        Where it holds: the union of all; both empty: everywhere.
    hours
        When it holds within `valid_from_at` .. `valid_to_at`; empty: at all times.
    modes, plates
        Empty: any.
    persons_max
        How many people it covers on one leg: the holder, and those of a pair who ride beside the holder.
    purposes
        The cargo it is for; the volunteer may carry nothing else under it.
    single_use
        It covers one trip out and back.
    area_name
        Its area in words, as printed on it.
    """

    pass_id: Identifier
    number: Text
    issuer: Text
    volunteer_id: Identifier
    organisation: Text = ""
    identity_type: Text = ""
    modes: tuple[Mode, ...] = ()
    plates: tuple[Text, ...] = ()
    persons_max: Annotated[int, Field(gt=0, le=100)] = 1
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    areas: tuple[Area, ...] = ()
    corridors: tuple[Corridor, ...] = ()
    valid_from_at: Instant
    valid_to_at: Instant
    hours: tuple[Hours, ...] = ()
    status: PassStatus = PassStatus.ACTIVE
    single_use: bool = False
    used: bool = False
    area_name: Text = ""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.valid_to_at <= self.valid_from_at:
            raise ValueError("the pass ends before it begins")
        return self


class RuleKind(StrEnum):
    """What a rule of movement forbids."""

    CURFEW = "curfew"
    PASS_REQUIRED = "pass_required"
    MODE_BARRED = "mode_barred"


class MovementRule(Document):
    """A dated rule for everybody's movement.

    `curfew` and `mode_barred` forbid moving (with the modes named, all if none) during `hours`, a valid pass
    notwithstanding unless `pass_exempts`. `pass_required` forbids moving without a pass.
    """

    rule_id: Identifier
    kind: RuleKind
    modes: tuple[Mode, ...] = ()
    hours: tuple[Hours, ...] = ()
    valid_from_at: Instant
    valid_to_at: Instant | None = None
    pass_exempts: bool = False
    source: Text = ""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.valid_to_at is not None and self.valid_to_at <= self.valid_from_at:
            raise ValueError("the rule ends before it begins")
        return self


class ZoneEntry(StrEnum):
    """Who may enter a zone."""

    BLOCKED = "blocked"
    ESSENTIAL_ALLOWED = "essential_allowed"
    HANDOVER_AT_EDGE = "handover_at_edge"


class Zone(Document):
    """An area closed by order.

    `essential_allowed`: may be entered when all cargo aboard serves `essential_purposes`. `handover_at_edge`:
    not entered; goods are handed over at the client's `edge_place`.
    """

    zone_id: Identifier
    name: Text
    area: Area
    entry: ZoneEntry = ZoneEntry.BLOCKED
    essential_purposes: tuple[Purpose, ...] = ()
    valid_from_at: Instant
    valid_to_at: Instant | None = None
    source: Text = ""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.valid_to_at is not None and self.valid_to_at <= self.valid_from_at:
            raise ValueError("the zone ends before it begins")
        return self


class Checkpoint(Document):
    """Where whoever comes by is held up: a point with a radius, a line across streets, or an area; one of the three.

    Attributes
    ----------
    line
        At least two positions.
    delay_s
        What each passage costs. A leg on whose streets the checkpoint lies takes so much longer.
    modes
        Who is stopped; empty: everybody.
    hours
        When it is manned within `valid_from_at` .. `valid_to_at`; empty: at all times.
    """

    checkpoint_id: Identifier
    name: Text
    location: Location | None = None
    radius_m: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = 30.0
    line: tuple[Position, ...] = ()
    area: Area | None = None
    delay_s: Annotated[int, Field(gt=0, le=14_400)]
    modes: tuple[Mode, ...] = ()
    hours: tuple[Hours, ...] = ()
    valid_from_at: Instant
    valid_to_at: Instant | None = None
    source: Text = ""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if sum((self.location is not None, bool(self.line), self.area is not None)) != 1:
            raise ValueError("a checkpoint has one of `location`, `line` and `area`")
        if len(self.line) == 1:
            raise ValueError("a line has two positions at least")
        if self.valid_to_at is not None and self.valid_to_at <= self.valid_from_at:
            raise ValueError("the checkpoint ends before it begins")
        return self
