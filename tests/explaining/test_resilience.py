"""If one volunteer is missing: who is still served, by whom, and what is only not found."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from routing.assembling import assemble_routes, summarise
from routing.checking import ViolationCode, check
from routing.continuity import needs_of
from routing.domain.orders import Tier
from routing.domain.plan import Absence, dump_plan
from routing.explaining import unserved_of
from routing.explaining.resilience import resilience_of, solution_without
from routing.network import StreetEngine
from routing.passes import duties_of, reach_of
from routing.plan_day import Budget, plan_day
from routing.solver import Effort, pose, settle, solve
from tests.continuity.stories import MONDAY
from tests.property.programmes import programmes
from tests.solver.town import at, day, plan, rider, town, wanting

TODAY: dict[str, Any] = {"due": {"latest_on": MONDAY}}  # tier T1


def absences(told):
    found = plan(told, resilience=True).resilience
    assert found is not None
    return {absence.volunteer_id: absence for absence in found}


def urgent(client_id, x, **fields):
    return wanting(client_id, at(x), **TODAY, **fields)


def test_nothing_is_said_unless_asked():
    assert plan(day(urgent("c1", 3))).resilience is None


def test_somebody_else_takes_over():
    found = absences(day(urgent("c1", 3), volunteers=(rider(), rider("v2", start=at(0, 3)))))
    assert found == {
        "v1": Absence(volunteer_id="v1", served=True, taken_over=(("c1", "v2"),)),
        "v2": Absence(volunteer_id="v2", served=True),
    }


def test_an_only_volunteer_is_missed_and_nobody_else_can():
    assert absences(day(urgent("c1", 3))) == {
        "v1": Absence(volunteer_id="v1", served=False, at_risk=("c1",), impossible=("c1",))
    }


@pytest.mark.parametrize(("most", "served"), [(1, False), (2, True), (3, True)])
def test_others_take_as_many_as_they_may(most, served):
    # c1 prefers v1, whose way to it takes 2 x 49 s and not the two minutes that is worth; c2 does not see v1.
    told = day(
        urgent("c1", 3, prefers=("v1",)),
        urgent("c2", 4, vetoes=("v1",)),
        volunteers=(rider(), rider("v2", max_stops=most)),
    )
    found = absences(told)["v1"]
    # v2 could visit either, but not both: that is not found, and not impossible.
    assert (found.served, found.at_risk, found.impossible) == (served, () if served else ("c1",), ())
    assert found.taken_over == ((("c1", "v2"),) if served else ())


def test_a_client_of_a_lower_tier_gives_way_and_is_counted():
    told = day(urgent("c1", 3), wanting("c2", at(4), vetoes=("v1",)), volunteers=(rider(), rider("v2", max_stops=1)))
    found = absences(told)["v1"]
    assert (found.served, found.taken_over, found.others_lost) == (True, (("c1", "v2"),), 1)


def test_whoever_is_on_a_plan_may_change_hands_for_it():
    # c1 does not see v3, who starts far off: v2 has to leave c2 to them, or c1 is not served without v1.
    one = {"max_stops": 1}
    told = day(
        urgent("c1", 3, vetoes=("v3",)),
        urgent("c2", 4),
        volunteers=(rider(**one, vetoes=("c2",)), rider("v2", **one), rider("v3", start=at(6, 3), **one)),
    )
    found = absences(told)["v1"]
    assert (found.served, found.taken_over) == (True, (("c1", "v2"),))


def test_a_client_of_the_plan_alone_is_asked_for():
    # c1 sees nobody: who is not on the plan cannot be lost from it.
    told = day(urgent("c1", 3, vetoes=("v1", "v2")), volunteers=(rider(), rider("v2")))
    assert all(absence.served for absence in absences(told).values())


def test_a_visit_that_takes_two_is_lost_without_either():
    told = day(urgent("c1", 3, pair_required=True), volunteers=(rider(pairs_with="v2"), rider("v2"), rider("v3")))
    found = absences(told)
    assert [(name, found[name].impossible) for name in ("v1", "v2", "v3")] == [
        ("v1", ("c1",)),
        ("v2", ("c1",)),
        ("v3", ()),
    ]


def test_who_is_due_later_is_not_asked_for():
    assert absences(day(wanting("c1", at(3))))["v1"] == Absence(volunteer_id="v1", served=True, others_lost=1)


def test_the_same_plan_has_the_same_answer():
    told = day(
        *(urgent(f"c{x}", x) for x in range(1, 6)), volunteers=tuple(rider(f"v{n}", max_stops=2) for n in (1, 2, 3))
    )
    assert dump_plan(plan(told, resilience=True)) == dump_plan(plan(told, resilience=True))


def solved(told):
    needs = needs_of(told, MONDAY, reach_of(told, MONDAY))
    _, streets = town()
    posed = pose(told, MONDAY, needs.orders, duties_of(told, MONDAY), StreetEngine(streets), streets)
    return needs, posed, settle(posed, solve(posed.problem, Effort(iterations=2), lambda *_: None))


def test_without_time_it_is_not_found_and_never_said_to_be_impossible():
    told = day(urgent("c1", 3), volunteers=(rider(), rider("v2", start=at(0, 3))))
    _, posed, solution = solved(told)
    (first, second) = resilience_of(posed, solution, Effort(seconds=0.0))
    assert first == Absence(volunteer_id="v1", served=False, at_risk=("c1",))
    assert second.served


def test_a_budget_in_seconds_is_kept_to():
    told = day(urgent("c1", 3), volunteers=(rider(), rider("v2", start=at(0, 3))))
    found = plan_day(told, MONDAY, *town(), Budget(time_limit_s=2.0), resilience=True).resilience
    assert found is not None
    assert [absence.served for absence in found] == [True, True]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(programmes())
def test_what_is_said_is_proved_by_a_lawful_day_without_the_volunteer(told):
    made = plan(told, resilience=True)  # the checker has passed what is said
    needs, posed, solution = solved(told)
    for person in sorted({one.volunteer_id for station in posed.stations for one in station.people}):
        found = solution_without(posed.problem, solution, person, Effort(iterations=2))
        without = replace(posed, problem=found.problem)
        routes = assemble_routes(without, found, told.zone)
        assert person not in {route.volunteer_id for route in routes}
        changed = made.changed(
            routes=routes,
            unserved=unserved_of(told, MONDAY, without, found),
            summary=summarise(told, needs, routes, found, MONDAY),
            resilience=None,
        )
        assert check(changed, told, town()[0]) == ()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(programmes())
def test_nobody_is_called_impossible_whom_a_day_without_the_volunteer_serves(told):
    """What was said to be impossible stays so, whoever else goes unserved, and with as much search as one likes."""
    _, posed, solution = solved(told)
    for absence in resilience_of(posed, solution, Effort(seconds=0.0)):
        if absence.impossible:
            found = solution_without(posed.problem, solution, absence.volunteer_id, Effort(iterations=5))
            lost = [
                index
                for index, job in enumerate(posed.problem.jobs)
                if job.client_id in absence.impossible and job.rank <= Tier.T1.rank and index not in found.served
            ]
            assert set(absence.impossible) <= {posed.problem.jobs[index].client_id for index in lost}


# ------------------------------------------------------------------------------------------------- the checker

TWO = day(
    urgent("c1", 3, prefers=("v1",)),
    urgent("c2", 4, vetoes=("v1",)),
    wanting("c3", at(5)),
    volunteers=(rider(), rider("v2")),
)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"volunteer_id": "v9"}, "volunteer_id"),
        ({"served": False}, "served"),
        ({"at_risk": ("c1",)}, "served"),
        ({"at_risk": ("c3",), "served": False}, "at_risk"),
        ({"at_risk": ("c9",), "served": False}, "at_risk"),
        ({"impossible": ("c2",)}, "at_risk"),
        ({"taken_over": (("c1", "v2"), ("c2", "v2"))}, "taken_over"),
        ({"taken_over": (("c1", "v1"),)}, "taken_over"),
        ({"taken_over": (("c1", "v9"),)}, "taken_over"),
        ({"taken_over": ()}, ""),
    ],
)
def test_what_cannot_be_true_is_found_out(change, where):
    made = plan(TWO, resilience=True)
    assert made.resilience is not None
    first, second = made.resilience
    assert first.taken_over == (("c1", "v2"),)
    spoilt = made.changed(resilience=(first.changed(**change), second))
    found = {violation.where for violation in check(spoilt, TWO, town()[0])}
    codes = {violation.code for violation in check(spoilt, TWO, town()[0])}
    assert codes == {ViolationCode.RESILIENCE_WRONG}
    assert f"/resilience/0/{where}".rstrip("/") in found


def test_a_taker_who_is_vetoed_is_found_out():
    made = plan(TWO, resilience=True)
    assert made.resilience is not None
    first, second = made.resilience
    assert second.impossible == ("c2",)
    wrong = second.changed(served=True, at_risk=(), impossible=(), taken_over=(("c2", "v1"),))
    (found,) = check(made.changed(resilience=(first, wrong)), TWO, town()[0])
    assert (found.code, found.where) == (ViolationCode.RESILIENCE_WRONG, "/resilience/1/taken_over")


@pytest.mark.parametrize(("entries", "where"), [((0, 0, 1), "/resilience/1/volunteer_id"), ((0,), "/resilience")])
def test_each_volunteer_who_is_out_stands_there_once(entries, where):
    made = plan(TWO, resilience=True)
    assert made.resilience is not None
    told = tuple(made.resilience[index] for index in entries)
    assert [each.where for each in check(made.changed(resilience=told), TWO, town()[0])] == [where]
