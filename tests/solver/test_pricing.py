"""Pricing: the cheapest relaxed route, found to proof, is the one that trying all of them finds."""

from itertools import permutations, product

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.solver.completions import complete
from routing.solver.pricing import ALL_BITS, PARTS, RULES_ONLY, arc_costs, price, price_coarsely
from routing.solver.relaxed import NEAR, relax, scarcest
from tests.solver.random_days import days
from tests.solver.tiny import controlled, depot, job, problem, vehicle


def nets(posed, near=NEAR):
    everything = frozenset(range(len(posed.jobs)))
    return [net for each in posed.vehicles if (net := relax(posed, each, everything, near)) is not None]


def seconds(*worth):
    return np.array(worth, dtype=np.int64) * PARTS


# By hand, on the row of places a minute apart


def test_the_cheapest_route_makes_the_visits_that_are_worth_their_detour():
    # There and back to 3: 360 s, worth 500; on to 9 it is 720 s more, worth 700. Best: 360 - 500 = -140.
    (net,) = nets(problem([job(3), job(9)]))
    found = price(net, arc_costs(net, seconds(500, 700)))
    assert (found.least, found.routes[0]) == (-140 * PARTS, (-140 * PARTS, (2, 0)))


def test_charges_for_visits_and_seconds_make_a_route_dearer():
    # 360 s of travel, 60 s at the site and 60 s at the door; a visit charged 10 s and each second 2 parts.
    (net,) = nets(problem([job(3)]))
    found = price(net, arc_costs(net, seconds(1000), per_visit=10 * PARTS, per_second=2))
    assert found.least == (360 - 1000 + 10) * PARTS + 2 * 480


def test_nothing_is_cheaper_than_the_threshold_that_was_given():
    (net,) = nets(problem([job(3)]))
    assert price(net, arc_costs(net, seconds(400)), -40 * PARTS).least == -40 * PARTS
    assert price(net, arc_costs(net, seconds(401)), -40 * PARTS).least == -41 * PARTS


def test_too_many_labels_prove_nothing():
    (net,) = nets(problem([job(place) for place in range(1, 9)]))
    costs = arc_costs(net, seconds(*[900] * 8))
    assert price(net, costs, most_labels=20).least is None
    assert price(net, costs).least is not None


def test_labels_that_are_compared_without_their_memory_prove_nothing():
    (net,) = nets(problem([job(3)]))
    assert price(net, arc_costs(net, seconds(500)), bits=RULES_ONLY).least is None


def test_who_carried_controlled_goods_comes_home_by_way_of_the_depot():
    # Start and depot at 0, end at 9: 2 out, 2 back, 9 home; without controlled goods 2 out and 7 on.
    ends = [vehicle(end=9)]
    for one, travel_s in ((controlled(2), 780), (job(2), 540)):
        (net,) = nets(problem([one], ends))
        assert price(net, arc_costs(net, seconds(2000))).least == (travel_s - 2000) * PARTS


def test_after_a_second_load_the_vehicle_is_as_good_as_empty():
    # 6 kg each for 8 and 9, 10 kg at most: there and back twice, 16 + 18 minutes.
    (net,) = nets(problem([job(8, mass_g={0: 6000}), job(9, mass_g={0: 6000})]))
    assert price(net, arc_costs(net, seconds(5000, 5000))).least == (34 * 60 - 10_000) * PARTS


def test_a_second_load_is_a_count_in():
    # Depot 5, start and end 0. Controlled goods to 9, back to 5 for a second load (6 kg each), to 1 and home: 9 + 4 +
    # 4 + 1. If the load were no count-in, the way home would lead past 5 again.
    heavy = [controlled(9, mass_g={0: 6000}), job(1, mass_g={0: 6000})]
    (net,) = nets(problem(heavy, depots=[depot(5)]))
    assert price(net, arc_costs(net, seconds(5000, 5000))).least == (18 * 60 - 10_000) * PARTS


def test_others_come_before_isolating_clients_unless_those_are_urgent():
    # Windows ask for 3 first. Isolating but urgent it may come first: there and back to 9, 1080 - 9999. If it has to
    # come last, one of the two is left out: 360 - 4999 is less than 1080 - 5000.
    for last, least in ((False, 1080 - 9999), (True, 360 - 4999)):
        first = job(3, isolating=True, isolating_last=last, windows=((0, 400),))
        (net,) = nets(problem([first, job(9, windows=((600, 9000),))]))
        assert price(net, arc_costs(net, seconds(4999, 5000))).least == least * PARTS


