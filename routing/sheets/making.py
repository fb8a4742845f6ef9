"""A plan's papers. Law: the plan is taken as it is; nothing here moves a stop or decides about one."""

from __future__ import annotations

from dataclasses import dataclass

from routing.sheets.cards import cards_of
from routing.sheets.day import Day, Remark
from routing.sheets.papers import RoutePapers, RunSheet, SitePapers
from routing.sheets.run_sheets import run_sheet
from routing.sheets.site_papers import letters_of, site_papers
from routing.sheets.volunteer_sheets import volunteer_sheet


@dataclass(frozen=True, kw_only=True)
class DayPapers:
    """Everything that is printed for a day. `remarks`: texts that were withheld from volunteers' papers."""

    routes: tuple[RoutePapers, ...]
    sites: tuple[SitePapers, ...]
    run_sheet: RunSheet
    remarks: tuple[Remark, ...]


def papers_of(day: Day) -> DayPapers:
    """Return the papers of a day."""
    routes = tuple(_route_papers(day, index) for index in range(len(day.plan.routes)))
    return DayPapers(routes=routes, sites=site_papers(day), run_sheet=run_sheet(day), remarks=tuple(day.remarks))


def _route_papers(day: Day, index: int) -> RoutePapers:
    route = day.plan.routes[index]
    return RoutePapers(
        volunteer_id=route.volunteer_id,
        trip=day.trips[index],
        sheet=volunteer_sheet(day, index),
        cards=cards_of(day, route),
        letters=letters_of(day, index),
    )
