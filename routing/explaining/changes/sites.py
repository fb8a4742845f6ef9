"""What sites and the calendar may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time

from routing.domain.hours import Weekday
from routing.domain.programme import Programme
from routing.domain.remedies import RemedyCode
from routing.domain.sites import Site
from routing.explaining.changes.change import Change, Wanted, exchanged, longer, on_day


def each_site(code: RemedyCode) -> Callable[[Wanted], Iterator[Change]]:
    """Return a maker of one change for each site that has goods for the client."""

    def targets(wanted: Wanted) -> Iterator[Change]:
        for site_id in sorted({order.site_id for order in wanted.orders if order.site_id is not None}):
            yield Change(code=code, ids=(("site_id", site_id),))

    return targets


def site_opened(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a site be open that is closed on the day."""
    return _with_site(
        told, change, lambda site: site.changed(closed_on=tuple(day for day in site.closed_on if day != on))
    )


def site_ready_earlier(told: Programme, _on: date, change: Change) -> Programme | None:
    """Let goods be ready so much earlier."""

    def make(site: Site) -> Site | None:
        if site.ready_from_time is None:
            return None
        minutes = max(0, site.ready_from_time.hour * 60 + site.ready_from_time.minute - change.size)
        return site.changed(ready_from_time=time(minutes // 60, minutes % 60))

    return _with_site(told, change, make)


def site_open_longer(told: Programme, on: date, change: Change) -> Programme | None:
    """Let a site open so much earlier and close so much later."""

    def make(site: Site) -> Site | None:
        hours = on_day(site.hours, on, lambda each: longer(each, earlier_min=change.size, later_min=change.size))
        return None if hours is None else site.changed(hours=hours)

    return _with_site(told, change, make)


def day_opened(told: Programme, on: date, _change: Change) -> Programme | None:
    """Let people be visited on a day that the calendar closes."""
    closed = tuple(day for day in told.calendar.closed_days if day.on != on)
    weekdays = tuple(day for day in told.calendar.closed_weekdays if day is not Weekday.of(on))
    calendar = told.calendar.changed(closed_days=closed, closed_weekdays=weekdays)
    return None if calendar == told.calendar else told.changed(calendar=calendar)


def the_day(_wanted: Wanted) -> Iterator[Change]:
    """Yield the one change there is."""
    yield Change(code=RemedyCode.DAY_OPENED)


def _with_site(told: Programme, change: Change, make: Callable[[Site], Site | None]) -> Programme | None:
    sites = exchanged(told.sites, lambda site: site.site_id == change.id_of("site_id"), make)
    return None if sites is None else told.changed(sites=sites)
