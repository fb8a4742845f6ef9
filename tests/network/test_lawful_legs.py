"""The engine's legs before the checker's reading of the law: open, with one-ways, past no barrier, no forbidden turn.

Router and checker share the extract's facts and nothing else, so a rule misread by either shows here.
"""

from __future__ import annotations

import itertools
import random

import pytest

from routing.checking.streets import StreetLaw
from routing.checking.tracing import Streets as Traces
from routing.checking.tracing import Trace, trace_of
from routing.checking.turns import TurnLaw
from routing.domain.plan import Leg
from routing.domain.volunteers import Mode
from routing.network import UNREACHABLE, LegalArea, StreetEngine, Streets, compile_streets, read_extract, snap_all
from routing.network.extract import Extract

VALUES = ("no_left_turn", "no_u_turn", "no_entry", "only_straight_on", "only_right_turn")


def legs_of(extract: Extract, streets: Streets, mode: str, pins: list[tuple[float, float]], most: int) -> list[Trace]:
    """Return the traces of legs between pins, at most so many, in an order without a pattern."""
    answer = StreetEngine(streets).travel(mode, LegalArea(), snap_all(streets, mode, pins), [0] * len(pins))
    pairs = [pair for pair in itertools.permutations(range(len(pins)), 2) if answer.time_s[pair] < UNREACHABLE]
    random.Random(5).shuffle(pairs)  # noqa: S311
    legs = (Leg.model_construct(streets=answer.leg(*pair).streets) for pair in pairs[:most])
    traces = Traces(extract)
    return [trace_of(leg, traces) for leg in legs if leg.streets]


def breaches(extract: Extract, mode: str, traces: list[Trace]) -> list[str]:
    """Return what the checker finds wrong with legs."""
    law, turns = StreetLaw(extract), TurnLaw(extract)
    found = []
    for trace in traces:
        found += ["missing"] * len(trace.missing) + ["unjoined"] * len(trace.unjoined)
        found += [f"relation {relation}" for _, relation in turns.broken(trace.pieces, Mode(mode))]
        for piece in trace.pieces:
            directions = [forward for forward, there in ((True, piece.forward), (False, piece.backward)) if there]
            if not any(_drivable(law, piece.way, mode, forward) for forward in directions):
                found.append(f"way {piece.way.way_id}")
        for one, other in itertools.pairwise(trace.pieces):
            turned = (one.way, one.from_node) == (other.way, other.to_node)
            if one.to_node == other.from_node and not turned and law.stops(one.to_node, Mode(mode)):
                found.append(f"node {one.to_node}")
    return found


def _drivable(law: StreetLaw, way, mode: str, forward: bool) -> bool:
    chosen = Mode(mode)
    return law.is_open(way, chosen, forward=forward) and not law.against_oneway(way, chosen, forward=forward)


@pytest.mark.parametrize("town", ["monaco", "copenhagen"])
def test_real_legs_break_no_law(town, request):
    extract = read_extract(request.getfixturevalue(f"{town}_pbf"))
    streets = compile_streets(extract)
    rules = [rule for rules in TurnLaw(extract).rules.values() for rule in rules]
    rng = random.Random(11)  # noqa: S311  a fixed scatter of places, no secret
    # Pins around the junctions with restrictions, so that their turns are wanted.
    at = [extract.nodes[rule.at_node] for rule in rules]
    pins = [(lon + rng.uniform(-8e-4, 8e-4), lat + rng.uniform(-8e-4, 8e-4)) for lon, lat in at]
    for mode in ("bicycle", "motorcycle", "car"):
        traces = legs_of(extract, streets, mode, pins, most=200)
        assert len(traces) > 150
        assert breaches(extract, mode, traces) == []


def blocks(rng: random.Random):
    """A grid of 4 x 4 junctions, each block side a way of its own, some one-way, with restrictions at random."""
    nodes = {x + 4 * y: (x * 0.001, y * 0.001) for x in range(4) for y in range(4)}
    sides = [(a, a + 1) for a in nodes if a % 4 < 3] + [(a, a + 4) for a in nodes if a < 12]
    ways = {
        100 + number: ([*side], {"highway": "residential"} | ({"oneway": "yes"} if rng.random() < 0.15 else {}))
        for number, side in enumerate(sides)
    }
    at = {node: [way for way, (refs, _) in ways.items() if node in refs] for node in nodes}
    relations = {}
    for number in range(rng.randrange(4, 14)):
        node = rng.choice(list(nodes))
        one, *others = rng.sample(at[node], min(3, len(at[node])))
        between, other = [("n", "via", node)], others[0]
        if rng.random() < 0.4:
            far = next(ref for ref in ways[other][0] if ref != node)
            between, other = [("w", "via", other)], rng.choice([way for way in at[far] if way != other] or [other])
        tags = {"type": "restriction", "restriction": rng.choice(VALUES)}
        relations[number + 1] = ([("w", "from", one), *between, ("w", "to", other)], tags)
    return nodes, ways, relations


@pytest.mark.parametrize("seed", range(25))
def test_legs_in_made_up_blocks_break_no_law(osm, seed):
    rng = random.Random(seed)  # noqa: S311
    extract = read_extract(osm(*blocks(rng)))
    pins = [(rng.uniform(0, 0.003), rng.choice([0, 0.001, 0.002, 0.003])) for _ in range(12)]
    traces = legs_of(extract, compile_streets(extract), "motorcycle", pins, most=132)
    assert len(traces) > 30
    assert breaches(extract, "motorcycle", traces) == []


def test_without_the_restrictions_the_same_legs_would_break_them(osm):
    broken = 0
    for seed in range(25):
        rng = random.Random(seed)  # noqa: S311
        nodes, ways, relations = blocks(rng)
        extract = read_extract(osm(nodes, ways, relations))
        blind = read_extract(osm(nodes, ways))
        pins = [(rng.uniform(0, 0.003), rng.choice([0, 0.001, 0.002, 0.003])) for _ in range(12)]
        broken += len(
            breaches(extract, "motorcycle", legs_of(blind, compile_streets(blind), "motorcycle", pins, most=132))
        )
    assert broken > 50
