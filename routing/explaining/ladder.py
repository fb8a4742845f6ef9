"""Which changes are tried for which reason. Law: a kind is on a reason's ladder where it can lift that rule alone."""

from __future__ import annotations

from collections.abc import Iterable

from routing.domain.plan import Reason
from routing.domain.reasons import ReasonCode
from routing.domain.remedies import RemedyCode

_R = RemedyCode
# More of somebody's day.
_TIME = (_R.SITE_OPENED, _R.SITE_READY_EARLIER, _R.SITE_OPEN_LONGER, _R.LONGER_SHIFT, _R.EARLIER_SHIFT)
_PEOPLE = (_R.CLEARANCE, _R.COME_IN)
_PASS_TIME = (_R.PASS_LATER, _R.PASS_EARLIER, _R.NEW_PASS, _R.RULE_EXEMPTION)
_ELSEWHERE = (_R.MEETING_POINT, _R.MEET_AT_SITE)
_ROOM = (
    _R.LONGER_SEARCH,
    _R.WIDER_WINDOW,
    *_TIME,
    _R.BREAK_MOVED,
    _R.MORE_STOPS,
    _R.OTHER_VEHICLE,
    _R.CUSTODY_CEILING,
    *_PEOPLE,
    _R.DAY_EARLIER,
    *_PASS_TIME,
    _R.PASS_AREA,
)

LADDER: dict[ReasonCode, tuple[RemedyCode, ...]] = {
    ReasonCode.NO_VOLUNTEER_ON_DUTY: _PEOPLE,
    ReasonCode.NO_HOME_DELIVERY_CONSENT: (_R.CONSENT,),
    ReasonCode.PLACE_NOT_LOCATED: (_R.MEET_AT_SITE,),
    ReasonCode.PLACE_TOO_FAR_FROM_STREET: (_R.MEET_AT_SITE,),
    ReasonCode.SITE_NOT_LOCATED: (),
    ReasonCode.CLOSED_DAY: (_R.DAY_OPENED, _R.DAY_EARLIER),
    ReasonCode.NO_WINDOW_TODAY: (_R.WINDOW_TODAY, _R.DAY_EARLIER),
    ReasonCode.NO_VALID_PASS: (*_PEOPLE, _R.PASS_RENEWED, _R.PASS_VEHICLE, *_PASS_TIME),
    ReasonCode.CURFEW: (*_TIME, _R.OTHER_VEHICLE, *_PEOPLE, *_PASS_TIME),
    ReasonCode.PASS_PURPOSE: (_R.PASS_PURPOSE, _R.NEW_PASS, _R.ZONE_EXCEPTION),
    ReasonCode.OUTSIDE_PASS_AREA: (*_PEOPLE, _R.PASS_RENEWED, _R.PASS_AREA, _R.NEW_PASS, *_ELSEWHERE),
    ReasonCode.CUT_OFF_BY_PASS: (*_PEOPLE, _R.PASS_RENEWED, _R.PASS_AREA, _R.NEW_PASS, _R.ZONE_EXCEPTION, *_ELSEWHERE),
    ReasonCode.INSIDE_CLOSED_ZONE: (_R.ZONE_EXCEPTION, *_ELSEWHERE),
    ReasonCode.NO_STREET_CONNECTION: (_R.LONGER_WALK, _R.OTHER_VEHICLE, *_PEOPLE, _R.MEET_AT_SITE),
    ReasonCode.VOLUNTEER_VETOED: _PEOPLE,
    ReasonCode.NOT_AUTHORISED: (_R.AUTHORISATION, *_PEOPLE),
    ReasonCode.CUSTODY_CEILING: (_R.CUSTODY_CEILING, *_PEOPLE),
    ReasonCode.TOO_HEAVY: (_R.OTHER_VEHICLE, *_PEOPLE),
    ReasonCode.TOO_BULKY: (_R.OTHER_VEHICLE, *_PEOPLE),
    ReasonCode.TOO_HEAVY_TO_WALK: (_R.CARRY_MORE, _R.OTHER_VEHICLE, *_PEOPLE, _R.MEET_AT_SITE),
    ReasonCode.NO_PAIR: (_R.LONGER_SHIFT, _R.EARLIER_SHIFT, _R.OTHER_VEHICLE, _R.PAIR, *_PEOPLE, *_PASS_TIME),
    ReasonCode.INSTITUTION_GOODS: (_R.MEET_AT_SITE,),
    ReasonCode.SITE_CLOSED: (*_TIME, *_PEOPLE, *_PASS_TIME),
    ReasonCode.AFTER_LATEST_SAFE: (_R.WIDER_WINDOW, *_TIME, *_PEOPLE, _R.DAY_EARLIER, *_PASS_TIME),
    ReasonCode.TIME_WINDOW: (_R.WIDER_WINDOW, *_TIME, *_PEOPLE, *_PASS_TIME),
    ReasonCode.SHIFT_TOO_SHORT: (
        _R.WIDER_WINDOW, *_TIME, _R.BREAK_MOVED, _R.OTHER_VEHICLE, *_PEOPLE, *_PASS_TIME, *_ELSEWHERE,
    ),
    ReasonCode.BREAK: (_R.BREAK_MOVED, _R.WIDER_WINDOW, *_TIME, *_PEOPLE),
    ReasonCode.EXCLUDED_BY_LOCK: (),  # a dispatcher's own word: theirs to take back
    ReasonCode.LOCKED_TO_OTHERS: (),
    ReasonCode.RULES_COMBINED: (),  # its rules' own
    ReasonCode.DISPLACED_BY_HIGHER_TIER: _ROOM,
    ReasonCode.DISPLACED_BY_EQUAL_TIER: _ROOM,
}  # fmt: skip


def ladder_of(reasons: Iterable[Reason]) -> list[RemedyCode]:
    """Return the kinds to try for a client's reasons, in the order of the ladder."""
    codes = {code for reason in reasons for code in _codes(reason)}
    return sorted({kind for code in codes for kind in LADDER[code]}, key=lambda kind: kind.step)


def _codes(reason: Reason) -> list[ReasonCode]:
    rules = reason.params.get("rules")
    return [ReasonCode(rule) for rule in rules] if isinstance(rules, list) else [reason.code]
