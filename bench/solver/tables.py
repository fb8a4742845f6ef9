"""The tables: gaps in the literature, vectors of days, first plans and memory, how much longer OR-Tools alone takes."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.table import Table

from bench.solver.measuring import (
    Course,
    Results,
    Said,
    gap_percent,
    lost,
    middle,
    shorter_percent,
    told,
)
from bench.solver.peers.processes import DOORSTEP, PEERS, Asked, Peer, ask
from routing.solver.problem import Problem

MULTIPLES = (1, 2, 5, 10)


def gaps_table(course: Course, peers: Sequence[Peer], problems: Mapping[str, Problem], best: Mapping[str, int],
               said: Said) -> Table:  # fmt: skip
    """Return the gaps to the best known lengths, per instance the median of the runs, then mean and worst."""
    results = course.run(peers, problems, said)
    table = _table(
        f"per cent above the best known; {course.seconds:g} s, 2 cores, median of {len(course.seeds)} runs", peers
    )
    gaps = {peer.name: {name: _gap(results[peer.name][name], best[name]) for name in problems} for peer in peers}
    for name in problems:
        table.add_row(name, *(_percent(gaps[peer.name][name]) for peer in peers))
    for heading, of in (("mean", statistics.fmean), ("worst", max)):
        table.add_row(heading, *(_over(of, gaps[peer.name].values()) for peer in peers), style="bold")
    return table


def _gap(answers: Sequence[Asked], best: int) -> float | None:
    return gap_percent(middle(answers), best)


def days_table(course: Course, peers: Sequence[Peer], problems: Mapping[str, Problem], said: Said) -> Table:
    """Return the median vector of each day and engine, and how Doorstep stands beside the best of the others."""
    results = course.run([DOORSTEP, *peers], problems, said)
    table = _table(
        f"lost T0a to T4 | seconds of travel; {course.seconds:g} s, 2 cores, median of {len(course.seeds)} seeds",
        [DOORSTEP, *peers],
        "beside the best",
    )
    verdicts = {name: _verdict(results, peers, name) for name in problems}
    for name in problems:
        cells = [_cell(results[peer.name][name]) for peer in (DOORSTEP, *peers)]
        table.add_row(name, *cells, verdicts[name][0])
    shorter = [percent for _, percent in verdicts.values() if percent is not None]
    mean = f"{statistics.fmean(shorter):+.2f} % shorter, of {len(shorter)} ties" if shorter else "no ties"
    table.add_row("mean", *("" for _ in range(len(peers) + 1)), mean, style="bold")
    table.caption = "(-n): so many visits broke a rule and were left out. Travel is compared where tiers tie."
    return table


def _verdict(results: Results, peers: Sequence[Peer], name: str) -> tuple[str, float | None]:
    mine = middle(results[DOORSTEP.name][name])
    answered = [results[peer.name][name] for peer in peers if not _failed(results[peer.name][name])]
    other = min(middle(answers) for answers in answered)
    percent = shorter_percent(mine, other)
    if percent is not None:
        return f"{percent:+.2f} % shorter", percent
    return ("serves more" if lost(mine) < lost(other) else "SERVES LESS"), None


def _failed(answers: Sequence[Asked]) -> bool:
    return all(each.fault for each in answers)


def _cell(answers: Sequence[Asked]) -> str:
    """Return the median vector, how many visits had to be left out; or that there was no answer at all."""
    if _failed(answers):
        return "failed"
    return f"{told(middle(answers))}{_mended(answers)}"


def _mended(answers: Sequence[Asked]) -> str:
    left_out = max(each.answer.left_out for each in answers)
    return f" (-{left_out})" if left_out else ""


def first_table(course: Course, problems: Mapping[str, Problem], said: Said) -> Table:
    """Return the seconds to Doorstep's first lawful routes, and the memory of all its processes."""
    results = course.run([DOORSTEP], problems, said)[DOORSTEP.name]
    table = Table(title=f"Doorstep in a warm worker, {len(course.seeds)} runs: median (largest)")
    for heading in ("day", "first lawful routes, s", "all, s", "most memory of all processes, MiB"):
        table.add_column(heading, justify="left" if heading == "day" else "right")
    for name, answers in results.items():
        figures = ([each.first_s for each in answers], [each.seconds for each in answers])
        memory = [each.peak_mb for each in answers]
        table.add_row(name, *(_spread(figure, 2) for figure in figures), _spread(memory, 0))
    return table


def longer_table(course: Course, problems: Mapping[str, Problem], said: Said) -> Table:
    """Return how many times as long OR-Tools alone takes for what Doorstep reaches."""
    alone = PEERS[0]
    table = Table(title=f"OR-Tools alone beside {course.seconds:g} s of Doorstep, seed {course.seeds[0]}")
    for heading in ("day", "Doorstep", *(f"OR-Tools, {times} x" for times in MULTIPLES), "needs"):
        table.add_column(heading, justify="left" if heading == "day" else "right")
    for name, problem in problems.items():
        mine = ask(DOORSTEP, problem, course.seconds, course.seeds[0]).answer.objective
        theirs = []
        for times in MULTIPLES:
            theirs.append(ask(alone, problem, times * course.seconds, course.seeds[0]).answer.objective)
            said(f"{name}: Doorstep {told(mine)}, OR-Tools {times} x {told(theirs[-1])}")
            if theirs[-1] <= mine:
                break
        reached = f"{MULTIPLES[len(theirs) - 1]} x" if theirs[-1] <= mine else f"more than {MULTIPLES[-1]} x"
        blank = [""] * (len(MULTIPLES) - len(theirs))
        table.add_row(name, told(mine), *(told(each) for each in theirs), *blank, reached)
    return table


def _table(title: str, peers: Sequence[Peer], *more: str) -> Table:
    table = Table(title=title)
    table.add_column("")
    for heading in (*(peer.name for peer in peers), *more):
        table.add_column(heading, justify="right")
    return table


def _percent(value: float | None) -> str:
    return "not all served" if value is None else f"{value:.3f}"


def _over(of: Callable[[list[float]], float], values: Iterable[float | None]) -> str:
    found = list(values)
    known = [value for value in found if value is not None]
    return f"{of(known):.3f}" if len(known) == len(found) else ""


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({max(values):.{digits}f})"
