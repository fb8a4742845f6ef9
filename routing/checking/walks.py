"""Is each way on foot between vehicle and door one? Rules of `docs/rules.md`, section 5, on walks.

A walk to the door begins where the vehicle stands, the way back ends there. Between its last street and the door it
leads straight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import shapely

from routing.checking.areas import Point
from routing.checking.cargo import goods_in, mass_g, taken
from routing.checking.case import Case, Stage
from routing.checking.tracing import FRACTION_TOLERANCE, Piece, Streets, Trace, distance_m, trace_of
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.plan import Leg, StepType, Walk
from routing.domain.volunteers import Mode, Vehicle

# Lengths are written in whole metres.
LENGTH_TOLERANCE_M = 2.0
MOST_STRAIGHT_M = 300
SAME_POINT_M = 2.0
DRAWN_TOLERANCE_DEG = 1e-5
MASS_TOLERANCE_G = 0.5


@dataclass(frozen=True)
class OnFoot:
    """One walk of a leg, laid beside the extract. `points`: as walked, without the door."""

    walk: Walk
    trace: Trace
    door: Point
    back: bool

    @property
    def points(self) -> list[Point]:
        """The line walked, in degrees; where no street is named, the one point of the line drawn."""
        return self.trace.points or list(self.walk.geometry.coordinates)

    @property
    def street_end(self) -> Point | None:
        """Where the door's street is left or come to."""
        return (self.points[0] if self.back else self.points[-1]) if self.points else None

    @property
    def vehicle_end(self) -> Point | None:
        """Where the vehicle stands."""
        return (self.points[-1] if self.back else self.points[0]) if self.points else None

    @property
    def straight_m(self) -> float:
        """Metres between street and door."""
        return distance_m(self.street_end, self.door) if self.street_end else 0.0

    @property
    def length_m(self) -> float:
        """Metres from vehicle to door."""
        return self.trace.length_m + self.straight_m


def standing_at(stage: Stage) -> tuple[Point, Point]:
    """Return where the vehicle stands before a leg and after it: at the pins, but where a walk says otherwise."""
    origin = stage.origin.step if stage.origin else stage.step
    before, after = origin.location.point, stage.step.location.point
    leg = stage.leg
    if leg is not None and leg.walk_from is not None and leg.walk_from.geometry.coordinates:
        before = leg.walk_from.geometry.coordinates[-1]
    if leg is not None and leg.walk_to is not None and leg.walk_to.geometry.coordinates:
        after = leg.walk_to.geometry.coordinates[0]
    return before, after


def walks_of(case: Case, stage: Stage) -> tuple[OnFoot | None, OnFoot | None]:
    """Return the walk back to the vehicle and the walk away from it."""
    leg = stage.leg
    if leg is None:
        return None, None
    origin = stage.origin.step if stage.origin else stage.step
    streets = Streets(case.extract)
    found = [
        None if walk is None else OnFoot(walk, trace_of(walk, streets), step.location.point, back=back)
        for walk, step, back in ((leg.walk_from, origin, True), (leg.walk_to, stage.step, False))
    ]
    return found[0], found[1]


def on_foot_s(case: Case, stage: Stage) -> float:
    """Return the seconds that the walks of a leg take at least; a place's own `walk_s` is counted elsewhere."""
    back, there = walks_of(case, stage)
    from_place, to_place = stage.origin.place if stage.origin else None, stage.place
    own = [
        walk
        for walk, place in ((back, from_place), (there, to_place))
        if walk is not None and (place is None or place.walk_s is None)
    ]
    return sum(_seconds(case, walk) for walk in own)


def _seconds(case: Case, walk: OnFoot) -> float:
    timed = ((piece.length_m, case.streets.speed_mps(piece.way, Mode.FOOT)) for piece in walk.trace.pieces)
    on_streets_s = sum(length_m / mps for length_m, mps in timed if mps is not None)
    return on_streets_s + walk.straight_m / case.streets.walk_mps


def walk_violations(case: Case) -> Iterator[Violation]:
    """Judge every walk."""
    for stage, leg in case.legs:
        back, there = walks_of(case, stage)
        for name, walk in (("walk_from", back), ("walk_to", there)):
            if walk is not None:
                yield from _walk(case, stage, f"{stage.leg_where}/{name}", walk)
        if back is not None or there is not None:
            yield from _together(case, stage, leg, back, there)
        if there is not None:
            yield from _carried(case, stage)


def _walk(case: Case, stage: Stage, where: str, walk: OnFoot) -> Iterator[Violation]:
    if stage.route.mode is Mode.FOOT or not walk.points:
        yield violation(Code.WALK_WRONG, where, "nobody on foot leaves a vehicle, and a walk begins somewhere")
        return
    for number in (*walk.trace.missing, *walk.trace.unjoined):
        yield violation(Code.WALK_WRONG, f"{where}/streets/{number}", "the pieces walked are no way in the extract")
    yield from _open(case, where, walk)
    if not _drawn(walk):
        yield violation(Code.WALK_WRONG, f"{where}/geometry", "the line drawn is not that of the streets")
    if abs(walk.walk.distance_m - walk.length_m) > LENGTH_TOLERANCE_M or walk.straight_m > MOST_STRAIGHT_M:
        text = "the walk says {distance_m} m; it is {length_m} m, {straight_m} m of them straight"
        params = {"length_m": round(walk.length_m), "straight_m": round(walk.straight_m)}
        yield violation(Code.WALK_WRONG, where, text, distance_m=walk.walk.distance_m, **params)
    most_m = max((vehicle.walk_max_m for vehicle in _alike(stage)), default=None)
    if most_m is not None and walk.length_m > most_m + 0.5:
        text = "the walk is {length_m} m; the volunteer walks {most_m} m from this vehicle"
        yield violation(Code.WALK_TOO_FAR, where, text, length_m=round(walk.length_m), most_m=most_m)


