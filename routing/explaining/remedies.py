"""For each client who is left out the smallest change that serves them, proved by planning again.

Law: nothing is offered that planning again has not confirmed: the changed programme's plan, accepted by the checker,
serves the client and loses no order of equal or higher tier. Of its kind no smaller change does, and no kind that
stands earlier on the ladder does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from routing.domain.errors import DoorstepError
from routing.domain.orders import Order
from routing.domain.plan import Plan, Reason, Remedy, Unserved
from routing.domain.programme import Programme
from routing.domain.remedies import RemedySearch
from routing.explaining.changes import Change, Wanted, applied, sizes_of, targets_of
from routing.explaining.ladder import ladder_of
from routing.explaining.remedy_messages import remedy_text
from routing.explaining.trials import Aim, OutOfPatienceError, Trials
from routing.solver import Start

Again = Callable[[Programme, Start], Plan]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Orders that would travel together and are on no route, with their reasons.

    `settled`: the plan says what helps, or that nothing does.
    """

    wanted: Wanted
    aim: Aim
    reasons: tuple[Reason, ...]
    settled: bool = False


@dataclass
class Findings:
    """What came of the search: by order id how it went; the change, where there is one, with what it is for."""

    searched: dict[str, RemedySearch] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    denied: int = 0


def find_remedies(
    trials: Trials, again: Again, day_before: Callable[[], Plan | None] = lambda: None, client_id: str | None = None
) -> Findings:
    """Search for each client's remedy, the most urgent client first, as long as patience lasts; or for one client's."""
    findings = Findings()
    try:
        for case in cases_of(trials, day_before):
            if not case.settled and client_id in {None, case.wanted.client.client_id}:
                _search(trials, again, case, findings)
    except OutOfPatienceError:
        pass  # whoever was not reached is said to be `not_searched`
    return findings


def cases_of(trials: Trials, day_before: Callable[[], Plan | None] = lambda: None) -> Iterator[Case]:
    """Yield what is left out, a job at a time, in the plan's order: the most urgent first."""
    made = trials.unchanged()
    if made is None:
        return
    tiers = {order.order_id: order.tier.rank for errand in made[0].errands for order in errand.orders}
    left_out = {entry.order_id: entry for entry in trials.plan.unserved}
    served = {order for route in trials.plan.routes for step in route.steps for order in step.order_ids}
    jobs = {order.order_id: errand for errand in made[0].errands for order in errand.orders}
    seen: set[str] = set()
    for order_id, entry in left_out.items():
        if order_id in seen or order_id not in jobs:
            continue
        orders = tuple(order for order in jobs[order_id].orders if order.order_id in left_out)
        seen |= {order.order_id for order in orders}
        rank = min(order.tier.rank for order in orders)
        kept = frozenset(order for order in served if tiers.get(order, 0) <= rank)
        wanted = Wanted(
            programme=trials.programme,
            on=trials.on,
            client=jobs[order_id].client,
            orders=orders,
            day_before=day_before,
        )
        settled = entry.remedy_search in {RemedySearch.FOUND, RemedySearch.NONE_FOUND}
        aim = Aim(wanted=_ids(orders), kept=kept)
        yield Case(wanted=wanted, aim=aim, reasons=entry.reasons, settled=settled)


def _search(trials: Trials, again: Again, case: Case, findings: Findings) -> None:
    ids = case.aim.wanted
    findings.searched |= dict.fromkeys(ids, RemedySearch.CUT_SHORT)
    for code in ladder_of(case.reasons):
        change = smallest(trials, targets_of(code, case.wanted), case.aim)
        if change is None:
            continue
        if not confirmed(trials, again, change, case.aim):
            findings.denied += 1
            continue
        findings.searched |= dict.fromkeys(ids, RemedySearch.FOUND)
        findings.changes |= dict.fromkeys(ids, change)
        findings.cases |= dict.fromkeys(ids, case)
        return
    findings.searched |= dict.fromkeys(ids, RemedySearch.NONE_FOUND)


def smallest(trials: Trials, targets: list[Change], aim: Aim) -> Change | None:
    """Return the smallest change of a kind that does, over all whom it may be about; None where none does.

    A size is found by bisection: the one below it has been tried and does not do, for anybody.
    """
    best: Change | None = None
    for target in sorted(targets, key=lambda each: each.size):
        best = _smaller(trials, target, best, aim) or best
    while best is not None:
        size = best.size
        less = (_largest_below(target, size) for target in targets)
        found = next((each for each in less if each is not None and trials.does(each, aim)), None)
        if found is None:
            return best
        best = found
    return None


def _smaller(trials: Trials, target: Change, best: Change | None, aim: Aim) -> Change | None:
    """Return the smallest change about one target that does, if it is smaller than the best so far."""
    sizes = [size for size in sizes_of(target) if best is None or size < best.size]
    sizes = [size for size in sizes if applied(target.sized(size), trials.programme, trials.on) is not None]
    if not sizes or not trials.does(target.sized(sizes[-1]), aim):
        return None
    fails, does = -1, len(sizes) - 1
    while does - fails > 1:
        middle = (fails + does) // 2
        if trials.does(target.sized(sizes[middle]), aim):
            does = middle
        else:
            fails = middle
    return target.sized(sizes[does])


def _largest_below(target: Change, size: int) -> Change | None:
    sizes = [each for each in sizes_of(target) if each < size]
    return target.sized(sizes[-1]) if sizes else None


def confirmed(trials: Trials, again: Again, change: Change, aim: Aim) -> bool:
    """Whether planning again with the change serves what is wanted and loses nothing that is to be kept."""
    changed = applied(change, trials.programme, trials.on)
    if changed is None:
        return False
    try:
        plan = again(changed, trials.start(aim))
    except DoorstepError:
        return False
    return does_what_is_wanted(plan, change, aim)


def does_what_is_wanted(plan: Plan, change: Change, aim: Aim) -> bool:
    """Whether a plan serves what is wanted and everything that is to be kept."""
    served = {order for route in plan.routes for step in route.steps for order in step.order_ids}
    left_out = {entry.order_id for entry in plan.unserved}
    covered = set(change.covers) - left_out
    return aim.kept <= served and aim.wanted <= served | covered


def with_remedies(unserved: tuple[Unserved, ...], findings: Findings) -> tuple[Unserved, ...]:
    """Return the plan's list of who is left out, each with the remedy that was found, at the first of its reasons."""
    return tuple(
        entry.changed(
            reasons=_with_remedy(entry.reasons, findings.changes.get(entry.order_id)),
            remedy_search=findings.searched[entry.order_id],
        )
        if entry.order_id in findings.searched
        else entry
        for entry in unserved
    )


def _with_remedy(reasons: tuple[Reason, ...], change: Change | None) -> tuple[Reason, ...]:
    if change is None:
        return reasons
    first, *others = reasons
    return (first.changed(remedy=remedy(change)), *others)


def remedy(change: Change) -> Remedy:
    """Return a confirmed change as the document has it."""
    params = change.params
    return Remedy(code=change.code, params=params, message=remedy_text(change.code, params), verified=True)


def _ids(orders: tuple[Order, ...]) -> frozenset[str]:
    return frozenset(order.order_id for order in orders)
