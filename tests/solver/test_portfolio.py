"""Engines in processes: what they find is kept, what becomes of them hurts nobody else."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from routing.solver.portfolio import GENETIC, RUINS, Portfolio
from routing.solver.problem import Problem
from routing.solver.solution import Solution
from tests.solver.tiny import job, problem, vehicle

SERVES = "tests.solver.engines.serves"


@pytest.fixture(scope="module")
def processes():
    with Portfolio(2) as ours:
        yield ours


@pytest.fixture
def portfolio(processes):
    processes.warm()
    return processes


def row() -> Problem:
    """Three jobs at places 2, 5 and 7 of the row, for one vehicle at 0: out to 7 and back are 14 minutes."""
    return problem([job(2), job(5), job(7)])


def bad(name: str) -> str:
    return f"tests.solver.engines.{name}"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("raises", "ValueError"),
        ("broken", "ModuleNotFoundError"),
        ("kills_itself", "died"),
        ("hangs", "late"),
        ("greedy_memory", "MemoryError"),
        ("nowhere_to_be_found", "ModuleNotFoundError"),
    ],
)
def test_an_engine_that_fails_costs_its_own_share_only(portfolio, name, fault):
    began = time.monotonic()
    outcome = portfolio.search(Solution(row(), {}), [bad(name), SERVES], seconds=2)
    assert time.monotonic() - began < 4
    assert [share.fault for share in outcome.shares] == [fault, None]
    assert outcome.best.served == {0, 1, 2}


def test_a_warm_process_has_its_kernels_before_the_first_task(portfolio):
    outcome = portfolio.search(Solution(row(), {}), [bad("expects_kernels")], seconds=2)
    assert [share.fault for share in outcome.shares] == [None]


def test_what_an_engine_found_before_it_died_is_kept(portfolio):
    outcome = portfolio.search(Solution(row(), {}), [bad("kills_itself"), bad("raises")], seconds=2)
    assert outcome.best.served == {0}


def test_after_a_failure_the_next_search_has_all_its_engines(portfolio):
    portfolio.search(Solution(row(), {}), [bad("hangs"), bad("kills_itself")], seconds=0.5)
    portfolio.warm()
    outcome = portfolio.search(Solution(row(), {}), [SERVES, SERVES], seconds=0.5)
    assert [share.fault for share in outcome.shares] == [None, None]


def test_a_fault_is_named_by_its_kind_and_its_message_is_not_repeated(portfolio):
    outcome = portfolio.search(Solution(row(), {}), [bad("raises")], seconds=1)
    assert "Harbour" not in repr(outcome.shares)


def test_what_an_engine_says_is_scheduled_before_it_is_believed(portfolio):
    # (0, 1, 2) without a load is against the rules; (load, 2, 1, 0) is lawful, and its cost of 1 is a lie.
    outcome = portfolio.search(Solution(row(), {}), [bad("lies")], seconds=1)
    assert outcome.best.served == {0, 1, 2}
    assert outcome.best.objective[-2] == 14 * 60


def test_killing_a_process_in_the_midst_of_a_search_costs_its_share_only(portfolio):
    victim = portfolio.process_ids[0]
    timer = threading.Timer(0.3, os.kill, (victim, signal.SIGKILL))
    timer.start()
    outcome = portfolio.search(Solution(row(), {}), [SERVES, SERVES], seconds=1.5)
    timer.join()
    assert [share.fault for share in outcome.shares] == ["died", None]
    assert outcome.best.served == {0, 1, 2}


def test_a_search_ends_when_it_is_asked_to(portfolio):
    began = time.monotonic()
    found = []
    outcome = portfolio.search(
        Solution(row(), {}), [SERVES, GENETIC], seconds=60, found=found.append, stop=lambda: bool(found)
    )
    assert time.monotonic() - began < 10
    assert outcome.best is found[-1]


def test_plans_are_told_from_worse_to_better(portfolio):
    found = []
    portfolio.search(Solution(row(), {}), [SERVES, GENETIC], seconds=1, found=found.append)
    figures = [one.objective for one in found]
    assert figures
    assert figures == sorted(figures, reverse=True)


@pytest.mark.parametrize("engines", [(GENETIC, GENETIC), (RUINS, GENETIC)])
def test_with_iterations_the_answer_depends_on_nothing_else(portfolio, engines):
    posed = problem([job(place) for place in (9, 1, 8, 2, 7, 3)], [vehicle(), vehicle(people=("v2",), duty_id="v2.1")])
    start = Solution(posed, {})
    first = portfolio.search(start, engines, iterations=5, seed=3)
    with Portfolio(2) as other:  # cold: what came first may be another
        second = other.search(start, engines, iterations=5, seed=3)
    assert first.best.routes == second.best.routes
    assert first.pool.routes() == second.pool.routes()
    assert len(first.best.served) == 6


def test_ruin_and_recreate_that_leaves_its_time_to_another_search_is_back_in_time(portfolio):
    began = time.monotonic()
    outcome = portfolio.search(Solution(row(), {}), [RUINS], seconds=2)
    assert time.monotonic() - began < 10
    assert [share.fault for share in outcome.shares] == [None]
    assert outcome.best.served == set(range(len(row().jobs)))


def test_closing_leaves_no_process():
    ours = Portfolio(1)
    ours.start()
    (process,) = ours.process_ids
    ours.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_an_engine_ends_when_its_parent_is_killed():
    # Whether idle or in the midst of a task: its line is cut.
    script = """
import sys, time
from routing.solver.portfolio import Portfolio
from routing.solver.solution import Solution
from tests.solver.tiny import job, problem
ours = Portfolio(2)
ours.start()
print(*ours.process_ids, flush=True)
ours.search(Solution(problem([job(2)]), {}), ["tests.solver.engines.serves"], seconds=60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    processes = [int(word) for word in parent.stdout.readline().split()]
    time.sleep(1.5)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 20
    while any(_alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(process) for process in processes)


def _alive(process: int) -> bool:
    """Whether it runs; one that ended and was not waited for is a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_an_empty_problem_is_an_empty_plan(portfolio):
    outcome = portfolio.search(Solution(problem([]), {}), [GENETIC, RUINS], seconds=1)
    assert outcome.best.routes == {}
    assert [share.fault for share in outcome.shares] == [None, None]
