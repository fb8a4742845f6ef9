"""What would let a client be served after all. A closed list in the order of the ladder; `docs/remedies.md`.

Law: the order of the members is that in which changes are tried: what costs least, and is asked of the fewest, first.
"""

from __future__ import annotations

from enum import StrEnum


class RemedyCode(StrEnum):
    """A kind of change: the client's word, the organisation's own, what others grant, the client's way."""

    LONGER_SEARCH = "longer_search"
    CONSENT = "consent"
    WINDOW_TODAY = "window_today"
    WIDER_WINDOW = "wider_window"
    SITE_OPENED = "site_opened"
    SITE_READY_EARLIER = "site_ready_earlier"
    SITE_OPEN_LONGER = "site_open_longer"
    BREAK_MOVED = "break_moved"
    LONGER_SHIFT = "longer_shift"
    EARLIER_SHIFT = "earlier_shift"
    MORE_STOPS = "more_stops"
    CARRY_MORE = "carry_more"
    LONGER_WALK = "longer_walk"
    OTHER_VEHICLE = "other_vehicle"
    PAIR = "pair"
    CLEARANCE = "clearance"
    AUTHORISATION = "authorisation"
    CUSTODY_CEILING = "custody_ceiling"
    COME_IN = "come_in"
    DAY_OPENED = "day_opened"
    DAY_EARLIER = "day_earlier"
    PASS_RENEWED = "pass_renewed"
    PASS_LATER = "pass_later"
    PASS_EARLIER = "pass_earlier"
    PASS_VEHICLE = "pass_vehicle"
    PASS_PURPOSE = "pass_purpose"
    PASS_AREA = "pass_area"
    NEW_PASS = "new_pass"
    RULE_EXEMPTION = "rule_exemption"
    ZONE_EXCEPTION = "zone_exception"
    MEETING_POINT = "meeting_point"
    MEET_AT_SITE = "meet_at_site"

    @property
    def step(self) -> int:
        """Its place on the ladder, 0 first."""
        return tuple(RemedyCode).index(self)

    @property
    def of_authorities(self) -> bool:
        """Whether somebody outside of the organisation grants it."""
        return RemedyCode.PASS_RENEWED.step <= self.step <= RemedyCode.ZONE_EXCEPTION.step

    @property
    def of_client(self) -> bool:
        """Whether it is about one client, and so serves nobody else."""
        return self in _OF_CLIENT


_OF_CLIENT = {
    RemedyCode.LONGER_SEARCH,
    RemedyCode.CONSENT,
    RemedyCode.WINDOW_TODAY,
    RemedyCode.WIDER_WINDOW,
    RemedyCode.DAY_EARLIER,
    RemedyCode.MEETING_POINT,
    RemedyCode.MEET_AT_SITE,
}


class RemedySearch(StrEnum):
    """How far the search for a client's remedy came."""

    NOT_SEARCHED = "not_searched"
    CUT_SHORT = "cut_short"
    FOUND = "found"
    NONE_FOUND = "none_found"
