"""Checkpoint cards: one for each pass that a route is made under. Law: the pass as it is, and nothing of the errand."""

from __future__ import annotations

from collections.abc import Iterator

from routing.domain.hours import Hours, Weekday
from routing.domain.passes import Pass
from routing.domain.plan import Route
from routing.sheets.day import Day
from routing.sheets.papers import CheckpointCard


def cards_of(day: Day, route: Route) -> tuple[CheckpointCard, ...]:
    """Return the cards of a route, in the order in which they are needed."""
    passes = {held.pass_id: held for held in day.programme.passes}
    return tuple(_card(day, route, passes[pass_id]) for pass_id in _needed(route) if pass_id in passes)


def _needed(route: Route) -> list[str]:
    """Return few passes that cover every leg: one serves as long as it may, and the next begins where it ends."""
    needed: dict[str, None] = {}
    shared: tuple[str, ...] = ()
    for step in route.steps:
        offered = step.leg.pass_ids if step.leg else ()
        both = tuple(pass_id for pass_id in shared if pass_id in offered)
        if shared and offered and not both:
            needed[shared[0]] = None
        shared = both or offered or shared
    if shared:
        needed[shared[0]] = None
    return list(needed)


def _card(day: Day, route: Route, held: Pass) -> CheckpointCard:
    where = f"of pass {held.pass_id}"
    return CheckpointCard(
        number=day.passed(held.number, f"the number {where}"),
        issuer=day.passed(held.issuer, f"the issuer {where}"),
        area=day.passed(held.area_name, f"the area {where}"),
        valid_from_on=day.local(held.valid_from_at).date(),
        valid_to_on=day.local(held.valid_to_at).date(),
        hours=tuple((hours.from_time, hours.to_time) for hours in _today(held.hours, Weekday.of(day.plan.date))),
        mode=route.mode,
        plate=day.passed(route.plate or "", f"the plate of {route.volunteer_id}"),
        letter=day.passed(day.programme.sheets.neutral_letter, "the neutral letter"),
    )


def _today(hours: tuple[Hours, ...], weekday: Weekday) -> Iterator[Hours]:
    return (span for span in hours if weekday in span.weekdays)