def _alike(stage: Stage) -> list[Vehicle]:
    """Return the volunteer's vehicles that the route may mean: it names mode and plate only."""
    route = stage.route
    vehicles = stage.volunteer.vehicles if stage.volunteer else ()
    return [vehicle for vehicle in vehicles if (vehicle.mode, vehicle.plate) == (route.mode, route.plate)]


def _open(case: Case, where: str, walk: OnFoot) -> Iterator[Violation]:
    """Require that every piece is open on foot in the direction walked, and no barrier stops who walks."""
    for piece in walk.trace.pieces:
        if piece.first < piece.last and not _walkable(case, piece):
            text = "way {way_id} is not open on foot"
            yield violation(Code.WALK_WRONG, f"{where}/streets/{piece.number}", text, way_id=piece.way.way_id)
    for one, other in pairwise(walk.trace.pieces):
        passed = one.last >= 1 - FRACTION_TOLERANCE and one.from_node != other.to_node
        if passed and case.streets.stops(one.to_node, Mode.FOOT):
            text = "node {node_id} stops who walks"
            yield violation(Code.WALK_WRONG, f"{where}/streets/{other.number}", text, node_id=one.to_node)


def _walkable(case: Case, piece: Piece) -> bool:
    directions = [forward for forward, there in ((True, piece.forward), (False, piece.backward)) if there]
    return any(
        case.streets.is_open(piece.way, Mode.FOOT, forward=forward)
        and not case.streets.against_oneway(piece.way, Mode.FOOT, forward=forward)
        for forward in directions
    )


def _drawn(walk: OnFoot) -> bool:
    line = walk.walk.geometry.coordinates
    if not walk.trace.points:
        return len(line) == 1
    if len(line) < 2:
        return len(set(walk.trace.points)) == 1
    ends = zip((line[0], line[-1]), (walk.trace.points[0], walk.trace.points[-1]), strict=True)
    if any(abs(a - b) > DRAWN_TOLERANCE_DEG for pair in ends for a, b in zip(*pair, strict=True)):
        return False
    apart = shapely.hausdorff_distance(shapely.LineString(line), shapely.LineString(walk.trace.points))
    return bool(apart <= DRAWN_TOLERANCE_DEG)


def _together(case: Case, stage: Stage, leg: Leg, back: OnFoot | None, there: OnFoot | None) -> Iterator[Violation]:
    """Require that the leg counts its walks, and that they end where the vehicle is driven from and to."""
    before, after = standing_at(stage)
    points = case.traces[stage].points
    straight_m = distance_m(before, points[0]) + distance_m(points[-1], after) if points else distance_m(before, after)
    walked_m = straight_m + sum(walk.length_m for walk in (back, there) if walk is not None)
    if leg.walk_m < walked_m - LENGTH_TOLERANCE_M:
        text = "the walks are {walked_m} m; the leg says {walk_m} m"
        params = {"walked_m": round(walked_m), "walk_m": leg.walk_m}
        yield violation(Code.WALK_WRONG, f"{stage.leg_where}/walk_m", text, **params)
    ends = [(leg.geometry.coordinates[at], walk) for at, walk in ((0, back), (-1, there)) if leg.geometry.coordinates]
    for driven, walk in ends:
        if walk is not None and walk.vehicle_end is not None and distance_m(driven, walk.vehicle_end) > SAME_POINT_M:
            yield violation(Code.WALK_WRONG, stage.leg_where, "the walk does not begin where the vehicle stands")


def _carried(case: Case, stage: Stage) -> Iterator[Violation]:
    """Require that what is carried to a door, and the controlled goods taken along, are not too heavy."""
    limits = [vehicle.carry_max_g for vehicle in _alike(stage)]
    known = [limit for limit in limits if limit is not None]
    if not known or len(known) < len(limits) or stage.step.type is not StepType.VISIT:
        return
    handed = goods_in(stage.step.items)
    left = taken(stage.aboard, handed)
    kept = {goods: count for goods, count in left.items() if _is_controlled(case, goods.product_id)}
    carried_g = mass_g(handed, case.products) + mass_g(kept, case.products)
    if carried_g > max(known) + MASS_TOLERANCE_G:
        text = "{carried_g} g are carried on the walk; {most_g} g may be"
        params = {"carried_g": round(carried_g), "most_g": max(known)}
        yield violation(Code.WALK_TOO_HEAVY, f"{stage.leg_where}/walk_to", text, **params)


def _is_controlled(case: Case, product_id: str) -> bool:
    product = case.products.get(product_id)
    return product is not None and product.controlled
