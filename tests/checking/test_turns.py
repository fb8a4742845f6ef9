"""Forbidden turns, looked for in drives; and the checker's reading of relations beside the router's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.checking.tracing import Piece
from routing.checking.turns import TurnLaw
from routing.domain.volunteers import Mode
from routing.network.extract import Extract, Restriction, Way, read_extract
from routing.network.restrictions import read_restrictions

# 50 runs through node 5 without a break, 80 is a ring there; 91 and 92 lie side by side between 4 and 6.
#
#          2                        14
#          | 20                     | 63
#   1 -10- 5 -30- 3          4 -61- 6 -62- 8 -70- 9
#          | 40              |
#          4                (91, 92 join 4 and 6 as well)
WAYS = {
    10: (1, 5), 20: (2, 5), 30: (5, 3), 40: (5, 4), 50: (11, 5, 12), 61: (4, 7, 6), 62: (8, 6), 63: (14, 6),
    70: (8, 9), 80: (5, 13, 15, 5), 91: (4, 6), 92: (6, 4),
}  # fmt: skip
NODES = dict.fromkeys({node for nodes in WAYS.values() for node in nodes}, (0.0, 0.0))
MOTORCYCLE = Mode.MOTORCYCLE

Members = Sequence[tuple[str, str, int]]


def extract_of(*relations: tuple[Members, dict[str, str]]) -> Extract:
    ways = {way_id: Way(way_id, nodes, {"highway": "residential"}) for way_id, nodes in WAYS.items()}
    listed = tuple(
        Restriction(number, {"type": "restriction"} | tags, tuple(members))
        for number, (members, tags) in enumerate(relations, 1)
    )
    return Extract(NODES, {}, ways, "", (0.0, 0.0, 0.0, 0.0), listed)


def members(one: int, via: int | Sequence[int], other: int) -> Members:
    between = [("n", "via", via)] if isinstance(via, int) else [("w", "via", way) for way in via]
    return [("w", "from", one), *between, ("w", "to", other)]


def drive(*stretches: tuple[int, int, int] | tuple[int, int, int, float, float]) -> list[Piece]:
    """Pieces of (way, from node, to node), driven whole unless fractions say otherwise."""
    pieces = []
    for number, stretch in enumerate(stretches):
        way_id, a, b, first, last = (*stretch, 0.0, 1.0)[:5]
        way = Way(way_id, WAYS[way_id], {})
        point = (0.0, 0.0)
        pieces.append(Piece(number, way, a, b, first, last, True, True, point, point, 1.0))
    return pieces


def broken(extract: Extract, *stretches: tuple[int, ...], mode: Mode = MOTORCYCLE) -> list[tuple[int, int]]:
    return list(TurnLaw(extract).broken(drive(*stretches), mode))  # type: ignore[arg-type]


NO_LEFT = extract_of((members(10, 5, 20), {"restriction": "no_left_turn"}))
ONLY_ON = extract_of((members(10, 5, 30), {"restriction": "only_straight_on"}))
NO_U_TURN = extract_of((members(40, [61, 62], 70), {"restriction": "no_u_turn"}))
ONLY_OVER = extract_of((members(40, [61, 62], 70), {"restriction": "only_right_turn"}))


@pytest.mark.parametrize(
    ("drive", "found"),
    [
        ([(10, 1, 5), (20, 5, 2)], [(1, 1)]),
        ([(10, 1, 5, 0.4, 1.0), (20, 5, 2, 0.0, 0.1)], [(1, 1)]),  # from and to a stop on either street
        ([(10, 1, 5, 0.0, 0.5), (10, 1, 5, 0.5, 1.0), (20, 5, 2)], [(2, 1)]),  # one stretch in two pieces
        ([(20, 2, 5), (10, 5, 1)], []),  # the other way round
        ([(10, 1, 5), (30, 5, 3)], []),
        ([(10, 1, 5)], []),
        ([(20, 5, 2)], []),
        ([(10, 1, 5), (30, 5, 3, 0.0, 0.0), (20, 5, 2)], [(2, 1)]),  # a piece of no length changes nothing
        ([(10, 1, 5), (20, 5, 2), (20, 2, 5), (10, 5, 1), (10, 1, 5), (20, 5, 2)], [(1, 1), (5, 1)]),
    ],
)
def test_a_turn_that_is_forbidden(drive, found):
    assert broken(NO_LEFT, *drive) == found


@pytest.mark.parametrize("mode", [Mode.BICYCLE, Mode.MOTORCYCLE, Mode.CAR])
def test_vehicles_are_bound_and_walkers_are_not(mode):
    turn = [(10, 1, 5), (20, 5, 2)]
    assert broken(NO_LEFT, *turn, mode=mode) == [(1, 1)]
    assert broken(NO_LEFT, *turn, mode=Mode.FOOT) == []


@pytest.mark.parametrize(
    ("drive", "found"),
    [
        ([(10, 1, 5), (30, 5, 3)], []),
        ([(10, 1, 5), (20, 5, 2)], [(1, 1)]),
        ([(10, 1, 5), (10, 5, 1)], [(1, 1)]),  # turning round is no straight on
        ([(10, 1, 5)], []),
        ([(20, 2, 5), (40, 5, 4)], []),  # who comes from elsewhere is free
    ],
)
def test_a_turn_that_alone_is_allowed(drive, found):
    assert broken(ONLY_ON, *drive) == found


def test_several_that_alone_are_allowed_are_each_allowed():
    extract = extract_of(
        (members(10, 5, 30), {"restriction": "only_straight_on"}),
        (members(10, 5, 40), {"restriction": "only_right_turn"}),
    )
    assert broken(extract, (10, 1, 5), (30, 5, 3)) == []
    assert broken(extract, (10, 1, 5), (40, 5, 4)) == []
    assert broken(extract, (10, 1, 5), (20, 5, 2)) == [(1, 1)]


OVER = [(61, 4, 7), (61, 7, 6), (62, 6, 8)]


@pytest.mark.parametrize(
    ("drive", "found"),
    [
        ([(40, 5, 4), *OVER, (70, 8, 9)], [(1, 1)]),
        ([(40, 5, 4, 0.9, 1.0), *OVER, (70, 8, 9, 0.0, 0.1)], [(1, 1)]),
        ([*OVER, (70, 8, 9)], []),  # from a place on the way between, or after a stop there
        ([(61, 4, 7, 0.5, 1.0), *OVER[1:], (70, 8, 9)], []),
        ([(91, 6, 4), *OVER, (70, 8, 9)], []),  # from another street
        ([(40, 5, 4), (91, 4, 6), (62, 6, 8), (70, 8, 9)], []),  # beside the way between
        ([(40, 5, 4), *OVER[:2], (63, 6, 14)], []),  # off half-way
        ([(40, 5, 4), *OVER], []),
        ([(70, 9, 8), (62, 8, 6), (61, 6, 7), (61, 7, 4), (40, 4, 5)], []),  # the other way round
    ],
)
def test_over_ways_between(drive, found):
    assert broken(NO_U_TURN, *drive) == found


@pytest.mark.parametrize(
    ("drive", "found"),
    [
        ([(40, 5, 4), *OVER, (70, 8, 9)], []),
        ([(40, 5, 4), *OVER[:1]], []),  # a stop on the way between
        ([(40, 5, 4), *OVER], []),
        ([(40, 5, 4), (91, 4, 6)], [(1, 1)]),
        ([(40, 5, 4), *OVER[:2], (63, 6, 14)], [(1, 1)]),
        ([(40, 5, 4), (61, 4, 7), (61, 7, 4)], [(1, 1)]),
        ([(40, 5, 4), *OVER, (62, 8, 6)], [(1, 1)]),
        ([(91, 6, 4), (61, 4, 7)], []),
    ],
)
def test_over_ways_that_alone_may_be_taken(drive, found):
    assert broken(ONLY_OVER, *drive) == found


def test_a_way_that_runs_on_is_bound_on_both_sides_and_never_closed():
    both_sides = extract_of((members(50, 5, 20), {"restriction": "no_left_turn"}))
    assert broken(both_sides, (50, 11, 5), (20, 5, 2)) == [(1, 1)]
    assert broken(both_sides, (50, 12, 5), (20, 5, 2)) == [(1, 1)]
    unread = extract_of(
        (members(50, 5, 20), {"restriction": "only_left_turn"}), (members(50, 5, 50), {"restriction": "no_u_turn"})
    )
    assert broken(unread, (50, 11, 5), (50, 5, 12)) == []


# Two readings, one law

VALUES = st.sampled_from(
    ["no_left_turn", "no_u_turn", "no_entry", "only_straight_on", "only_u_turn", "no_left_turn;no_u_turn",
     "no_left_turn;only_left_turn", "give_way", "none @ (Su)", "no_left_turn @ (Mo-Fr 07:00-09:00; SH off)",
     "only_right_turn @ 07:00-09:00", ""]
)  # fmt: skip
KEYS = (
    "restriction:motorcycle", "restriction:motor_vehicle", "restriction:vehicle", "restriction:bicycle",
    "restriction:hgv", "restriction:conditional", "restriction:motorcar:conditional",
)  # fmt: skip
TAGS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(KEYS, VALUES)
    | {
        "type": st.sampled_from(["restriction", "restriction:motorcar", "restriction:hgv"]),
        "except": st.sampled_from(["bicycle", "psv;motorcycle", "motor_vehicle", "vehicle", "taxi", "psv, motorcar"]),
    },
)
WAY_IDS = st.sampled_from([*WAYS, 999])
MEMBERS = st.tuples(
    st.lists(st.tuples(st.just("w"), st.sampled_from(["from", "from", "to"]), WAY_IDS), max_size=4),
    st.one_of(
        st.tuples(st.tuples(st.just("n"), st.just("via"), st.sampled_from([5, 5, 5, 4, 6, 999]))),
        st.lists(st.tuples(st.just("w"), st.just("via"), st.sampled_from([40, 61, 62, 91, 92, 80, 61])), max_size=3),
        st.lists(st.tuples(st.sampled_from("nw"), st.just("via"), st.sampled_from([5, 40, 61])), max_size=2),
    ),
).map(lambda parts: [*parts[0], *parts[1]])
AT_5 = st.sampled_from([10, 20, 30, 40, 50, 80])
_LIKELY = st.one_of(
    st.builds(members, AT_5, st.just(5), AT_5),
    st.builds(members, st.just(40), st.permutations([61, 62]), st.sampled_from([70, 62])),
    st.builds(members, AT_5, st.just([40]), st.sampled_from([61, 91])),
    st.builds(members, AT_5, st.just([40, 91, 40]), st.sampled_from([62, 63])),
)
LIKELY = st.builds(
    lambda base, more: [*base, *more], _LIKELY, st.lists(st.tuples(st.just("w"), st.just("to"), AT_5), max_size=1)
)
SAID = st.builds(lambda value, tags: {"restriction": value} | tags, VALUES, TAGS)


def as_router_reads(extract: Extract) -> set[tuple[object, ...]]:
    turns = read_restrictions(extract).turns
    return {
        (turn.only, turn.from_way, turn.via_node, turn.via_ways, turn.to_way, frozenset(map(Mode, turn.modes)))
        for turn in turns
    }


def as_checker_reads(extract: Extract) -> set[tuple[object, ...]]:
    rules = [rule for rules in TurnLaw(extract).rules.values() for rule in rules]
    between = [tuple(dict.fromkeys(way_id for way_id, _, _ in rule.between)) for rule in rules]
    return {
        (rule.obliges, rule.from_way, None if ways else rule.at_node, ways, rule.to_way, rule.modes)
        for rule, ways in zip(rules, between, strict=True)
    }


@settings(max_examples=600, deadline=None)
@given(st.one_of(MEMBERS, LIKELY, LIKELY), st.one_of(TAGS, SAID, SAID))
def test_router_and_checker_read_a_relation_alike(relation, tags):
    extract = extract_of((relation, tags))
    assert as_router_reads(extract) == as_checker_reads(extract)


@settings(max_examples=200, deadline=None)
@given(st.one_of(MEMBERS, LIKELY), TAGS)
def test_a_relation_is_read_or_listed_and_never_lost(relation, tags):
    found = read_restrictions(extract_of((relation, tags)))
    assert found.turns or found.unread
    assert len({each.why_code for each in found.unread}) == len(found.unread)


@pytest.mark.parametrize("town", ["monaco", "copenhagen_centre"])
def test_router_and_checker_read_a_real_town_alike(town, osm_folder):
    extract = read_extract(osm_folder / f"{town}.osm.pbf")
    turns = as_router_reads(extract)
    assert len(turns) > 30
    assert turns == as_checker_reads(extract)
