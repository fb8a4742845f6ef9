"""Why a client due today is not on the plan. A closed list; `docs/reasons.md` has a heading for each."""

from __future__ import annotations

from enum import StrEnum


class ReasonCode(StrEnum):
    """One rule that alone excludes the client, or the two codes for when none does."""

    NO_VOLUNTEER_ON_DUTY = "no_volunteer_on_duty"
    EXCLUDED_BY_LOCK = "excluded_by_lock"
    LOCKED_TO_OTHERS = "locked_to_others"
    NO_HOME_DELIVERY_CONSENT = "no_home_delivery_consent"
    PLACE_NOT_LOCATED = "place_not_located"
    PLACE_TOO_FAR_FROM_STREET = "place_too_far_from_street"
    SITE_NOT_LOCATED = "site_not_located"
    CLOSED_DAY = "closed_day"
    NO_WINDOW_TODAY = "no_window_today"
    NO_VALID_PASS = "no_valid_pass"
    CURFEW = "curfew"
    PASS_PURPOSE = "pass_purpose"
    OUTSIDE_PASS_AREA = "outside_pass_area"
    CUT_OFF_BY_PASS = "cut_off_by_pass"
    INSIDE_CLOSED_ZONE = "inside_closed_zone"
    NO_STREET_CONNECTION = "no_street_connection"
    VOLUNTEER_VETOED = "volunteer_vetoed"
    NOT_AUTHORISED = "not_authorised"
    CUSTODY_CEILING = "custody_ceiling"
    TOO_HEAVY = "too_heavy"
    TOO_BULKY = "too_bulky"
    TOO_HEAVY_TO_WALK = "too_heavy_to_walk"
    NO_PAIR = "no_pair"
    INSTITUTION_GOODS = "institution_goods"
    SITE_CLOSED = "site_closed"
    AFTER_LATEST_SAFE = "after_latest_safe"
    TIME_WINDOW = "time_window"
    SHIFT_TOO_SHORT = "shift_too_short"
    BREAK = "break"
    RULES_COMBINED = "rules_combined"
    DISPLACED_BY_HIGHER_TIER = "displaced_by_higher_tier"
    DISPLACED_BY_EQUAL_TIER = "displaced_by_equal_tier"
