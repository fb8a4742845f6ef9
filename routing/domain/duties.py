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
        The pass that covers every leg (of the volunteer, then of the partner); empty where no rule asks for one.
    purposes
        Cargo it may carry; None: any.
    start_at, end_at
        UTC; both ends inclusive. From leaving the start place to being back at the end place.
    allowed
        The pass's area in degrees; None: everywhere.
    blocked
        Zones that may not be entered.
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
