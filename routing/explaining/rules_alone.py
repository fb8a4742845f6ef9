"""Test each rule alone.

A rule is a reason where it alone, all other rules left aside, keeps every volunteer from the client. Where none
does, either several together do (`rules_combined`), or somebody could go and the time or room went to others
(`displaced_by_...`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from routing.domain.programme import Programme
from routing.domain.reasons import ReasonCode
from routing.explaining.alone import CLOCK_RULES, fits_alone, fits_with_one_clock_rule, fits_without
from routing.explaining.cutting import cut_off, has_streets, on_legal_ground
from routing.explaining.nobody import why_no_duty
from routing.solver import Posed, Solution
from routing.solver.eligibility import Errand, Station

Params = Mapping[str, str | int | float | list[str]]
Found = tuple[ReasonCode, Params]


def reasons_of(programme: Programme, on: date, posed: Posed, solution: Solution, index: int) -> list[Found]:
    """Return the codes, with their parameters, of why a job is not done."""
    errand = posed.errands[index]
    own: list[Found] = [(code, {}) for code, rule in posed.rules.of_errand if not rule(errand)]
    if own:
        return own
    if not posed.stations:
        return [why_no_duty(programme, on)]
    alone = list(_duty_rules(posed, errand)) or list(_clock_rules(posed, index))
    if alone:
        return alone
    return [_together(posed, solution, index)]


def _duty_rules(posed: Posed, errand: Errand) -> Iterator[Found]:
    admitted = list(posed.stations)
    for code, rule in posed.rules.of_duty:
        if code is ReasonCode.CUT_OFF_BY_PASS:
            # Streets can only be cut off where the places themselves are legal.
            admitted = on_legal_ground(posed, errand)
        if code is ReasonCode.INSIDE_CLOSED_ZONE:
            # A zone left open to other cargo is closed to this.
            asked = [station for station in posed.stations if _purpose_fits(posed, errand, station)] or admitted
            found = None if any(rule(errand, station) for station in asked) else _named(posed, errand, code)
        elif admitted and not any(rule(errand, station) for station in admitted):
            found = _named(posed, errand, code)
        else:
            found = None
        if found is not None:
            yield found


def _purpose_fits(posed: Posed, errand: Errand, station: Station) -> bool:
    return all(rule(errand, station) for code, rule in posed.rules.of_duty if code is ReasonCode.PASS_PURPOSE)


def _named(posed: Posed, errand: Errand, code: ReasonCode) -> Found | None:
    if code is ReasonCode.CUT_OFF_BY_PASS:
        return cut_off(posed, errand)
    purposes = sorted({str(order.purpose) for order in errand.orders if order.purpose is not None})
    params: Params = {"purposes": purposes} if code is ReasonCode.PASS_PURPOSE else {}
    return code, params


def _clock_rules(posed: Posed, index: int) -> Iterator[Found]:
    """Rules with a clock: each alone, over every duty that may do the job at all."""
    numbers = [number for number, vehicle in enumerate(posed.problem.vehicles) if index in vehicle.allowed]
    if not numbers:
        return
    excluded = [
        code
        for code in CLOCK_RULES
        if not any(fits_with_one_clock_rule(posed.problem, number, index, code) for number in numbers)
    ]
    # Where the span alone is too short, every test within it fails: that says nothing of the others.
    yield from ((code, {}) for code in (excluded[:1] if ReasonCode.SHIFT_TOO_SHORT in excluded else excluded))


def _together(posed: Posed, solution: Solution, index: int) -> Found:
    able = [number for number in range(len(posed.problem.vehicles)) if fits_alone(posed.problem, number, index)]
    if not able:
        return ReasonCode.RULES_COMBINED, _nearest(posed, index)
    mine = posed.problem.jobs[index].rank
    people = {person for number in able for person in posed.problem.vehicles[number].people}
    ranks = [
        posed.problem.jobs[token].rank
        for number, (tokens, _) in solution.routes.items()
        if people & set(posed.problem.vehicles[number].people)
        for token in tokens
        if token >= 0
    ]
    code = ReasonCode.DISPLACED_BY_HIGHER_TIER if ranks and min(ranks) < mine else ReasonCode.DISPLACED_BY_EQUAL_TIER
    return code, {"volunteers": sorted(people)}


def _nearest(posed: Posed, index: int) -> Params:
    """Return the fewest rules that keep somebody away, and whom: where a single change would do the most."""
    failing = {
        station.duty.duty_id: (station, hindrances(posed, number, index))
        for number, station in enumerate(posed.stations)
    }
    fewest = min(len(rules) for _, rules in failing.values())
    nearest = [(station, rules) for station, rules in failing.values() if len(rules) == fewest]
    return {
        "rules": sorted({rule for _, rules in nearest for rule in rules}),
        "volunteers": sorted({station.lead.volunteer_id for station, _ in nearest}),
    }


def hindrances(posed: Posed, number: int, index: int) -> list[str]:
    """Return the rules that keep a duty from a job: those without a clock, else those with one."""
    return _failing(posed, posed.errands[index], posed.stations[number]) or _hindering(posed, number, index)


def _hindering(posed: Posed, number: int, index: int) -> list[str]:
    """Return the rules with a clock that, lifted alone, let a duty do the job; all of them where none does."""
    lifted = [str(code) for code in CLOCK_RULES if fits_without(posed.problem, number, index, code)]
    return lifted or [str(code) for code in CLOCK_RULES]


def _failing(posed: Posed, errand: Errand, station: Station) -> list[str]:
    codes = [code for code, rule in posed.rules.of_duty if not rule(errand, station)]
    grounds = {ReasonCode.OUTSIDE_PASS_AREA, ReasonCode.INSIDE_CLOSED_ZONE}
    if ReasonCode.CUT_OFF_BY_PASS in codes and not has_streets(posed, errand, station):
        codes[codes.index(ReasonCode.CUT_OFF_BY_PASS)] = ReasonCode.NO_STREET_CONNECTION
    # A place off legal ground is always cut off, too; that says nothing more.
    return [str(code) for code in codes if code is not ReasonCode.CUT_OFF_BY_PASS or not grounds & set(codes)]
