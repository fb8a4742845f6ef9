"""Is each leg a way that exists, is open, and lasts its time? Rules of `docs/rules.md`, section 5, first four rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import shapely

from routing.checking.areas import Point
from routing.checking.case import Case, Stage
from routing.checking.tracing import FRACTION_TOLERANCE, Piece, Trace, distance_m
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.checking.walks import on_foot_s, standing_at
from routing.domain.plan import Leg
from routing.domain.volunteers import Mode

# A walk is written in whole metres, and drawn on another plane than this one's sphere.
WALK_TOLERANCE_M = 2.0
# The street point of a place is the same on the way to it and away from it.
SAME_POINT_M = 2.0
# Pins so near each other are one place; between them nobody walks.
SAME_PIN_M = 1.0
# Each end of a leg is at most so far from its street.
MOST_WALK_M = 300
# About a metre; lines are written with seven decimals.
DRAWN_TOLERANCE_DEG = 1e-5
TIME_TOLERANCE_S = 1.0
LENGTH_TOLERANCE_M = 1.0
LENGTH_TOLERANCE_SHARE = 0.005


def leg_violations(case: Case) -> Iterator[Violation]:
    """Judge the streets of every leg."""
    for stage, leg in case.legs:
        trace = case.traces[stage]
        mode = stage.route.mode
        yield from _connected(stage, trace)
        yield from _reaches_places(stage, leg, trace)
        yield from _drawn(stage, leg, trace)
        yield from _open(case, stage, trace, mode)
        yield from _turns(case, stage, trace, mode)
        yield from _barriers(case, stage, trace, mode)
        yield from _slow_enough(case, stage, leg, trace)
        yield from _length(stage, leg, trace)
    for run in case.runs:
        yield from _chained(case, run)


def _connected(stage: Stage, trace: Trace) -> Iterator[Violation]:
    """Require that pieces are neighbours on their ways and join each other."""
    for number in trace.missing:
        where = f"{stage.leg_where}/streets/{number}"
        yield violation(Code.LEG_DISCONNECTED, where, "the extract has no such piece of a street")
    for number in trace.unjoined:
        where = f"{stage.leg_where}/streets/{number}"
        yield violation(Code.LEG_DISCONNECTED, where, "the piece does not begin where the one before ended")


def _reaches_places(stage: Stage, leg: Leg, trace: Trace) -> Iterator[Violation]:
    """Require that streets and the walk said lead from the one pin to the other."""
    from_pin, to_pin = standing_at(stage)
    if trace.points:
        walked_m = distance_m(from_pin, trace.points[0]) + distance_m(trace.points[-1], to_pin)
    else:
        walked_m = distance_m(from_pin, to_pin)
    if walked_m > 2 * MOST_WALK_M:
        text = "the walks are {walked_m} m; nobody is led farther than {most_m} m from a street"
        params = {"walked_m": round(walked_m), "most_m": MOST_WALK_M}
        yield violation(Code.LEG_DISCONNECTED, stage.leg_where, text, **params)
    elif walked_m > leg.walk_m + WALK_TOLERANCE_M:
        text = "the walks are {walked_m} m; the leg says {walk_m} m"
        params = {"walked_m": round(walked_m), "walk_m": leg.walk_m}
        yield violation(Code.LEG_DISCONNECTED, stage.leg_where, text, **params)


def _drawn(stage: Stage, leg: Leg, trace: Trace) -> Iterator[Violation]:
    """Require that the line drawn is that of the streets: it is what maps and sheets show."""
    line = leg.geometry.coordinates
    if not trace.points and len(set(line)) <= 1:
        return
    where = f"{stage.leg_where}/geometry"
    if len(line) < 2 or not trace.points:
        yield violation(Code.GEOMETRY_WRONG, where, "the line drawn and the streets do not belong together")
    elif _apart_deg(line, trace.points) > DRAWN_TOLERANCE_DEG:
        yield violation(Code.GEOMETRY_WRONG, where, "the line drawn is not that of the streets")


def _apart_deg(line: Sequence[Point], points: Sequence[Point]) -> float:
    ends = max(
        max(abs(a - b) for a, b in zip(*pair, strict=True))
        for pair in zip((line[0], line[-1]), (points[0], points[-1]), strict=True)
    )
    return max(ends, float(shapely.hausdorff_distance(shapely.LineString(line), shapely.LineString(points))))


def _chained(case: Case, run: tuple[Stage, ...]) -> Iterator[Violation]:
    """Require that a leg begins at the street point at which the one before ended."""
    point: Point | None = None
    for stage in run:
        points = case.traces[stage].points if stage in case.traces else []
        if points:
            if point is not None and distance_m(point, points[0]) > SAME_POINT_M:
                text = "the leg does not begin where the one before ended"
                yield violation(Code.LEG_DISCONNECTED, f"{stage.leg_where}/streets/0", text)
            point = points[-1]


def _open(case: Case, stage: Stage, trace: Trace, mode: Mode) -> Iterator[Violation]:
    """Require that every piece is open to the mode in the direction driven."""
    for piece in trace.pieces:
        if piece.first == piece.last:
            continue  # nothing of it is driven
        where = f"{stage.leg_where}/streets/{piece.number}"
        directions = [forward for forward, there in ((True, piece.forward), (False, piece.backward)) if there]
        open_ones = [forward for forward in directions if case.streets.is_open(piece.way, mode, forward=forward)]
        params = {"way_id": piece.way.way_id, "mode": mode.value}
        if not open_ones or case.streets.speed_mps(piece.way, mode) is None:
            yield violation(Code.STREET_NOT_OPEN, where, "way {way_id} is not open to {mode}", **params)
        elif all(case.streets.against_oneway(piece.way, mode, forward=forward) for forward in open_ones):
            yield violation(Code.AGAINST_ONEWAY, where, "way {way_id} is one-way for {mode}", **params)


def _turns(case: Case, stage: Stage, trace: Trace, mode: Mode) -> Iterator[Violation]:
    """Require that no turn is taken that a restriction forbids; what comes before a stop does not bind after it."""
    for number, relation_id in case.turns.broken(trace.pieces, mode):
        where = f"{stage.leg_where}/streets/{number}"
        params = {"relation_id": relation_id, "mode": mode.value}
        yield violation(Code.TURN_FORBIDDEN, where, "relation {relation_id} forbids {mode} this turn", **params)


def _barriers(case: Case, stage: Stage, trace: Trace, mode: Mode) -> Iterator[Violation]:
    """Require that no barrier that stops the mode is passed."""
    for one, other in pairwise(trace.pieces):
        if _passes_node(one, other) and case.streets.stops(one.to_node, mode):
            where = f"{stage.leg_where}/streets/{other.number}"
            text = "node {node_id} stops {mode}"
            yield violation(Code.BARRIER_PASSED, where, text, node_id=one.to_node, mode=mode.value)


def _passes_node(one: Piece, other: Piece) -> bool:
    """Whether a node is gone past; turning round at it is no passing."""
    met = one.to_node == other.from_node and one.last >= 1 - FRACTION_TOLERANCE
    turned = one.way.way_id == other.way.way_id and one.from_node == other.to_node
    return met and not turned


def _slow_enough(case: Case, stage: Stage, leg: Leg, trace: Trace) -> Iterator[Violation]:
    """Require that `travel_s` is at least the streets' time, the walks' and the checkpoints'."""
    least_s = _street_s(case, trace, stage.route.mode) + _walks_s(case, stage, trace)
    least_s += leg.checkpoint_s + on_foot_s(case, stage)
    if leg.travel_s < least_s - TIME_TOLERANCE_S:
        text = "the leg takes {travel_s} s; it cannot be done in less than {least_s} s"
        params = {"travel_s": leg.travel_s, "least_s": round(least_s, 1)}
        yield violation(Code.LEG_TOO_FAST, f"{stage.leg_where}/travel_s", text, **params)


