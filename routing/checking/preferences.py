"""Are the figures about preferences true? Law: counted here once more, from the routes and the ledger alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from routing.checking.case import Case
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.ledger import LedgerState
from routing.domain.plan import StepType

_AT_THE_DOOR = (LedgerState.HANDED_OVER, LedgerState.FETCHED)


def preference_violations(case: Case) -> Iterator[Violation]:
    """Require that the summary's `preferences`, where it has them, are those of the routes."""
    written = case.plan.summary.preferences
    if written is None:
        return
    said, true = written.model_dump(), _true_figures(case)
    for key, figures in true.items():
        yield from _differences(f"/summary/preferences/{key}", said[key], figures)


def _differences(where: str, said: Any, true: Any) -> Iterator[Violation]:
    if isinstance(true, dict):
        for key, figure in true.items():
            yield from _differences(f"{where}/{key}", said[key], figure)
    elif abs(said - true) > 1e-6:
        yield violation(Code.SUMMARY_WRONG, where, "{written} is written; it is {true}", written=said, true=true)


def _true_figures(case: Case) -> dict[str, Any]:
    out: dict[str, float] = {}
    stops: dict[str, float] = {}
    people: dict[str, set[str]] = {}
    for route in case.plan.routes:
        who = route.volunteer_id
        visits = [step.client_id for step in route.steps if step.type is StepType.VISIT]
        out[who] = out.get(who, 0) + (route.end_at - route.start_at).total_seconds()
        stops[who] = stops.get(who, 0) + len(visits)
        for client_id in visits:
            people.setdefault(str(client_id), set()).add(who)
    return {"out_s": _spread(out), "stops": _spread(stops), **_wishes(case, people)}


def _spread(by_volunteer: dict[str, float]) -> dict[str, float]:
    figures = sorted(by_volunteer.values()) or [0.0]
    low, high = figures[(len(figures) - 1) // 2], figures[len(figures) // 2]
    return {"least": figures[0], "median": (low + high) / 2, "most": figures[-1]}


def _wishes(case: Case, people: dict[str, set[str]]) -> dict[str, Any]:
    most = case.programme.preferences.most_people
    preferred, same, too_many = [], [], 0
    for client in case.programme.clients:
        today = people.get(client.client_id)
        if today is None:
            continue
        before = _came_before(case, client.client_id)
        if client.prefers:
            preferred.append(not today.isdisjoint(client.prefers))
        if before:
            latest = max(day for day, _ in before)
            same.append(any((latest, who) in before for who in today))
        too_many += most is not None and len(today | {who for _, who in before}) > most
    return {
        "by_preferred": {"count": sum(preferred), "of": len(preferred)},
        "by_same": {"count": sum(same), "of": len(same)},
        "too_many_people": too_many,
    }


def _came_before(case: Case, client_id: str) -> set[tuple[Any, str]]:
    """Return day and person of each visit that counts: in so many weeks, the plan's day the last of them."""
    came = set()
    for entry in case.programme.ledger:
        if entry.client_id == client_id and entry.volunteer_id is not None and entry.state in _AT_THE_DOOR:
            day = entry.at.astimezone(case.programme.zone).date()
            if timedelta(0) < case.on - day < timedelta(weeks=case.programme.preferences.weeks):
                came.add((day, entry.volunteer_id))
    return came
