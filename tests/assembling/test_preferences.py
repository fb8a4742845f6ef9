"""The summary says how work is shared and what became of wishes; the checker counts again."""

import pytest

from routing.checking import ViolationCode, check
from routing.domain.plan import PreferenceFigures, Share, Spread
from routing.domain.preferences import Preferences
from tests.solver.test_preferences import came
from tests.solver.town import at, day, plan, rider, town, wanting

TWO = (rider(max_stops=2), rider("v2", max_stops=1))


def figures(told):
    found = plan(told).summary.preferences
    assert found is not None
    return found


def test_stops_and_time_out_are_those_of_each_volunteer():
    found = plan(day(*(wanting(f"c{x}", at(x)) for x in (1, 2, 3)), volunteers=TWO))
    assert found.summary.preferences is not None
    assert found.summary.preferences.stops == Spread(least=1, median=1.5, most=2)
    out = sorted((route.end_at - route.start_at).total_seconds() for route in found.routes)
    assert found.summary.preferences.out_s == Spread(least=out[0], median=sum(out) / 2, most=out[1])


def test_both_of_a_pair_are_out():
    told = day(wanting("c1", at(3), pair_required=True), volunteers=(rider(pairs_with="v2"), rider("v2")))
    # Load 300, 49 each way, 300 at the door.
    assert figures(told).out_s == Spread(least=698, median=698, most=698)
    assert figures(told).stops == Spread(least=1, median=1, most=1)


def test_a_day_without_routes_has_no_spread():
    assert figures(day()) == PreferenceFigures()


def test_clients_who_see_whom_they_prefer_are_counted():
    one = rider(absent_on=(plan(day()).date,))
    clients = (wanting("c1", at(1), prefers=("v1",)), wanting("c2", at(2), prefers=("v2",)), wanting("c3", at(3)))
    found = figures(day(*clients, volunteers=(one, rider("v2"))))
    assert found.by_preferred == Share(count=1, of=2)


def test_clients_who_see_who_came_last_are_counted():
    clients = [wanting(f"c{x}", at(x)) for x in (1, 2, 3)]
    ledger = (came("v1", 3, "c1"), came("v2", 3, "c2"))
    found = figures(day(*clients, volunteers=(rider(), rider("v2", vetoes=("c2",))), ledger=ledger))
    assert found.by_same == Share(count=1, of=2)


@pytest.mark.parametrize(("most", "exceeded"), [(None, 0), (1, 1), (2, 1), (3, 0)])
def test_more_different_people_than_the_programme_says_are_counted(most, exceeded):
    # v1 and v2 came; only v3 is there today: the third.
    people = (rider("v1", vetoes=("c1",)), rider("v2", vetoes=("c1",)), rider("v3"))
    ledger = (came("v1", 3), came("v2", 2))
    told = day(wanting("c1", at(3)), volunteers=people, ledger=ledger, preferences=Preferences(most_people=most))
    assert figures(told).too_many_people == exceeded


@pytest.mark.parametrize("key", ["out_s", "stops", "by_preferred", "by_same", "too_many_people"])
def test_a_figure_that_is_not_true_is_found(key):
    told = day(wanting("c1", at(3), prefers=("v1",)), ledger=(came("v1", 3),))
    made = plan(told)
    true = made.summary.preferences
    assert true is not None
    value = getattr(true, key)
    if isinstance(value, Spread):
        wrong = value.changed(most=value.most + 1)
    elif isinstance(value, Share):
        wrong = value.changed(of=value.of + 1)
    else:
        wrong = value + 1
    spoilt = made.changed(summary=made.summary.changed(preferences=true.changed(**{key: wrong})))
    (found,) = check(spoilt, told, town()[0])
    assert found.code is ViolationCode.SUMMARY_WRONG
    assert found.where.startswith(f"/summary/preferences/{key}")


def test_a_plan_of_an_older_version_has_no_such_figures():
    told = day(wanting("c1", at(3)))
    made = plan(told)
    assert check(made.changed(summary=made.summary.changed(preferences=None)), told, town()[0]) == ()
