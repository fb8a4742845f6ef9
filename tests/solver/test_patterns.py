"""What PyVRP is told of a day, and how what it says is read. Each pattern is solved by hand."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
import pyvrp
from pyvrp.stop import MaxIterations

from routing.domain.orders import Tier
from routing.solver import genetic
from routing.solver.embedding import in_a_plane
from routing.solver.genetic import MOST_PENALTY
from routing.solver.ladder import compressed
from routing.solver.line import Task
from routing.solver.patterns import FORBIDDEN, Patterns
from routing.solver.plain import is_plain
from routing.solver.pyvrp_data import LARGEST_PRIZE, pyvrp_data
from routing.solver.schedule import FAR
from tests.solver.tiny import controlled, depot, job, lost, planned, problem, vehicle


def solved(posed, *, seed=1, all_served=True, iterations=60):
    """Return PyVRP's routes as tokens by kind, and its solution."""
    patterns = Patterns(posed, seed)
    data = pyvrp_data(patterns, all_served=all_served)
    found = pyvrp.solve(data, MaxIterations(iterations), seed=seed, collect_stats=False, display=False).best
    return [(r.vehicle_type(), patterns.tokens(r.vehicle_type(), r.visits())) for r in found.routes()], found


def test_the_load_is_folded_into_the_way_out():
    # The site is at 3, the start at 0, the client at 5: 0 -> 3 -> 5 -> 0 are 10 minutes of travel.
    posed = problem([job(5)], depots=[depot(3)])
    routes, found = solved(posed)
    assert routes == [(0, (~0, 0))]
    assert found.distance_cost() == planned(posed, ~0, 0).travel_s == 10 * 60


def test_counting_in_is_folded_into_the_way_home():
    # Back to the site at 3 after the client at 5, then home to 0: 5 + 2 + 3 minutes; the call itself is no travel.
    posed = problem([controlled(5)], depots=[depot(3)])
    routes, found = solved(posed)
    assert found.distance_cost() == planned(posed, *routes[0][1]).travel_s == 10 * 60


@pytest.mark.parametrize(("closes", "served"), [(659, 0), (660, 1), (661, 1)])
def test_a_window_is_met_at_its_limit(closes, served):
    # The site opens at 300; a minute of loading and five of travel: begin at 660 at the earliest.
    posed = problem([job(5, windows=((0, closes),))], depots=[depot(0, windows=((300, 86_400),))])
    _, found = solved(posed, all_served=False)
    assert found.num_clients() == served


def test_the_hull_of_several_windows_is_taken_and_the_schedule_decides():
    posed = problem([job(5, windows=((0, 60), (3_000, 3_060)))])
    routes, found = solved(posed)
    assert found.is_feasible()
    assert planned(posed, *routes[0][1]).calls[-1].begin_s == 3_000


def test_a_job_that_one_may_not_do_is_done_by_the_other():
    fleet = [vehicle(allowed=frozenset({1})), vehicle(duty_id="v2.1", people=("v2",), start=9, end=9)]
    posed = problem([job(1), job(2)], fleet)
    patterns = Patterns(posed, 1)
    data = pyvrp_data(patterns, all_served=True)
    assert data.distance_matrix(0)[0, 1] == FORBIDDEN
    routes, found = solved(posed)
    assert found.is_feasible()
    assert all(0 not in tokens for kind, tokens in routes if kind == 0)


def test_after_isolating_clients_come_only_isolating_ones():
    # In a row 2 (isolating), 5, 8: driving 5, 8, then 2 on the way home costs nothing more.
    posed = problem([job(2, isolating=True, isolating_last=True), job(5), job(8)])
    ((_, tokens),), found = solved(posed)
    assert found.is_feasible()
    assert tokens[-1] == 0
    planned(posed, *tokens)


@pytest.mark.parametrize(("most", "routes"), [(2, 2), (3, 1)])
def test_the_number_of_stops_is_a_load_of_its_own(most, routes):
    fleet = [vehicle(duty_id=f"v{n}.1", people=(f"v{n}",), stops_of={f"v{n}": most}) for n in (1, 2)]
    found, _ = solved(problem([job(3), job(4), job(5)], fleet))
    assert len(found) == routes


@pytest.mark.parametrize(("ceiling", "routes"), [(239, 2), (240, 1)])
def test_custody_is_a_load_of_its_own(ceiling, routes):
    fleet = [vehicle(duty_id=f"v{n}.1", people=(f"v{n}",), custody={"p1": ceiling}) for n in (1, 2)]
    found, _ = solved(problem([controlled(3), controlled(4)], fleet))
    assert len(found) == routes


def test_seeds_vary_where_somebody_loads():
    jobs = [job(5), job(6, mass_g={1: 1000}, volume_ml={1: 1000})]
    posed = problem(jobs, depots=[depot(1), depot(2)])
    loads = {Patterns(posed, seed).kinds[0].loads for seed in range(40)}
    assert loads == {(0,), (1,), (0, 1), (1, 0)}


def test_prices_of_visits_are_part_of_the_cost_and_of_no_duration():
    posed = problem([job(5)], [vehicle(visit_s={0: 100})])
    _, found = solved(posed)
    assert found.distance_cost() == 10 * 60 + 100
    assert found.duration() == (10 + 1 + 1) * 60  # there and back, loading, service


