"""What the checker can find. Law: a closed list, held equal to the codes in `docs/rules.md` by a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ViolationCode(StrEnum):
    """One rule of `docs/rules.md` that a plan breaks, in the page's order."""

    ORDER_NOT_DUE = "order_not_due"
    ORDER_DELIVERED_TWICE = "order_delivered_twice"
    WRONG_PLACE = "wrong_place"
    DOUBLE_SUPPLY = "double_supply"
    WRONG_QUANTITY = "wrong_quantity"
    DOSE_OVER_CAP = "dose_over_cap"
    TOO_EARLY = "too_early"
    DELIVERED_UNDER_HOLD = "delivered_under_hold"
    STOCK_EXCEEDED = "stock_exceeded"
    OUTSIDE_TIME_WINDOW = "outside_time_window"
    AFTER_LATEST_SAFE = "after_latest_safe"
    SERVICE_TOO_SHORT = "service_too_short"
    CLOSED_DAY = "closed_day"
    NO_CONSENT = "no_consent"
    VETOED_VOLUNTEER = "vetoed_volunteer"
    NOT_AUTHORISED = "not_authorised"
    PAIR_MISSING = "pair_missing"
    ISOLATING_NOT_LAST = "isolating_not_last"
    INSTITUTION_TRIP_SHARED = "institution_trip_shared"
    INSTITUTION_TRIP_GOODS = "institution_trip_goods"
    GOODS_NOT_LOADED = "goods_not_loaded"
    GOODS_LEFT_ABOARD = "goods_left_aboard"
    OUTSIDE_SITE_HOURS = "outside_site_hours"
    LOAD_NOT_READY = "load_not_ready"
    MASS_EXCEEDED = "mass_exceeded"
    VOLUME_EXCEEDED = "volume_exceeded"
    CUSTODY_EXCEEDED = "custody_exceeded"
    CONTROLLED_NOT_RETURNED = "controlled_not_returned"
    OUTSIDE_SHIFT = "outside_shift"
    VOLUNTEER_ABSENT = "volunteer_absent"
    CLEARANCE_EXPIRED = "clearance_expired"
    ROUTES_OVERLAP = "routes_overlap"
    MODE_NOT_AVAILABLE = "mode_not_available"
    TOO_MANY_STOPS = "too_many_stops"
    BREAK_MISSING = "break_missing"
    CLOCK_RUNS_BACKWARDS = "clock_runs_backwards"
    BROKEN_ROUTE = "broken_route"
    LEG_DISCONNECTED = "leg_disconnected"
    STREET_NOT_OPEN = "street_not_open"
    AGAINST_ONEWAY = "against_oneway"
    TURN_FORBIDDEN = "turn_forbidden"
    BARRIER_PASSED = "barrier_passed"
    GEOMETRY_WRONG = "geometry_wrong"
    LEG_TOO_FAST = "leg_too_fast"
    WALK_WRONG = "walk_wrong"
    WALK_TOO_FAR = "walk_too_far"
    WALK_TOO_HEAVY = "walk_too_heavy"
    NO_PASS = "no_pass"
    PASS_NOT_VALID = "pass_not_valid"
    PASS_MODE = "pass_mode"
    PASS_PURPOSE = "pass_purpose"
    OUTSIDE_PASS_HOURS = "outside_pass_hours"
    OUTSIDE_PASS_AREA = "outside_pass_area"
    PASSES_COMBINED = "passes_combined"
    CURFEW = "curfew"
    MODE_BARRED = "mode_barred"
    INSIDE_CLOSED_ZONE = "inside_closed_zone"
    CHECKPOINT_NOT_COUNTED = "checkpoint_not_counted"
    STARTS_TOO_SOON = "starts_too_soon"
    LEFT_ON_THE_ROAD = "left_on_the_road"
    LOCK_BROKEN = "lock_broken"
    PROMISE_NOT_TOLD = "promise_not_told"
    WRONG_INPUTS = "wrong_inputs"
    ORDER_FORGOTTEN = "order_forgotten"
    SUMMARY_WRONG = "summary_wrong"
    RESILIENCE_WRONG = "resilience_wrong"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule broken at one place of a plan.

    Attributes
    ----------
    where
        JSON pointer (RFC 6901) into the plan.
    message
        English; identifiers and figures only, no name, address or coordinate.
    params
        The values the message was made from, for translation.
    """

    code: ViolationCode
    where: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


def violation(code: ViolationCode, where: str, message: str, **params: object) -> Violation:
    """Make a violation; `params` may be used in the message as `{name}`."""
    return Violation(code=code, where=where, message=message.format(**params), params=params)
