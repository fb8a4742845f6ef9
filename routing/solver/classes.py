"""Vehicles that are alike, so that they share routes.

Law: alike means that any lawful route of one is a lawful route of the other, at the same cost. Two duties of one
person are never alike: the one is chosen with an eye on the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from routing.solver.problem import Problem, Vehicle


def classes_of(problem: Problem) -> list[tuple[int, ...]]:
    """Return the indices of vehicles that are alike, class by class, in order of the first of each."""
    persons = Counter(person for vehicle in problem.vehicles for person in vehicle.people)
    passes = Counter(one for vehicle in problem.vehicles for one in vehicle.single_use)
    found: dict[object, list[int]] = {}
    for number, vehicle in enumerate(problem.vehicles):
        bound = any(persons[one] > 1 for one in vehicle.people) or any(passes[one] > 1 for one in vehicle.single_use)
        found.setdefault(number if bound else _likeness(vehicle), []).append(number)
    return [tuple(numbers) for numbers in found.values()]


def class_of(classes: Sequence[tuple[int, ...]]) -> dict[int, int]:
    """Return the class of each vehicle."""
    return {number: index for index, numbers in enumerate(classes) for number in numbers}


def _likeness(vehicle: Vehicle) -> object:
    """Return all that decides which routes are lawful for a vehicle, and what they cost."""
    return (
        (vehicle.start, vehicle.end, vehicle.span, vehicle.profile, vehicle.rests),
        (vehicle.max_mass_g, vehicle.max_volume_ml, vehicle.max_carry_g, vehicle.on_foot, vehicle.max_stops),
        (frozenset(vehicle.custody.items()), frozenset(vehicle.visit_s.items())),
        (vehicle.allowed, vehicle.aboard, frozenset(vehicle.partly.items()), vehicle.counts_in),
        (vehicle.on_the_road, vehicle.homeward_s),
    )
