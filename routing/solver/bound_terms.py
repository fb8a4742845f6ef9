"""What the bound on travel adds up: worths, charges for budgets, and the part of each group of vehicles.

Law: whole numbers alone; each term errs, if at all, towards a smaller bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from routing.solver.bound_master import Budget
from routing.solver.problem import Problem, Vehicle, Window, exclude_each_other
from routing.solver.relaxed import Numbers


def groups_of(vehicles: Sequence[Vehicle]) -> list[list[int]]:
    """Return vehicles (by index) in groups of which one at most is used, each joining the first that it fits."""
    groups: list[list[int]] = []
    for number, vehicle in enumerate(vehicles):
        home = next((g for g in groups if all(exclude_each_other(vehicle, vehicles[other]) for other in g)), None)
        if home is None:
            groups.append([number])
        else:
            home.append(number)
    return groups


def budgets_of(problem: Problem, kind_of: Mapping[int, int]) -> list[Budget]:
    """Return the visits and seconds of everybody who is on several vehicles, by kind of vehicle."""
    found = []
    for person in sorted(shared_people(problem.vehicles)):
        mine = [number for number in sorted(kind_of) if person in problem.vehicles[number].people]
        kinds = frozenset(kind_of[number] for number in mine)
        vehicles = [problem.vehicles[number] for number in mine]
        if vehicles:
            visits = max(vehicle.stops_of[person] for vehicle in vehicles)
            found.append(Budget(kinds, visits, timed=False))
            found.append(Budget(kinds, covered_s([vehicle.span for vehicle in vehicles]), timed=True))
    return found


def shared_people(vehicles: Sequence[Vehicle]) -> frozenset[str]:
    """Return who is on several vehicles."""
    on = Counter(person for vehicle in vehicles for person in vehicle.people)
    return frozenset(person for person, times in on.items() if times > 1)


def covered_s(spans: Sequence[Window]) -> int:
    """Return how many seconds lie in at least one of the spans."""
    covered, reached = 0, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        covered += max(0, end - begin)
        reached = end if reached is None else max(end, reached)
    return covered


def lagrangian(
    visits: Numbers,
    charges: Sequence[int],
    budgets: Sequence[Budget],
    least: Sequence[int],
    groups: Sequence[tuple[Sequence[int], int]],
) -> int:
    """Return the bound in parts of a second from worths, charges and the least differences by kind of vehicle."""
    charged = sum(charge * budget.most for charge, budget in zip(charges, budgets, strict=True))
    return int(visits.sum()) - charged + sum(most * min(0, *(least[kind] for kind in kinds)) for kinds, most in groups)
