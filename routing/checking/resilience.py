"""Can what a plan says about missing volunteers be true? Law: the plan is asked; nothing is solved here.

Whether a day without somebody exists is not judged: who is meant, who is urgent, and that nobody is passed over, is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from routing.checking.case import Case
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.checking.visits import VisitKey, perhaps_urgent_visits, visit_key
from routing.domain.plan import Absence

Visited = dict[str, set[str]]


def resilience_violations(case: Case) -> Iterator[Violation]:
    """Require that each volunteer out has one entry, which accounts for each of their urgent clients."""
    if case.plan.resilience is None:
        return
    surely, perhaps = (_clients_visited(case, keys) for keys in perhaps_urgent_visits(case))
    seen: set[str] = set()
    for index, absence in enumerate(case.plan.resilience):
        where = f"/resilience/{index}"
        if absence.volunteer_id in seen or absence.volunteer_id not in case.volunteers:
            yield _wrong(f"{where}/volunteer_id", "volunteer {volunteer_id} stands twice or is not known", absence)
        seen.add(absence.volunteer_id)
        yield from _clients_of(where, absence, surely, perhaps)
        yield from _takers_of(case, where, absence)
    out = {route.volunteer_id for route in case.plan.routes}
    if out - seen:
        yield violation(Code.RESILIENCE_WRONG, "/resilience", "volunteers who are out are left out")


def _clients_visited(case: Case, keys: Collection[VisitKey]) -> Visited:
    """Return the clients of some visits, and who makes them."""
    found: Visited = {}
    for stage in case.visits:
        if visit_key(stage) in keys:
            found.setdefault(str(stage.step.client_id), set()).add(stage.route.volunteer_id)
    return found


def _clients_of(where: str, absence: Absence, surely: Visited, perhaps: Visited) -> Iterator[Violation]:
    at_risk, taken_over = set(absence.at_risk), {client_id for client_id, _ in absence.taken_over}
    mine = {client_id for client_id, people in perhaps.items() if absence.volunteer_id in people}
    must = {client_id for client_id, people in surely.items() if absence.volunteer_id in people}
    if absence.served == bool(at_risk):
        yield _wrong(f"{where}/served", "without {volunteer_id} it is said that all are served, or that not", absence)
    if not at_risk <= perhaps.keys() or not set(absence.impossible) <= at_risk:
        yield _wrong(f"{where}/at_risk", "without {volunteer_id} somebody is at risk who is not urgent here", absence)
    if not taken_over <= mine - at_risk:
        yield _wrong(f"{where}/taken_over", "without {volunteer_id} others are taken over than their own", absence)
    if not must <= at_risk | taken_over:
        yield _wrong(where, "without {volunteer_id} an urgent client of theirs is passed over", absence)


def _takers_of(case: Case, where: str, absence: Absence) -> Iterator[Violation]:
    for client_id, taker_id in absence.taken_over:
        taker, client = case.volunteers.get(taker_id), case.clients.get(client_id)
        if taker is None or client is None or taker_id == absence.volunteer_id:
            yield _wrong(f"{where}/taken_over", "without {volunteer_id} nobody known takes over", absence)
        elif case.on in taker.absent_on or taker_id in client.vetoes or client_id in taker.vetoes:
            yield _wrong(f"{where}/taken_over", "without {volunteer_id} somebody takes over who may not", absence)


def _wrong(where: str, text: str, absence: Absence) -> Violation:
    return violation(Code.RESILIENCE_WRONG, where, text, volunteer_id=absence.volunteer_id)