def test_institutions_and_what_nobody_can_load_for_are_left_to_others():
    posed = problem([job(3, institution=True), job(4), job(5)], depots=[depot(0)])
    assert Patterns(posed, 1).jobs == [1, 2]
    assert Patterns(problem([job(3)], depots=[depot(0, windows=())]), 1).kinds == []


def test_a_plan_of_ours_is_told_in_pyvrps_words_where_the_pattern_fits():
    posed = problem([job(3), job(4), job(5, institution=True)])
    patterns = Patterns(posed, 1)
    assert patterns.visits(0, (~0, 1, 0)) == (0, [2, 1])
    assert patterns.visits(0, (~0, 2)) is None


def test_plain_days_are_told_from_others():
    twins = [vehicle(), vehicle(duty_id="v2.1", people=("v2",))]
    assert is_plain(problem([job(3)], twins))
    assert not is_plain(problem([job(3)], [*twins, vehicle(duty_id="v3.1", people=("v3",), max_mass_g=1)]))
    assert not is_plain(problem([controlled(3)], twins))
    assert not is_plain(problem([job(3, windows=((0, 1), (3, 4)))], twins))
    assert not is_plain(problem([job(3)], twins, depots=[depot(0), depot(1)]))


# -- traps


@pytest.mark.filterwarnings("ignore::pyvrp.exceptions.PenaltyBoundWarning")
@pytest.mark.parametrize("prize", [10**7, 10**9, 10**12])
def test_trap_with_large_prizes_pyvrp_ends_infeasible(prize):
    # Ten clients a minute apart, all in the same ten seconds: one vehicle can see one. It answers with several, late.
    at = np.arange(11) * 60
    clients = [
        pyvrp.Client(0, int(x), [1], tw_early=1_000, tw_late=1_010, service_duration=60, prize=prize, required=False)
        for x in at[1:]
    ]
    gaps = np.abs(at[:, None] - at[None, :])
    data = pyvrp.ProblemData(clients, [pyvrp.Depot(0, 0)], [pyvrp.VehicleType(1, [5])], [gaps], [gaps])
    found = pyvrp.solve(data, MaxIterations(500), seed=1, collect_stats=False, display=False).best
    assert not found.is_feasible()
    assert pyvrp.PenaltyParams().max_penalty == MOST_PENALTY


class Silent:
    """A line that nobody listens to; it keeps the last plan."""

    plan = None

    def found(self, plan):
        self.plan = plan

    def plans(self):
        return []

    def due(self):
        return False

    def over(self):
        return False

    def met(self, routes):
        self.routes = routes


def test_trap_with_our_prizes_and_penalties_it_does_not():
    posed = problem([job(place, windows=((1_000, 1_010),)) for place in range(1, 10)])
    line = Silent()
    genetic.run(Task(engine="", problem=posed, seed=1, iterations=20), line)
    assert len(planned(posed, *line.plan[0]).calls) == 2  # the load and one visit
    assert max(compressed(posed, LARGEST_PRIZE)) <= LARGEST_PRIZE


def test_trap_a_place_that_cannot_be_reached_overflows_no_sum():
    far = np.abs(np.arange(10)[:, None] - np.arange(10)[None, :]) * 60
    far[:, 9] = far[9, :] = FAR * 4
    far[9, 9] = 0
    posed = problem([job(3), job(9)], time_s=far.astype(np.int64))
    data = pyvrp_data(Patterns(posed, 1), all_served=False)
    assert int(data.distance_matrix(0).max()) <= FORBIDDEN
    assert Patterns(posed, 1).jobs == [0]


def test_the_ladder_is_steep_by_tier_and_never_too_high():
    jobs = [job(place, lost=lost(tier, 10**15)) for place, tier in enumerate(Tier, start=1)]
    prizes = compressed(problem(jobs), LARGEST_PRIZE)
    assert prizes == sorted(prizes, reverse=True)
    assert prizes[0] == LARGEST_PRIZE
    assert all(upper >= 2 * lower for upper, lower in pairwise(prizes))


def test_within_a_tier_the_heavier_is_worth_more():
    prizes = compressed(problem([job(1, lost=lost(weight=10)), job(2, lost=lost(weight=30))]), 900)
    assert prizes == [600, 900]  # half, and the other half by weight: 0.5 + 0.5 / 3


def test_points_in_a_plane_keep_distances():
    rng = np.random.default_rng(1)
    true = rng.uniform(0, 1000, (12, 2))
    gaps = np.sqrt(((true[:, None] - true[None]) ** 2).sum(-1))
    found = in_a_plane(np.rint(gaps).astype(np.int64), FAR).astype(float)
    again = np.sqrt(((found[:, None] - found[None]) ** 2).sum(-1))
    ratio = again[gaps > 0] / gaps[gaps > 0]
    assert np.allclose(ratio, ratio.mean(), rtol=0.02)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_points_are_points(size):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert in_a_plane(np.zeros((size, size), dtype=np.int64), FAR).shape == (size, 2)