def _street_s(case: Case, trace: Trace, mode: Mode) -> float:
    timed = ((piece.length_m, case.streets.speed_mps(piece.way, mode)) for piece in trace.pieces)
    return sum(length_m / speed_mps for length_m, speed_mps in timed if speed_mps is not None)


def _walks_s(case: Case, stage: Stage, trace: Trace) -> float:
    """Return the seconds of both walks: a place's own `walk_s`, else the straight distance."""
    from_pin, to_pin = standing_at(stage)
    if not trace.points and distance_m(from_pin, to_pin) <= SAME_PIN_M:
        return 0.0
    from_place, to_place = stage.origin.place if stage.origin else None, stage.place
    said = [place.walk_s if place else None for place in (from_place, to_place)]
    if trace.points:
        walks_m = [distance_m(from_pin, trace.points[0]), distance_m(trace.points[-1], to_pin)]
    else:
        # both stand at one street point, which the leg does not name: their shares of the way are not known
        walks_m = [distance_m(from_pin, to_pin) if said == [None, None] else 0.0, 0.0]
    return sum(walk_m / case.streets.walk_mps if s is None else s for walk_m, s in zip(walks_m, said, strict=True))


def _length(stage: Stage, leg: Leg, trace: Trace) -> Iterator[Violation]:
    """Require that `distance_m` is the pieces' length: a figure that adds up."""
    off_m = abs(leg.distance_m - trace.length_m)
    if not trace.missing and off_m > LENGTH_TOLERANCE_M + LENGTH_TOLERANCE_SHARE * trace.length_m:
        text = "the leg says {distance_m} m; its streets are {length_m} m"
        params = {"distance_m": leg.distance_m, "length_m": round(trace.length_m)}
        yield violation(Code.SUMMARY_WRONG, f"{stage.leg_where}/distance_m", text, **params)
