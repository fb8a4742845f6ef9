"""Reasons in English. Law: made from code and params alone, so that they can be translated at the edge."""

from __future__ import annotations

from collections.abc import Mapping

from routing.domain.plan import Reason
from routing.domain.reasons import ReasonCode

Params = Mapping[str, str | int | float | list[str]]

MESSAGES: dict[ReasonCode, str] = {
    ReasonCode.NO_VOLUNTEER_ON_DUTY: "no volunteer is on duty on this day, or may be out while on duty",
    ReasonCode.EXCLUDED_BY_LOCK: "the client is not to be visited any more today",
    ReasonCode.LOCKED_TO_OTHERS: "locks leave nobody on duty who may go",
    ReasonCode.NO_HOME_DELIVERY_CONSENT: "the client has not consented to home delivery",
    ReasonCode.PLACE_NOT_LOCATED: "the client's place has no pin yet",
    ReasonCode.PLACE_TOO_FAR_FROM_STREET: "the client's pin is too far from any street (300 m)",
    ReasonCode.SITE_NOT_LOCATED: "the site's place has no pin yet",
    ReasonCode.CLOSED_DAY: "the calendar closes this day",
    ReasonCode.NO_WINDOW_TODAY: "the client has no time window on this day",
    ReasonCode.NO_VALID_PASS: "no volunteer on duty has a pass that is valid on this day",
    ReasonCode.CURFEW: "curfews or barred vehicles leave no volunteer any time to move",
    ReasonCode.PASS_PURPOSE: "no pass covers this cargo ({purposes})",
    ReasonCode.OUTSIDE_PASS_AREA: "no pass covers the client's place together with the site and the way home",
    ReasonCode.CUT_OFF_BY_PASS: (
        "the place is legal ground, but no street there and back is left to {volunteers}: "
        "cut off by passes: {passes}; by zones: {zones}"
    ),
    ReasonCode.INSIDE_CLOSED_ZONE: "the place lies in a closed zone",
    ReasonCode.NO_STREET_CONNECTION: "no street leads there and back for any volunteer's way of moving",
    ReasonCode.VOLUNTEER_VETOED: "client and volunteers on duty exclude each other",
    ReasonCode.NOT_AUTHORISED: "no volunteer on duty holds the authorisations needed",
    ReasonCode.CUSTODY_CEILING: "the goods exceed every volunteer's custody ceiling",
    ReasonCode.TOO_HEAVY: "the goods are too heavy for every vehicle",
    ReasonCode.TOO_BULKY: "the goods are too bulky for every vehicle",
    ReasonCode.TOO_HEAVY_TO_WALK: "no vehicle comes to the door, and the goods are too heavy to be carried there",
    ReasonCode.NO_PAIR: "two volunteers are needed together, and no pair is on duty",
    ReasonCode.INSTITUTION_GOODS: "controlled goods and needles are not taken to institutions",
    ReasonCode.SITE_CLOSED: "the site is closed, or its goods are not ready, while volunteers are on duty",
    ReasonCode.AFTER_LATEST_SAFE: "nobody can be there before the goods become unsafe to hand over",
    ReasonCode.TIME_WINDOW: "nobody can be there within the client's time windows",
    ReasonCode.SHIFT_TOO_SHORT: "the way there and back is longer than shift, pass, curfew and zones leave anybody out",
    ReasonCode.BREAK: "the volunteers' breaks leave no time for it",
    ReasonCode.RULES_COMBINED: "no rule alone, but several together; nearest are {volunteers}, but for {rules}",
    ReasonCode.DISPLACED_BY_HIGHER_TIER: "those who could go are taken up by more urgent clients ({volunteers})",
    ReasonCode.DISPLACED_BY_EQUAL_TIER: "those who could go are taken up by other clients ({volunteers})",
}


def reason(code: ReasonCode, params: Params) -> Reason:
    """Return a reason with its message."""
    return Reason(code=code, params=dict(params), message=text_of(code, params))


def text_of(code: ReasonCode, params: Params, names: Mapping[str, str] | None = None) -> str:
    """Return the message in English; `names` (id -> code name) where people should read names."""
    known = names or {}
    words = {
        key: ", ".join(known.get(entry, entry) for entry in value) or "none" if isinstance(value, list) else value
        for key, value in params.items()
    }
    return MESSAGES[code].format(**words)
