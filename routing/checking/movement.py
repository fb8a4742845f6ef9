"""May one move there, then, so, with that aboard? Rules of `docs/rules.md`, section 5, from passes on.

One pass covers a leg alone: area, clock, mode, plate, persons and everything aboard. Passes never combine on a trip
outdoors.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from shapely.geometry.base import BaseGeometry

from routing.checking.cargo import product_ids
from routing.checking.case import INDOORS, Case, Stage
from routing.checking.party import Party
from routing.checking.times import Span, in_force, overlaps, within, within_one
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.checking.walks import walks_of
from routing.domain.passes import MovementRule, Pass, PassStatus, RuleKind, Zone, ZoneEntry
from routing.domain.plan import Leg
from routing.domain.products import Purpose


def movement_violations(case: Case) -> Iterator[Violation]:
    """Judge every movement, and the time at doors between."""
    passes = {permit.pass_id: permit for permit in case.programme.passes}
    party = Party(case)
    for stage, leg in case.legs:
        if stage.moves:
            yield from _has_pass(case, stage, leg)
            yield from _zones(case, stage)
        for pass_id in dict.fromkeys(leg.pass_ids):
            yield from _pass(case, party, stage, pass_id, passes.get(pass_id))
    for stage in case.stages:
        yield from _forbidden_times(case, stage)
    yield from _single_use(case, party, passes)
    for run in case.runs:
        yield from _combined(run)


def _line(case: Case, stage: Stage) -> BaseGeometry:
    """Return the leg in metres: pin, walk, streets, walk, pin; walks over streets as they go."""
    back, there = walks_of(case, stage)
    ways = [*(back.points if back else []), *case.traces[stage].points, *(there.points if there else [])]
    origin = stage.origin.step if stage.origin else stage.step
    return case.areas.frame.line([origin.location.point, *ways, stage.step.location.point])


def _holds(case: Case, rule: MovementRule, stage: Stage, span: Span) -> bool:
    for_mode = not rule.modes or stage.route.mode in rule.modes
    return for_mode and any(overlaps(span, each) for each in case.rule_spans[rule.rule_id])


def _has_pass(case: Case, stage: Stage, leg: Leg) -> Iterator[Violation]:
    """Require that where a pass is required, one is named."""
    rules = [rule for rule in case.programme.movement_rules if rule.kind is RuleKind.PASS_REQUIRED]
    required = next((rule for rule in rules if _holds(case, rule, stage, stage.leg_time)), None)
    if required is not None and not leg.pass_ids:
        text = "rule {rule_id} asks for a pass on this leg"
        yield violation(Code.NO_PASS, stage.leg_where, text, rule_id=required.rule_id)


def _pass(case: Case, party: Party, stage: Stage, pass_id: str, permit: Pass | None) -> Iterator[Violation]:
    """Judge one pass on one leg."""
    where = f"{stage.leg_where}/pass_ids"
    if permit is None:
        yield violation(Code.PASS_NOT_VALID, where, "there is no pass {pass_id}", pass_id=pass_id)
        return
    if permit.status is not PassStatus.ACTIVE or permit.used:
        yield violation(Code.PASS_NOT_VALID, where, "pass {pass_id} is not active, or used", pass_id=pass_id)
    yield from _pass_person(party, stage, where, permit)
    yield from _pass_mode(stage, where, permit)
    yield from _pass_purpose(case, stage, where, permit)
    yield from _pass_hours(case, stage, where, permit)
    if not case.areas.pass_covers(permit, _line(case, stage)):
        text = "pass {pass_id} does not hold all along the leg"
        yield violation(Code.OUTSIDE_PASS_AREA, where, text, pass_id=pass_id)


def _pass_person(party: Party, stage: Stage, where: str, permit: Pass) -> Iterator[Violation]:
    """Require that a pass is the volunteer's own, or for several persons, its holder among them."""
    riders = party.under(permit.pass_id, stage)
    if not party.has(permit.volunteer_id, stage):
        text = "pass {pass_id} is somebody else's, who does not ride along"
        yield violation(Code.PASS_NOT_VALID, where, text, pass_id=permit.pass_id)
    elif len(riders | {permit.volunteer_id}) > permit.persons_max:
        text = "pass {pass_id} is for {most} persons; {persons} ride under it"
        params = {"pass_id": permit.pass_id, "most": permit.persons_max}
        persons = len(riders | {permit.volunteer_id})
        yield violation(Code.PASS_NOT_VALID, where, text, persons=persons, **params)


def _pass_mode(stage: Stage, where: str, permit: Pass) -> Iterator[Violation]:
    """Require that a pass is for the mode and the plate."""
    wrong_mode = permit.modes and stage.route.mode not in permit.modes
    if wrong_mode or (permit.plates and stage.route.plate not in permit.plates):
        text = "pass {pass_id} is not for this mode or plate"
        yield violation(Code.PASS_MODE, where, text, pass_id=permit.pass_id)


def _purposes(case: Case, stage: Stage) -> set[Purpose]:
    products = (case.products.get(product_id) for product_id in product_ids(stage.aboard))
    return {product.purpose for product in products if product is not None}


