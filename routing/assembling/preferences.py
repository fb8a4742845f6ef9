"""What became of the wishes, in figures. Law: read off the routes alone; counts, and no names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import median

from routing.domain.plan import PreferenceFigures, Route, Share, Spread, StepType
from routing.domain.programme import Programme
from routing.solver import NOBODY, Wishes


def preference_figures(programme: Programme, on: date, routes: Sequence[Route]) -> PreferenceFigures:
    """Return how the work is shared, and how many see whom they would rather see, or who came last."""
    wishes = Wishes.of(programme, on)
    seen = _people_by_client(routes)
    clients = [client for client in programme.clients if client.client_id in seen]
    against = {client.client_id: wishes.against(client, seen[client.client_id]) for client in clients}
    prefer = [against[client.client_id][0] for client in clients if client.prefers]
    known = [against[client.client_id][1] for client in clients if client.client_id in wishes.visitors]
    return PreferenceFigures(
        out_s=_spread(_by_volunteer(routes, lambda route: (route.end_at - route.start_at).total_seconds())),
        stops=_spread(_by_volunteer(routes, lambda route: sum(step.type is StepType.VISIT for step in route.steps))),
        by_preferred=Share(count=prefer.count(0), of=len(prefer)),
        by_same=Share(count=known.count(0), of=len(known)),
        too_many_people=sum(wishes.too_many(_everybody(wishes, key) | people) > 0 for key, people in seen.items()),
    )


def _people_by_client(routes: Iterable[Route]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        for step in route.steps:
            if step.type is StepType.VISIT and step.client_id is not None:
                found[step.client_id].add(route.volunteer_id)
    return found


def _everybody(wishes: Wishes, client_id: str) -> frozenset[str]:
    return wishes.visitors.get(client_id, NOBODY).everybody


def _by_volunteer(routes: Iterable[Route], figure: Callable[[Route], float]) -> list[float]:
    found: dict[str, float] = defaultdict(float)
    for route in routes:
        found[route.volunteer_id] += figure(route)
    return sorted(found.values())


def _spread(figures: Sequence[float]) -> Spread:
    if not figures:
        return Spread()
    return Spread(least=min(figures), median=float(median(figures)), most=max(figures))
