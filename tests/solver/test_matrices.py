"""Travel in one block: equal to what it was, read by another process without a copy, and gone with its last holder."""

import gc
import os
import pickle
import time
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pytest

from routing.network.travel import UNREACHABLE
from routing.solver.line import Task, Word, receive, send
from routing.solver.matrices import block_of, in_a_block, narrow, room_for, without_travel
from routing.solver.plain import is_said_by_patterns
from routing.solver.portfolio import RUINS, Portfolio
from routing.solver.solution import Solution
from tests.solver.tiny import PLACES, job, problem, row, vehicle

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="the system has no memory without a name")


SHARED_FILES = Path("/dev/shm")  # noqa: S108 - read alone


def descriptors():
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def crossed(posed):
    """Return what comes out of a line at the other end."""
    ours, theirs = Pipe()
    with ours, theirs:
        send(ours, os.getpid(), Task(engine=RUINS, problem=posed, seed=1))
        word, task = receive(theirs)
    assert word == Word.TASK
    return task.problem


def test_a_block_holds_what_the_matrices_held():
    posed = problem([job()], time_s=row(60), distance_m=row(100))
    blocked = in_a_block(posed)
    assert block_of(posed) is None
    assert len(block_of(blocked)) == 4 * 2 * PLACES * PLACES
    assert [each.tolist() for each in (*blocked.time_s, *blocked.distance_m)] == [row(60).tolist(), row(100).tolist()]
    assert in_a_block(blocked) is blocked


def test_a_block_is_known_only_where_it_is_the_whole_of_a_days_travel_in_order():
    whole = room_for(2, PLACES)
    posed = replace(problem([job()]), time_s=(whole[0, 0], whole[1, 0]), distance_m=(whole[0, 1], whole[1, 1]))
    assert block_of(posed) is not None
    assert block_of(replace(posed, time_s=posed.time_s[::-1])) is None
    assert block_of(replace(posed, time_s=posed.time_s[:1], distance_m=posed.distance_m[:1])) is None
    assert block_of(without_travel(posed)) is None


def test_another_process_reads_the_same_memory_and_cannot_write():
    posed = in_a_block(problem([job()]))
    there = crossed(posed)
    assert there.jobs == posed.jobs
    assert there.time_s[0].tolist() == row(60).tolist()
    posed.time_s[0][1, 2] = 7  # who makes a block may: that it shows there says that nothing was copied
    assert there.time_s[0][1, 2] == 7
    with pytest.raises(ValueError, match="read-only"):
        there.time_s[0][1, 2] = 8
    # What goes down the line beside it does not grow with the square of the places.
    assert len(pickle.dumps(without_travel(posed))) < 2000


def test_travel_that_is_in_no_block_goes_down_the_line():
    assert crossed(problem([job()])).time_s[0].tolist() == row(60).tolist()


def test_nothing_is_left_behind_and_nothing_lies_on_disk():
    before, files = descriptors(), set(SHARED_FILES.iterdir())
    posed = in_a_block(problem([job()]))
    there = crossed(posed)
    assert set(SHARED_FILES.iterdir()) == files
    assert str(Path(f"/proc/self/fd/{block_of(posed).descriptor}").readlink()) == "/memfd:travel (deleted)"
    del posed, there
    assert descriptors() == before


def test_a_process_gives_the_memory_back_once_its_task_is_over():
    posed = in_a_block(problem([job(), job(7)], [vehicle()]))
    before = descriptors()
    with Portfolio(1) as portfolio:
        found = portfolio.search(Solution(posed, {}), [RUINS], iterations=1)
        maps = Path(f"/proc/{portfolio.process_ids[0]}/maps")
        until = time.monotonic() + 10
        while "memfd:travel" in maps.read_text() and time.monotonic() < until:
            time.sleep(0.01)
        assert "memfd:travel" not in maps.read_text()
    assert len(found.best.served) == 2
    assert block_of(found.best.problem) is block_of(posed)
    assert descriptors() == before


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (UNREACHABLE - 1, UNREACHABLE - 1),
        (UNREACHABLE, UNREACHABLE),
        (UNREACHABLE + 1, UNREACHABLE),
        (2**40, UNREACHABLE),
    ],
)
def test_no_way_is_longer_than_none(value, expected):
    assert narrow(np.array([[0, value]], dtype=np.int64)).tolist() == [[0, expected]]


def test_twice_no_way_is_a_number_still():
    twice = narrow(np.array([[2**40]])) + narrow(np.array([[2**40]]))
    assert twice.dtype == np.int32
    assert twice.tolist() == [[2 * UNREACHABLE]]


@pytest.mark.parametrize(("jobs", "said"), [(4471, True), (4472, False)])
def test_pyvrp_is_asked_only_where_there_is_room(jobs, said):
    # One class of vehicles: 4472 x 4472 = 19,998,784 ways with the start, 4473 x 4473 = 20,007,729.
    assert is_said_by_patterns(problem([job()] * jobs)) is said
