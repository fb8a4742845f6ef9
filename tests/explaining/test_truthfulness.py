"""Denpasar's reasons hold what they say: nobody satisfies the rule that is blamed."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from routing.continuity import needs_of
from routing.domain.loading import load_programme
from routing.domain.reasons import ReasonCode
from routing.explaining.alone import fits_alone, fits_with_one_clock_rule
from routing.explaining.rules_alone import reasons_of
from routing.network import StreetEngine, compile_streets, read_extract
from routing.passes import duties_of, reach_of
from routing.solver import Effort, pose, solve

DENPASAR = Path(__file__).parents[2] / "scenarios" / "denpasar"
DISPLACED = {ReasonCode.DISPLACED_BY_HIGHER_TIER, ReasonCode.DISPLACED_BY_EQUAL_TIER}
CLOCK = {
    ReasonCode.SITE_CLOSED, ReasonCode.AFTER_LATEST_SAFE, ReasonCode.TIME_WINDOW, ReasonCode.SHIFT_TOO_SHORT,
}  # fmt: skip


@cache
def streets():
    return compile_streets(read_extract(DENPASAR / "denpasar.osm.pbf"))


@pytest.fixture(scope="module", params=["2026-11-23", "2026-11-28"])
def judged(request):
    """Return the posed day and, for each job not done, its reasons: Monday and Saturday."""
    on = date.fromisoformat(request.param)
    programme = load_programme((DENPASAR / "programme.json").read_bytes())
    orders = needs_of(programme, on, reach_of(programme, on)).orders
    posed = pose(programme, on, orders, duties_of(programme, on), StreetEngine(streets()), streets())
    solution = solve(posed.problem, Effort(iterations=1), lambda *_: None)
    missing = set(range(len(posed.errands))) - solution.served
    return posed, {index: reasons_of(programme, on, posed, solution, index) for index in sorted(missing)}


def test_everybody_left_out_has_a_reason(judged):
    _, found = judged
    assert found
    assert all(found.values())


def test_a_rule_of_the_client_is_broken_indeed(judged):
    posed, found = judged
    rules = dict(posed.rules.of_errand)
    for index, reasons in found.items():
        assert not any(rules[code](posed.errands[index]) for code, _ in reasons if code in rules)


def test_no_duty_satisfies_the_rule_that_is_blamed(judged):
    posed, found = judged
    rules = dict(posed.rules.of_duty)
    for index, reasons in found.items():
        for code, _ in reasons:
            if code in rules and code is not ReasonCode.CUT_OFF_BY_PASS:
                assert not any(rules[code](posed.errands[index], station) for station in posed.stations)


def test_who_is_cut_off_is_reached_on_no_legal_ground(judged):
    posed, found = judged
    rules = dict(posed.rules.of_duty)
    for index, reasons in found.items():
        if ReasonCode.CUT_OFF_BY_PASS in {code for code, _ in reasons}:
            assert not any(posed.rules.allows(posed.errands[index], station) for station in posed.stations)
            ground = [rules[code] for code in (ReasonCode.OUTSIDE_PASS_AREA, ReasonCode.INSIDE_CLOSED_ZONE)]
            legal = [s for s in posed.stations if all(rule(posed.errands[index], s) for rule in ground)]
            assert legal
            assert not any(rules[ReasonCode.CUT_OFF_BY_PASS](posed.errands[index], station) for station in legal)


def test_the_clock_is_blamed_where_nobody_keeps_it(judged):
    posed, found = judged
    for index, reasons in found.items():
        for code in {code for code, _ in reasons} & CLOCK:
            numbers = range(len(posed.problem.vehicles))
            assert not any(fits_with_one_clock_rule(posed.problem, number, index, code) for number in numbers)


def test_rules_are_combined_where_each_alone_lets_somebody_pass(judged):
    posed, found = judged
    for index, reasons in found.items():
        if {code for code, _ in reasons} == {ReasonCode.RULES_COMBINED}:
            errand = posed.errands[index]
            assert all(rule(errand) for _, rule in posed.rules.of_errand)
            assert not any(fits_alone(posed.problem, number, index) for number in range(len(posed.problem.vehicles)))


def test_who_is_displaced_could_have_been_visited(judged):
    posed, found = judged
    for index, reasons in found.items():
        for code, params in reasons:
            if code in DISPLACED:
                able = [n for n in range(len(posed.problem.vehicles)) if fits_alone(posed.problem, n, index)]
                people = {person for number in able for person in posed.problem.vehicles[number].people}
                assert sorted(people) == params["volunteers"]
