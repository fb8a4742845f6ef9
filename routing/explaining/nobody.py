"""Why there is not one duty on a date."""

from __future__ import annotations

from datetime import date

from routing.domain.passes import MovementRule, RuleKind
from routing.domain.programme import Programme
from routing.domain.reasons import ReasonCode
from routing.passes import duties_of


def why_no_duty(programme: Programme, on: date) -> tuple[ReasonCode, dict[str, str | int | float | list[str]]]:
    """Return the first of: a closed day, no valid pass, curfews and bars, nobody there.

    Each is found by lifting it: if somebody could then be out, it is what keeps them in.
    """
    if programme.calendar.is_closed(on):
        return ReasonCode.CLOSED_DAY, {}
    others = tuple(rule for rule in programme.movement_rules if not _answered_by_a_pass(rule))
    for code, rules in ((ReasonCode.NO_VALID_PASS, others), (ReasonCode.CURFEW, ())):
        freed = _who_could_be_out(programme.changed(movement_rules=rules), on)
        if freed:
            return code, {"volunteers": freed}
    return ReasonCode.NO_VOLUNTEER_ON_DUTY, {}


def _answered_by_a_pass(rule: MovementRule) -> bool:
    return rule.kind is RuleKind.PASS_REQUIRED or rule.pass_exempts


def _who_could_be_out(programme: Programme, on: date) -> list[str]:
    located = {
        entry.volunteer_id
        for entry in programme.volunteers
        if None not in (entry.start.location, (entry.end or entry.start).location)
    }
    return sorted({duty.volunteer_id for duty in duties_of(programme, on)} & located)
