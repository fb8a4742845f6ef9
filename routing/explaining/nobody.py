"""Why there is not one duty on a date."""

from __future__ import annotations

from datetime import date

from routing.domain.passes import RuleKind
from routing.domain.programme import Programme
from routing.domain.reasons import ReasonCode
from routing.passes import duties_of


def why_no_duty(programme: Programme, on: date) -> tuple[ReasonCode, dict[str, str | int | float | list[str]]]:
    """Return the first of: a closed day, nobody who might be out with a pass, nobody with a valid pass."""
    if programme.calendar.is_closed(on):
        return ReasonCode.CLOSED_DAY, {}
    located = {entry.volunteer_id for entry in programme.volunteers if entry.start.location is not None}
    lacking = sorted({duty.volunteer_id for duty in duties_of(_without_pass_law(programme), on)} & located)
    return (ReasonCode.NO_VALID_PASS, {"volunteers": lacking}) if lacking else (ReasonCode.NO_VOLUNTEER_ON_DUTY, {})


def _without_pass_law(programme: Programme) -> Programme:
    """Return the programme without the rules that a pass answers; other curfews and bars still hold."""
    left = [r for r in programme.movement_rules if r.kind is not RuleKind.PASS_REQUIRED and not r.pass_exempts]
    return programme.changed(movement_rules=tuple(left))
