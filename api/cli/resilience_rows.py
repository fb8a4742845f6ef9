"""What if a volunteer is missing, on the terminal. Law: what was not found is said to be just that."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from api.cli.tables import numbers, texts, wholes
from routing.domain.plan import Absence, Plan

RESILIENCE_COLUMNS = (
    *wholes("without", "T0 and T1"),
    *texts("who takes over", "not found for"),
    *numbers("others left out, at most"),
)
Named = Callable[[str], str]


def resilience_rows(plan: Plan, volunteer: Named, client: Named) -> Iterator[tuple[object, ...]]:
    """Yield a row for each volunteer who is out."""
    out = {route.volunteer_id for route in plan.routes}
    for absence in plan.resilience or ():
        if absence.volunteer_id in out:
            yield (
                volunteer(absence.volunteer_id),
                "served" if absence.served else "not found",
                _takers(absence, volunteer, client) or "–",
                _at_risk(absence, client) or "–",
                absence.others_lost or "–",
            )


def _takers(absence: Absence, volunteer: Named, client: Named) -> str:
    by_taker: dict[str, list[str]] = {}
    for client_id, taker_id in absence.taken_over:
        by_taker.setdefault(taker_id, []).append(client(client_id))
    return "\n".join(f"{volunteer(taker_id)}: {', '.join(names)}" for taker_id, names in by_taker.items())


def _at_risk(absence: Absence, client: Named) -> str:
    return ", ".join(
        client(each) + (" (nobody else can)" if each in absence.impossible else "") for each in absence.at_risk
    )
