"""Every kind of change: whom it may be about, how large it may be, and how it is made.

Law: the one table of kinds; what is not here is never tried. `docs/remedies.md` tells it to people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode
from routing.explaining.changes import clients, papers, sites, volunteers
from routing.explaining.changes.change import Change, Wanted

QUARTERS = tuple(range(15, 241, 15))
HECTOMETRES = tuple(range(100, 3001, 100))
HALF_KILOGRAMS = tuple(range(500, 10_001, 500))
QUANTITIES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
STOPS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Kind:
    """A kind of change. `sizes`: rising; (0,) where there is nothing to measure."""

    targets: Callable[[Wanted], Iterator[Change]]
    apply: Callable[[Programme, date, Change], Programme | None]
    sizes: tuple[int, ...] = (0,)


def _no_change(_wanted: Wanted) -> Iterator[Change]:
    yield Change(code=RemedyCode.LONGER_SEARCH)


KINDS: dict[RemedyCode, Kind] = {
    RemedyCode.LONGER_SEARCH: Kind(_no_change, lambda told, _on, _change: told),
    RemedyCode.CONSENT: Kind(clients.asked_of_client(RemedyCode.CONSENT), clients.consent),
    RemedyCode.WINDOW_TODAY: Kind(clients.asked_of_client(RemedyCode.WINDOW_TODAY), clients.window_today),
    RemedyCode.WIDER_WINDOW: Kind(clients.asked_of_client(RemedyCode.WIDER_WINDOW), clients.wider_window, QUARTERS),
    RemedyCode.SITE_OPENED: Kind(sites.each_site(RemedyCode.SITE_OPENED), sites.site_opened),
    RemedyCode.SITE_READY_EARLIER: Kind(
        sites.each_site(RemedyCode.SITE_READY_EARLIER), sites.site_ready_earlier, QUARTERS
    ),
    RemedyCode.SITE_OPEN_LONGER: Kind(sites.each_site(RemedyCode.SITE_OPEN_LONGER), sites.site_open_longer, QUARTERS),
    RemedyCode.BREAK_MOVED: Kind(
        volunteers.everybody_on_duty(RemedyCode.BREAK_MOVED), volunteers.break_moved, QUARTERS
    ),
    RemedyCode.LONGER_SHIFT: Kind(
        volunteers.everybody_on_duty(RemedyCode.LONGER_SHIFT), volunteers.longer_shift, QUARTERS
    ),
    RemedyCode.EARLIER_SHIFT: Kind(
        volunteers.everybody_on_duty(RemedyCode.EARLIER_SHIFT), volunteers.earlier_shift, QUARTERS
    ),
    RemedyCode.MORE_STOPS: Kind(volunteers.everybody_on_duty(RemedyCode.MORE_STOPS), volunteers.more_stops, STOPS),
    RemedyCode.CARRY_MORE: Kind(
        volunteers.everybody_on_duty(RemedyCode.CARRY_MORE), volunteers.carry_more, HALF_KILOGRAMS
    ),
    RemedyCode.LONGER_WALK: Kind(
        volunteers.everybody_on_duty(RemedyCode.LONGER_WALK), volunteers.longer_walk, HECTOMETRES
    ),
    RemedyCode.OTHER_VEHICLE: Kind(volunteers.vehicles_to_lend, volunteers.other_vehicle),
    RemedyCode.PAIR: Kind(volunteers.pairs_to_form, volunteers.pair),
    RemedyCode.CLEARANCE: Kind(volunteers.not_cleared, volunteers.clearance),
    RemedyCode.AUTHORISATION: Kind(volunteers.to_authorise, volunteers.authorisation),
    RemedyCode.CUSTODY_CEILING: Kind(volunteers.ceilings, volunteers.custody_ceiling, QUANTITIES),
    RemedyCode.COME_IN: Kind(volunteers.away, volunteers.come_in),
    RemedyCode.DAY_OPENED: Kind(sites.the_day, sites.day_opened),
    RemedyCode.DAY_EARLIER: Kind(clients.brought_the_day_before, clients.day_earlier),
    RemedyCode.PASS_RENEWED: Kind(papers.passes(RemedyCode.PASS_RENEWED, papers.not_in_force), papers.pass_renewed),
    RemedyCode.PASS_LATER: Kind(papers.passes(RemedyCode.PASS_LATER, papers.in_force), papers.pass_later, QUARTERS),
    RemedyCode.PASS_EARLIER: Kind(
        papers.passes(RemedyCode.PASS_EARLIER, papers.in_force), papers.pass_earlier, QUARTERS
    ),
    RemedyCode.PASS_VEHICLE: Kind(papers.passes(RemedyCode.PASS_VEHICLE, papers.in_force), papers.pass_vehicle),
    RemedyCode.PASS_PURPOSE: Kind(papers.purposes_to_add, papers.pass_purpose),
    RemedyCode.PASS_AREA: Kind(papers.passes(RemedyCode.PASS_AREA, papers.has_area), papers.pass_area, HECTOMETRES),
    RemedyCode.NEW_PASS: Kind(papers.holders_to_be, papers.new_pass),
    RemedyCode.RULE_EXEMPTION: Kind(papers.rules_to_exempt_from, papers.rule_exemption),
    RemedyCode.ZONE_EXCEPTION: Kind(papers.zones_to_enter, papers.zone_exception),
    RemedyCode.MEETING_POINT: Kind(clients.points_to_meet_at, clients.meeting_point),
    RemedyCode.MEET_AT_SITE: Kind(clients.sites_to_meet_at, clients.meet_at_site),
}


def targets_of(code: RemedyCode, wanted: Wanted) -> list[Change]:
    """Return the changes of a kind that may serve a client, one for each whom or what it may be about."""
    return list(KINDS[code].targets(wanted))


def sizes_of(target: Change) -> tuple[int, ...]:
    """Return how large a change may be; a meeting point is as far as it is."""
    return (target.size,) if target.size else KINDS[target.code].sizes


def applied(change: Change, programme: Programme, on: date) -> Programme | None:
    """Return the programme with a change made, or None where it cannot be made or changes nothing."""
    return KINDS[change.code].apply(programme, on, change)
