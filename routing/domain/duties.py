"""What a volunteer may lawfully do: one vehicle, one pass, one span of time, one set of legal streets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from routing.domain.products import Purpose
from routing.domain.volunteers import Mode, Vehicle


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A way in which a volunteer may work, legal in every slice of its span.

    Attributes
    ----------
    partner_id
        The volunteer who comes along where a client asks for two; None: alone.
    pass_ids
        The pass that covers every leg of the volunteer; empty where no rule asks for one.
    partner_vehicle, partner_pass_ids
        What the partner rides, and likewise the pass; a pass for two persons may cover both.
    purposes
        Cargo it may carry; None: any.
    start_at, end_at
        UTC; both ends inclusive. From leaving the start place to being back at the end place.
    allowed
        The pass's area in degrees; None: everywhere.
    blocked
        Zones that may not be entered.
    zone_ids
        Their ids.
    delays
        Checkpoints that may stop the volunteer during the span: where (in degrees) and for how many seconds.
    from_the_road
        It goes on from where its people are in the midst of a day, not from home.
    """

    duty_id: str
    volunteer_id: str
    partner_id: str | None
    mode: Mode
    vehicle: Vehicle
    pass_ids: tuple[str, ...]
    purposes: frozenset[Purpose] | None
    start_at: datetime
    end_at: datetime
    allowed: BaseGeometry | None
    blocked: tuple[BaseGeometry, ...]
    partner_vehicle: Vehicle | None = None
    partner_pass_ids: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    delays: tuple[tuple[BaseGeometry, int], ...] = ()
    from_the_road: bool = False

    @property
    def all_pass_ids(self) -> tuple[str, ...]:
        """The passes of everybody on it, each once."""
        return tuple(dict.fromkeys((*self.pass_ids, *self.partner_pass_ids)))
