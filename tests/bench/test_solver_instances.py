"""Instances of the literature mean to Doorstep's solver what they mean there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.solver.instances import FOLDER, HOMBERGER, SOLOMON, Instance, Row, named, problem_of, read_instance, tenths
from routing.domain.reasons import ReasonCode
from routing.solver.problem import Problem
from routing.solver.solution import Solution

# Found with PyVRP 0.12.2; their lengths are the proven optima.
R101 = """52 6|5 83 61 85 37 93|59 98 16 86 91 100|72 75 22 74 58|14 44 38 43 13|95 99 94 96|2 21 73 41 56 4
92 42 15 87 57 97|39 23 67 55 25|12 76 79 3 54 24 80|40 53 26|28 29 78 34 35 77|33 81 50 68|65 71 9 66 1
27 69 30 51 20 32 70|62 11 90 10|31 88 7|63 64 49 48|36 47 19 8 46 17|45 82 18 84 60 89"""
C104 = """32 33 31 35 37 38 39 36 34|43 42 41 40 44 46 45 48 51 50 52 49 47|55 54 53 56 58 60 59 57
67 65 62 74 72 61 64 68 66 69|81 78 76 71 70 73 77 79 80 63|90 87 86 83 82 84 85 88 89 91
98 96 95 94 92 93 97 100 99|5 3 7 8 11 9 6 4 2 1 75|13 17 18 19 15 16 14 12 10|20 24 25 27 29 30 28 26 23 22 21"""
# Two customers: 3 east and 4 north (a way of 5), and 10 east (a way of sqrt(49 + 16) = 8.06 between them).
SMALL = Instance(
    "small",
    vehicles=2,
    capacity=10,
    rows=(Row(0, 0, 0, 0, 30, 0), Row(3, 4, 6, 5, 6, 2), Row(10, 0, 4, 0, 20, 1)),
)


def solution(problem: Problem, text: str) -> Solution:
    """Drive routes of customers' numbers: 1 is job 0."""
    found = Solution(problem, {})
    for number, words in enumerate(text.replace("\n", "|").split("|")):
        planned = found.with_route(number, (~0, *(int(word) - 1 for word in words.split())))
        assert isinstance(planned, Solution), planned
        found = planned
    return found


@pytest.mark.parametrize(("name", "text", "tenths_long"), [("R101", R101, 16377), ("C104", C104, 8229)])
def test_an_optimal_solution_of_the_literature_is_lawful_and_as_long_as_there(name: str, text: str, tenths_long: int):
    found = solution(named(name), text)
    assert found.served == frozenset(range(100))
    assert found.objective == (*[0] * 7, tenths_long, tenths_long)


@pytest.mark.parametrize("name", [*SOLOMON, *HOMBERGER])
def test_each_instance_has_its_customers_and_vehicles(name: str):
    problem = named(name)
    customers = 100 if name in SOLOMON else 200
    assert len(problem.jobs) == customers
    assert len(problem.vehicles) == customers // 4
    assert problem.time_s[0].shape == (customers + 1, customers + 1)


def test_no_file_lies_there_that_nobody_measures():
    assert {path.stem for path in FOLDER.glob("*.txt")} == {*SOLOMON, *HOMBERGER}


def test_a_distance_is_cut_to_tenths_and_a_whole_one_stays_whole():
    # 8.06 is 80 tenths, not 81; 5 is 50, not 49
    assert tenths(SMALL.rows).tolist() == [[0, 50, 100], [50, 0, 80], [100, 80, 0]]


@pytest.mark.parametrize(("due", "lawful"), [(5, True), (4, False)])
def test_a_customer_is_served_in_its_window_in_tenths(due: int, *, lawful: bool):
    # The first is 5 away: begun at 50 tenths at the earliest.
    first = replace(SMALL.rows[1], ready=0, due=due)
    problem = problem_of(replace(SMALL, rows=(SMALL.rows[0], first, SMALL.rows[2])))
    found = Solution(problem, {}).with_route(0, (~0, 0))
    assert isinstance(found, Solution) is lawful


@pytest.mark.parametrize(("capacity", "lawful"), [(10, True), (9, False)])
def test_a_route_carries_no_more_than_the_capacity(capacity: int, *, lawful: bool):
    found = Solution(problem_of(replace(SMALL, capacity=capacity)), {}).with_route(0, (~0, 0, 1))
    assert isinstance(found, Solution) is lawful


@pytest.mark.parametrize(("closes", "lawful"), [(26, True), (25, False)])
def test_a_vehicle_is_back_before_the_depot_closes(closes: int, *, lawful: bool):
    # 50 there, 20 service, 80 on, 10 service, 100 home: 260 tenths.
    rows = (replace(SMALL.rows[0], due=closes), *SMALL.rows[1:])
    assert isinstance(Solution(problem_of(replace(SMALL, rows=rows)), {}).with_route(0, (~0, 0, 1)), Solution) is lawful


def test_nobody_loads_a_second_time():
    assert isinstance(Solution(problem_of(SMALL), {}).with_route(0, (~0, 0, ~0, 1)), ReasonCode)


def test_a_file_is_read_line_by_line(tmp_path: Path):
    path = tmp_path / "tiny.txt"
    path.write_text(
        "tiny\n\nVEHICLE\nNUMBER CAPACITY\n 2 10\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY DUE SERVICE\n\n"
        " 0 0 0 0 0 30 0\n 1 3 4 6 5 6 2\n 2 10 0 4 0 20 1\n",
        encoding="ascii",
    )
    assert read_instance(path) == replace(SMALL, name="tiny")
