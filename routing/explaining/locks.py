"""Locks that cannot be kept: which rule forbids them, or which of them together. Law: says why, resolves nothing."""

from __future__ import annotations

from collections.abc import Iterator

from routing.domain.day_so_far import DaySoFar, Lock
from routing.domain.errors import DayError, Problem
from routing.domain.reading import pointer
from routing.solver import Posed, Solution
from routing.solver.eligibility import Errand, Station
from routing.solver.taking_up import NEVER


def refuse_unlawful_locks(day: DaySoFar | None, posed: Posed) -> None:
    """Refuse locks that demand a visit which some rule forbids.

    Raises
    ------
    DayError
        `lock_not_lawful`, with the rules, or `lock_without_order`: the client is due nothing today.
    """
    locks = () if day is None else day.locks
    found = [problem for number, lock in enumerate(locks) if lock.demands for problem in _problems(posed, number, lock)]
    if found:
        raise DayError(found)


def refuse_broken_locks(posed: Posed, solution: Solution) -> None:
    """Refuse locks each of which could be kept, and which cannot all be.

    Raises
    ------
    DayError
        `locks_contradict`, with the clients whose visits were left out and those who are locked beside them.
    """
    undone = posed.problem.must - solution.served
    if not undone:
        return
    left = sorted({posed.errands[index].client.client_id for index in undone})
    others = sorted({posed.errands[index].client.client_id for index in posed.problem.must} - set(left))
    raise DayError(
        [
            Problem(
                code="locks_contradict",
                where="/day/locks",
                message=f"no routes were found that keep the locks of {', '.join(left)}"
                + (f" beside those of {', '.join(others)}" if others else " within the hours that are left"),
                remedy="take one of them out, or widen its times",
                params={"client_ids": [*left, *others]},
            )
        ]
    )


def _problems(posed: Posed, number: int, lock: Lock) -> Iterator[Problem]:
    mine = [index for index, errand in enumerate(posed.errands) if errand.client.client_id == lock.client_id]
    if not mine:
        yield Problem(
            code="lock_without_order",
            where=pointer("day", "locks", number),
            message=f"client {lock.client_id} is locked, and nothing is due to them today",
            remedy="take the lock out; `doorstep due` says what is due, and what is held",
            params={"client_id": lock.client_id},
        )
    for index in mine:
        rules = _forbidding(posed, index, lock)
        if rules:
            yield Problem(
                code="lock_not_lawful",
                where=pointer("day", "locks", number),
                message=f"the visit to client {lock.client_id} as it is locked breaks: {', '.join(rules)}",
                remedy="lock it to somebody else or another time, or take the lock out",
                params={"client_id": lock.client_id, "rules": rules},
            )


def _forbidding(posed: Posed, index: int, lock: Lock) -> list[str]:
    """Return the rules that keep a visit from being made as it is locked; none where somebody may make it."""
    errand = posed.errands[index]
    if posed.problem.jobs[index].windows == NEVER:
        return ["time_window"]
    if any(index in vehicle.allowed for vehicle in posed.problem.vehicles):
        return []
    own = [str(code) for code, rule in posed.rules.of_errand if not rule(errand)]
    stations = [each for each in posed.stations if lock.volunteer_id in {None, *_people(each)}]
    if own or not stations:
        return own or ["no_volunteer_on_duty"]
    fewest = min((_broken(posed, errand, station) for station in stations), key=len)
    return fewest or ["rules_combined"]


def _people(station: Station) -> set[str]:
    return {person.volunteer_id for person in station.people}


def _broken(posed: Posed, errand: Errand, station: Station) -> list[str]:
    return [str(code) for code, rule in posed.rules.of_duty if not rule(errand, station)]
