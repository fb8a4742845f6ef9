"""Whom and what cuts a client off: which volunteers, whose passes, which zones.

Law: a pass or a zone is named only where it alone, or it together with the others of its duty, leaves no street.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from routing.domain.reasons import ReasonCode
from routing.network.legal import LegalArea
from routing.network.travel import UNREACHABLE
from routing.solver import Posed
from routing.solver.eligibility import Errand, Station

Params = Mapping[str, str | int | float | list[str]]


def on_legal_ground(posed: Posed, errand: Errand) -> list[Station]:
    """Return the duties on which all places of an errand may be stood on, whether or not streets join them."""
    ground = (ReasonCode.OUTSIDE_PASS_AREA, ReasonCode.INSIDE_CLOSED_ZONE)
    rules = [rule for code, rule in posed.rules.of_duty if code in ground]
    return [station for station in posed.stations if all(rule(errand, station) for rule in rules)]


def cut_off(posed: Posed, errand: Errand) -> tuple[ReasonCode, Params] | None:
    """Tell passes and zones that cut the client off from streets that never led there.

    None where those who may stand there have no streets to it, and those who have may not stand there: no rule alone.
    """
    joined = [each for each in on_legal_ground(posed, errand) if has_streets(posed, errand, each)]
    if not joined:
        anybody = any(has_streets(posed, errand, each) for each in posed.stations)
        return None if anybody else (ReasonCode.NO_STREET_CONNECTION, {})
    passes: set[str] = set()
    zones: set[str] = set()
    for station in joined:
        found_passes, found_zones = _causes(posed, errand, station)
        passes |= found_passes
        zones |= found_zones
    people = {person.volunteer_id for station in joined for person in station.people}
    return ReasonCode.CUT_OFF_BY_PASS, {
        "volunteers": sorted(people),
        "passes": sorted(passes),
        "zones": sorted(zones),
    }


def has_streets(posed: Posed, errand: Errand, station: Station) -> bool:
    """Whether a duty's streets, all of them legal, lead there and back."""
    return _joined(posed, errand, station, LegalArea())


def _causes(posed: Posed, errand: Errand, station: Station) -> tuple[set[str], set[str]]:
    """Return the passes and zones that cut somebody off: of either kind if it does alone, of both if only both do."""
    duty = station.duty
    by_passes = not _joined(posed, errand, station, LegalArea(allowed=duty.allowed))
    by_zones = not _joined(posed, errand, station, LegalArea(blocked=duty.blocked))
    passes, zones = set(duty.all_pass_ids), set(duty.zone_ids)
    if by_passes != by_zones:
        return (passes, set()) if by_passes else (set(), zones)
    return passes, zones


def _joined(posed: Posed, errand: Errand, station: Station, area: LegalArea) -> bool:
    """Whether streets in an area join start, sites, client and end, there and back."""
    time_s = posed.travel_over(station.duty, area).time_s
    stops = [station.start, *errand.sites, errand.place, *errand.sites, station.end]
    return all(time_s[a, b] < UNREACHABLE for a, b in pairwise(stops))
