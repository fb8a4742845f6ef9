"""A plan with its remedies and proposals. Law: its routes are not touched; what is added was planned and checked."""

from __future__ import annotations

from collections.abc import Callable

from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.explaining.proposals import find_proposals
from routing.explaining.remedies import Again, find_remedies, with_remedies
from routing.explaining.trials import Patience, Trials
from routing.network import Streets


def remedied(
    plan: Plan,
    programme: Programme,
    streets: Streets,
    patience: Patience,
    again: Again,
    day_before: Callable[[], Plan | None] = lambda: None,
    client_id: str | None = None,
) -> Plan:
    """Return a plan with the remedy of each client who is left out, and the changes that would serve the most.

    Parameters
    ----------
    patience
        What was not tried within it is said to be `not_searched`.
    again
        Plans the day from a start for a changed programme; the checker has passed what it returns.
    day_before
        Plans the day before; None where that cannot be.
    client_id
        Look for this client's remedy alone, and for no proposals.
    """
    if not plan.unserved:
        return plan
    trials = Trials(programme, plan, streets, patience)
    findings = find_remedies(trials, again, day_before, client_id)
    found = find_proposals(trials, again, findings) if client_id is None else ()
    return plan.changed(unserved=with_remedies(plan.unserved, findings), proposals=found or plan.proposals)