def _pass_purpose(case: Case, stage: Stage, where: str, permit: Pass) -> Iterator[Violation]:
    """Require that a pass is for everything aboard."""
    for purpose in sorted(_purposes(case, stage) - set(permit.purposes)):
        text = "pass {pass_id} is not for {purpose}, which is aboard"
        params = {"pass_id": permit.pass_id, "purpose": purpose.value}
        yield violation(Code.PASS_PURPOSE, where, text, **params)


def _pass_hours(case: Case, stage: Stage, where: str, permit: Pass) -> Iterator[Violation]:
    """Require that a pass holds during the leg and at the door after it, within one span of its hours."""
    span = stage.leg_time[0], _door_left_at(case, stage)
    valid = within(span, (permit.valid_from_at, permit.valid_to_at))
    if not valid or (permit.hours and not within_one(span, case.pass_spans[permit.pass_id])):
        text = "pass {pass_id} does not hold from {from_at} to {to_at}"
        params = {"pass_id": permit.pass_id, "from_at": span[0].isoformat(), "to_at": span[1].isoformat()}
        yield violation(Code.OUTSIDE_PASS_HOURS, where, text, **params)


def _door_left_at(case: Case, stage: Stage) -> datetime:
    """Return when the place a leg leads to is left: at once indoors, else after the visit and breaks at it."""
    if not stage.outdoors:
        return stage.step.arrival_at
    staying = [later for later in case.runs[stage.route_index] if later is stage or later.origin is stage]
    resting = [later.step.departure_at for later in staying if later is stage or later.leg is None]
    return max(resting)


def _single_use(case: Case, party: Party, passes: dict[str, Pass]) -> Iterator[Violation]:
    """Require that a pass for one trip is named on one route, and on that of whoever rides along."""
    first: dict[str, int] = {}
    taken: set[tuple[str, str]] = set()
    for index, run in enumerate(case.runs):
        named = {pass_id for stage in run if stage.leg is not None for pass_id in stage.leg.pass_ids}
        for pass_id in sorted(each for each in named if each in passes and passes[each].single_use):
            rider = pass_id, case.plan.routes[index].volunteer_id
            if first.setdefault(pass_id, party.trip_of(index)) != party.trip_of(index) or rider in taken:
                text = "pass {pass_id} is good for one route"
                yield violation(Code.PASS_NOT_VALID, f"/routes/{index}", text, pass_id=pass_id)
            taken.add(rider)


def _combined(run: tuple[Stage, ...]) -> Iterator[Violation]:
    """Require that on one trip outdoors one pass is named on every leg."""
    trip: list[Stage] = []
    for stage in run:
        if stage.leg is not None and stage.moves:
            trip.append(stage)
        if stage.step.type in INDOORS:
            yield from _trip_combined(trip)
            trip = []
    yield from _trip_combined(trip)


def _trip_combined(trip: list[Stage]) -> Iterator[Violation]:
    named = [set(stage.leg.pass_ids) for stage in trip if stage.leg is not None]
    if any(named) and not set.intersection(*named):
        text = "no single pass is named on all legs of the trip"
        yield violation(Code.PASSES_COMBINED, trip[0].leg_where, text)


def _forbidden_times(case: Case, stage: Stage) -> Iterator[Violation]:
    """Require that nobody moves, or stands at a door, during a curfew or with a barred mode."""
    spans = [stage.leg_time] if stage.moves else []
    if stage.outdoors:
        spans.append((stage.step.arrival_at, stage.step.departure_at))
    for rule in case.programme.movement_rules:
        exempt = rule.pass_exempts and _names_pass(stage)
        if rule.kind is RuleKind.PASS_REQUIRED or exempt:
            continue
        if any(_holds(case, rule, stage, span) for span in spans):
            code = Code.CURFEW if rule.kind is RuleKind.CURFEW else Code.MODE_BARRED
            text = "rule {rule_id} forbids being outdoors then"
            yield violation(code, stage.where, text, rule_id=rule.rule_id)


def _names_pass(stage: Stage) -> bool:
    """Whether the leg to the step, or to the place of a break, names a pass."""
    leg = stage.leg if stage.leg is not None else stage.origin.leg if stage.origin else None
    return leg is not None and bool(leg.pass_ids)


def _zones(case: Case, stage: Stage) -> Iterator[Violation]:
    """Require that no leg touches a zone in force, unless everything aboard is essential there."""
    line = None
    for zone in case.programme.zones:
        if not in_force(stage.leg_time, zone.valid_from_at, zone.valid_to_at) or _essential(case, stage, zone):
            continue
        line = _line(case, stage) if line is None else line
        if case.areas.zone_touched(zone, line):
            text = "the leg touches zone {zone_id}"
            yield violation(Code.INSIDE_CLOSED_ZONE, stage.leg_where, text, zone_id=zone.zone_id)


def _essential(case: Case, stage: Stage, zone: Zone) -> bool:
    allowed = zone.entry is ZoneEntry.ESSENTIAL_ALLOWED
    return allowed and _purposes(case, stage) <= set(zone.essential_purposes)
