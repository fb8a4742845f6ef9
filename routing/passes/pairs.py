"""Duties of two who ride side by side, the one in the lead carrying everything.

Law: what binds either binds both; and each is covered by one pass, of their own or for two persons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shapely.geometry.base import BaseGeometry

from routing.domain.duties import Duty


def together(leads: Sequence[Duty], partners: Sequence[Duty], *, one_pass: bool = False) -> Iterator[Duty]:
    """Yield the duties of two people in one mode; with `one_pass` only those in which both name the same pass."""
    for lead in leads:
        for partner in partners:
            shared = bool(lead.pass_ids) and lead.pass_ids == partner.pass_ids
            if lead.mode == partner.mode and shared is one_pass:
                yield from _joined(lead, partner)


def _joined(lead: Duty, partner: Duty) -> Iterator[Duty]:
    start, end = max(lead.start_at, partner.start_at), min(lead.end_at, partner.end_at)
    if start < end:
        yield replace(
            lead,
            duty_id=f"{lead.duty_id}+{partner.duty_id}",
            partner_id=partner.volunteer_id,
            vehicle=lead.vehicle.changed(walk_max_m=min(lead.vehicle.walk_max_m, partner.vehicle.walk_max_m)),
            partner_vehicle=partner.vehicle,
            partner_pass_ids=partner.pass_ids,
            start_at=start,
            end_at=end,
            allowed=_common(lead.allowed, partner.allowed),
            blocked=(*lead.blocked, *partner.blocked),
            zone_ids=tuple(dict.fromkeys((*lead.zone_ids, *partner.zone_ids))),
            delays=_slower(lead, partner),
        )


def _common(left: BaseGeometry | None, right: BaseGeometry | None) -> BaseGeometry | None:
    if left is None or right is None:
        return right if left is None else left
    return left.intersection(right)


def _slower(lead: Duty, partner: Duty) -> tuple[tuple[BaseGeometry, int], ...]:
    """Return the checkpoints of either, those of both once: two are stopped together."""
    shapes = {(shape.wkb, seconds): (shape, seconds) for shape, seconds in (*lead.delays, *partner.delays)}
    counted = [Counter((shape.wkb, seconds) for shape, seconds in duty.delays) for duty in (lead, partner)]
    return tuple(shapes[key] for key in (counted[0] | counted[1]).elements())
