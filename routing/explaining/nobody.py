"""Why there is not one duty on a date."""

from __future__ import annotations

from datetime import date

from routing.domain.programme import Programme
from routing.domain.reasons import ReasonCode
from routing.passes.movement import on_duty, shift_spans


def why_no_duty(programme: Programme, on: date) -> tuple[ReasonCode, dict[str, str | int | float | list[str]]]:
    """Return the first of: a closed day, nobody on shift, nobody with a valid pass."""
    if programme.calendar.is_closed(on):
        return ReasonCode.CLOSED_DAY, {}
    there = [
        volunteer
        for volunteer in programme.volunteers
        if on_duty(volunteer, on) and shift_spans(volunteer, on, programme.zone)
    ]
    if not there:
        return ReasonCode.NO_VOLUNTEER_ON_DUTY, {}
    return ReasonCode.NO_VALID_PASS, {"volunteers": [volunteer.volunteer_id for volunteer in there]}