def test_the_load_that_the_jobs_exceed_most_is_the_one_kept():
    some = [job(1, mass_g={0: 6000}), controlled(2, tenths=8000), controlled(3, tenths=8000)]
    # Mass 8000 of 10000 does not bind; custody 16000 of 10000 does.
    assert scarcest(some, vehicle()) == ([0, 8000, 8000], 10_000)
    assert scarcest(some[:1], vehicle()) == ([0], -1)


def test_a_job_too_heavy_for_the_vehicle_is_none_of_its_jobs():
    light, heavy = job(1, mass_g={0: 10_000}), job(2, mass_g={0: 10_001})
    assert relax(problem([heavy]), vehicle(), {0}) is None
    assert list(relax(problem([light, heavy]), vehicle(), {0, 1}).jobs) == [0]


# On random days


def cheapest(net, costs):
    """Return the least cost of a route, by trying every order of nodes without a job twice; at most 0."""
    best, inner = 0, range(net.nodes - 2)
    depots = range(len(net.jobs), net.nodes - 2)
    for many in range(1, len(net.jobs) + 1):
        for order in permutations(range(len(net.jobs)), many):
            between = [calls for length in range(3) for calls in product(depots, repeat=length)]
            for calls in product(between, repeat=many + 1):
                nodes = [node for call, visit in zip(calls, (*order, None), strict=True) for node in (*call, visit)]
                assert set(nodes[:-1]) <= set(inner)
                best = min(best, followed(net, costs, [*nodes[:-1], net.nodes - 1], best))
    return best


def followed(net, costs, nodes, best):
    """Return what a sequence of nodes costs; `best` where it is no route."""
    now, cost, word, load, visits, before = net.span[0], 0, net.begin, 0, 0, net.nodes - 2
    rules = RULES_ONLY
    for node in nodes:
        begin = net.begins(node, now + int(net.travel[before, node]))
        load = 0 if net.loads[node] else load + int(net.demand[node])
        visits += node < len(net.jobs)
        full = (0 <= net.capacity < load) or (0 <= net.most_stops < visits)
        if net.travel[before, node] < 0 or begin is None or word & rules & int(net.forbidding[node]) or full:
            return best
        word = (word & int(net.keeping[node])) | int(net.adding[node])
        now, cost, before = begin + int(net.service[node]), cost + int(costs[before, node]), node
    return cost


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(days(most_jobs=2, most_vehicles=2), st.lists(st.integers(0, 9000), min_size=2, max_size=2))
def test_pricing_finds_the_cheapest_relaxed_route(posed, worth):
    for net in nets(posed):
        costs = arc_costs(net, seconds(*worth[: len(net.jobs)]))
        least = cheapest(net, costs)
        assert price(net, costs).least == least
        assert price(net, costs, gridded=True).least <= least
        coarse = price_coarsely(net, costs)
        assert coarse.least is None or coarse.least <= least


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(days(most_jobs=5), st.lists(st.integers(0, 9000), min_size=5, max_size=5))
def test_less_memory_or_a_grid_is_never_dearer_and_pruning_changes_nothing(posed, worth):
    for tight, loose in zip(nets(posed), nets(posed, near=1), strict=True):
        costs = arc_costs(tight, seconds(*worth[: len(tight.jobs)]))
        proved = price(tight, costs).least
        assert price(loose, costs).least <= proved
        assert price(tight, costs, gridded=True).least <= proved
        if proved < 0:  # a threshold just above the least still finds it; one below it is what is given back
            assert price(tight, costs, proved + 1).least == proved
            assert price(tight, costs, proved - 1).least == proved - 1


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(days(most_jobs=5), st.lists(st.integers(0, 9000), min_size=5, max_size=5))
def test_a_continuation_costs_no_more_than_what_really_follows(posed, worth):
    for net in nets(posed):
        costs = arc_costs(net, seconds(*worth[: len(net.jobs)]))
        ahead = complete(net, costs)
        for cost, nodes in price(net, costs, bits=ALL_BITS).routes if ahead.grid_s else ():
            source = net.nodes - 2
            assert int(costs[source, nodes[0]]) + ahead.cost(net, source, nodes[0]) <= cost


def test_a_depot_that_nobody_needs_is_no_node():
    (net,) = nets(problem([job(3)], depots=[depot(0), depot(5)]))
    # job, load at depot 0, start, end
    assert net.nodes == 4
