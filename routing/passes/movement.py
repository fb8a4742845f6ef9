"""When a volunteer may move at all: shift, pass and rules of movement intersected; when checkpoints are manned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from routing.domain.passes import Checkpoint, MovementRule, Pass, PassStatus, RuleKind
from routing.domain.programme import Programme
from routing.domain.volunteers import Mode, Vehicle, Volunteer
from routing.passes.intervals import Span, day_span, hours_around, intersect, subtract, validity
from routing.passes.slices import Condition


def on_duty(volunteer: Volunteer, on: date) -> bool:
    """Whether a volunteer is there and healthy on a date."""
    cleared = volunteer.clearance_to_on is None or volunteer.clearance_to_on >= on
    return cleared and on not in volunteer.absent_on


def shift_spans(volunteer: Volunteer, on: date, zone: ZoneInfo) -> list[Span]:
    """Return the shifts that begin on a date (a night shift belongs to the date it starts)."""
    spans = [hours.span(on, zone) for hours in volunteer.shifts]
    return sorted(span for span in spans if span is not None)


def usable(permit: Pass, vehicle: Vehicle) -> bool:
    """Whether a pass is in force for somebody alone with a vehicle, its dates and places aside."""
    mode_fits = not permit.modes or vehicle.mode in permit.modes
    plate_fits = not permit.plates or vehicle.plate in permit.plates
    live = permit.status is PassStatus.ACTIVE and not permit.used
    return live and mode_fits and plate_fits


def pass_spans(permit: Pass, on: date, zone: ZoneInfo) -> list[Span]:
    """Return when a pass holds around a date, one span of its hours each."""
    whole = [validity(permit.valid_from_at, permit.valid_to_at)]
    return intersect(whole, hours_around(permit.hours, on, zone)) if permit.hours else whole


def legal_spans(
    programme: Programme, volunteer: Volunteer, vehicle: Vehicle, permit: Pass | None, on: date
) -> list[Span]:
    """Return when a volunteer may be outdoors with a vehicle under one pass (None: without any)."""
    spans = shift_spans(volunteer, on, programme.zone)
    if permit is not None:
        spans = intersect(spans, pass_spans(permit, on, programme.zone))
    barred = [
        span
        for rule in programme.movement_rules
        if _bars(rule, vehicle.mode, with_pass=permit is not None)
        for span in rule_spans(rule, on, programme.zone)
    ]
    return subtract(spans, barred)


def _bars(rule: MovementRule, mode: Mode, *, with_pass: bool) -> bool:
    if rule.modes and mode not in rule.modes:
        return False
    if rule.kind is RuleKind.PASS_REQUIRED:
        return not with_pass
    return not (with_pass and rule.pass_exempts)


def rule_spans(rule: MovementRule | Checkpoint, on: date, zone: ZoneInfo) -> Iterator[Span]:
    """Yield the spans around a date in which a rule holds, or a checkpoint is manned."""
    whole = [validity(rule.valid_from_at, rule.valid_to_at)]
    today = [day_span(on, zone)] if not rule.hours else []
    # A rule without hours holds on the whole day and the night after it, which a night shift may reach.
    tomorrow = [(start, end + (end - start)) for start, end in today]
    yield from intersect(whole, hours_around(rule.hours, on, zone) if rule.hours else tomorrow)


def manned(programme: Programme, mode: Mode, on: date) -> list[Condition]:
    """Return the checkpoints that stop a mode around a date, and when."""
    return [
        Condition(each, tuple(rule_spans(each, on, programme.zone)))
        for each in programme.checkpoints
        if not each.modes or mode in each.modes
    ]
