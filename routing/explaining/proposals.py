"""The few changes that would serve the most: what an organisation takes to the authorities, or to its own people.

Law: each is confirmed by planning again on top of those before it, and loses nothing that is served.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.domain.errors import DoorstepError
from routing.domain.plan import Plan, Proposal
from routing.explaining.changes import Change, applied, targets_of
from routing.explaining.ladder import ladder_of
from routing.explaining.remedies import Again, Case, Findings, cases_of, smallest
from routing.explaining.remedy_messages import remedy_text
from routing.explaining.trials import OutOfPatienceError, Trials
from routing.solver import Start

MOST_PROPOSALS = 5
# What serves a single client is that client's remedy.
FEWEST_CLIENTS = 2


def find_proposals(trials: Trials, again: Again, findings: Findings) -> tuple[Proposal, ...]:
    """Return the proposals, the one that serves the most first; none of them is about one client.

    Weighed are first the remedies that were found, then with them what the authorities could grant instead; where
    patience ends in between, what was confirmed until then stands.
    """
    own: list[Proposal] = []
    with_granted: list[Proposal] = []
    try:
        remedies = [change for change in findings.changes.values() if not change.code.of_client]
        _cover(trials, again, _in_order(remedies), own)
        granted = [change for case in cases_of(trials) for change in _granted(trials, case)]
        if set(granted) <= set(remedies):
            return tuple(own)
        _cover(trials, again, _in_order([*remedies, *granted]), with_granted)
    except OutOfPatienceError:
        pass
    return tuple(max(own, with_granted, key=lambda each: sum(proposal.clients for proposal in each)))


def _in_order(changes: list[Change]) -> list[Change]:
    return sorted(dict.fromkeys(changes), key=lambda each: (each.code.step, each.ids, each.size))


def _granted(trials: Trials, case: Case) -> Iterator[Change]:
    """Yield the smallest change of each kind that authorities grant and that serves a client."""
    for code in ladder_of(case.reasons):
        change = smallest(trials, targets_of(code, case.wanted), case.aim) if code.of_authorities else None
        if change is not None:
            yield change


def _cover(trials: Trials, again: Again, candidates: list[Change], found: list[Proposal]) -> None:
    """Take the change that serves the most clients, then the one that serves the most of the others, and so on."""
    while candidates and len(found) < MOST_PROPOSALS:
        start = _everybody(trials.plan)
        best = max(candidates, key=lambda each: _promised(trials, each, start))
        if _promised(trials, best, start) < FEWEST_CLIENTS:
            return
        candidates = [each for each in candidates if each != best]
        plan = _planned(trials, again, best, start)
        clients = 0 if plan is None else _clients(trials.plan) - _clients(plan)
        if plan is None or clients < FEWEST_CLIENTS:
            continue
        found.append(_proposal(best, clients))
        changed = applied(best, trials.programme, trials.on)
        trials = trials if changed is None else trials.after(changed, plan)


def _everybody(plan: Plan) -> Start:
    served = frozenset(order for route in plan.routes for step in route.steps for order in step.order_ids)
    return Start(routes=plan.routes, first=frozenset(entry.order_id for entry in plan.unserved), kept=served)


def _promised(trials: Trials, change: Change, start: Start) -> int:
    """Return how many more clients a trial serves; below 0 where it loses an order."""
    served = trials.served_by(change, start)
    if not start.kept <= served:
        return -1
    left = {entry.client_id for entry in trials.plan.unserved if entry.order_id not in served}
    return _clients(trials.plan) - len(left)


def _planned(trials: Trials, again: Again, change: Change, start: Start) -> Plan | None:
    changed = applied(change, trials.programme, trials.on)
    if changed is None:
        return None
    try:
        plan = again(changed, start)
    except DoorstepError:
        return None
    served = {order for route in plan.routes for step in route.steps for order in step.order_ids}
    return plan if start.kept <= served else None


def _clients(plan: Plan) -> int:
    return len({entry.client_id for entry in plan.unserved})


def _proposal(change: Change, clients: int) -> Proposal:
    params = change.params
    message = remedy_text(change.code, params)
    return Proposal(code=change.code, params=params, message=message, clients=clients, verified=True)
