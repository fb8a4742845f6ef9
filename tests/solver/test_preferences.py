"""Wishes at a price: whom a client prefers, who came last, how many different people come."""

import pytest

from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.preferences import Preferences
from routing.solver.preferences import NOBODY, Visitors, Wishes, visitors_of
from tests.continuity.stories import MONDAY, noon
from tests.solver.test_posing import posed
from tests.solver.town import at, day, plan, rider, wanting


def came(volunteer_id, days_ago, client_id="c1", state=LedgerState.HANDED_OVER):
    return LedgerEntry(
        client_id=client_id,
        product_id="p5",
        state=state,
        at=noon(-days_ago),
        supply_id="old",
        volunteer_id=volunteer_id,
    )


def visitors(*entries, **weights):
    told = day(wanting("c1", at(3)), volunteers=(rider(), rider("v2"), rider("v3")), preferences=Preferences(**weights))
    return visitors_of(told.changed(ledger=entries), MONDAY).get("c1", NOBODY)


def test_who_came_last_is_of_the_last_day_on_which_somebody_came():
    found = visitors(came("v1", 9), came("v2", 2), came("v3", 2))
    assert found == Visitors(everybody=frozenset({"v1", "v2", "v3"}), last=frozenset({"v2", "v3"}))


@pytest.mark.parametrize(("days_ago", "counts"), [(0, False), (1, True), (13, True), (14, False)])
def test_two_weeks_are_fourteen_days_of_which_the_day_planned_is_the_last(days_ago, counts):
    assert visitors(came("v1", days_ago), weeks=2).everybody == (frozenset({"v1"}) if counts else frozenset())


@pytest.mark.parametrize("state", LedgerState)
def test_who_handed_over_or_took_back_was_there(state):
    there = state in {LedgerState.HANDED_OVER, LedgerState.FETCHED}
    assert visitors(came("v1", 1, state=state)) == (
        Visitors(everybody=frozenset({"v1"}), last=frozenset({"v1"})) if there else NOBODY
    )


def test_an_entry_that_names_nobody_says_nothing():
    assert visitors(came(None, 1)) == NOBODY


def prices(client, ledger=(), **weights):
    told = day(client, volunteers=(rider(), rider("v2")), ledger=ledger, preferences=Preferences(**weights))
    return {vehicle.people: vehicle.visit_s.get(0, 0) for vehicle in posed(told).problem.vehicles}


def test_the_usual_wishes_are_worth_two_minutes_and_one():
    client = wanting("c1", at(3), prefers=("v1",))
    assert prices(client) == {("v1",): 0, ("v2",): 120}
    assert prices(client, (came("v1", 3),)) == {("v1",): 0, ("v2",): 180}
    assert prices(client, (came("v2", 3),)) == {("v1",): 60, ("v2",): 120}


def test_the_prices_are_those_that_the_programme_names():
    client = wanting("c1", at(3), prefers=("v1",))
    found = prices(client, (came("v1", 3),), preferred_min=0.5, same_volunteer_min=10.0)
    assert found == {("v1",): 0, ("v2",): 30 + 600}
    assert prices(client, (came("v1", 3),), preferred_min=0.0, same_volunteer_min=0.0) == {("v1",): 0, ("v2",): 0}


@pytest.mark.parametrize(("most", "price"), [(None, 0), (1, 300), (2, 0), (3, 0)])
def test_a_person_beyond_the_most_has_a_price(most, price):
    # v1 came; v2 would be the second.
    found = prices(wanting("c1", at(3)), (came("v1", 3),), same_volunteer_min=0.0, most_people=most)
    assert found == {("v1",): 0, ("v2",): price}


def test_only_who_is_new_counts_where_there_were_too_many_already():
    wishes = Wishes(
        Preferences(most_people=1), {"c1": Visitors(everybody=frozenset({"v1", "v2"}), last=frozenset({"v1"}))}
    )
    client = wanting("c1", at(3))
    assert [wishes.against(client, people)[2] for people in ({"v2"}, {"v3"}, {"v2", "v3"}, {"v3", "v4"})] == [
        0, 1, 1, 2,
    ]  # fmt: skip


def test_one_of_a_pair_is_enough():
    wishes = Wishes(Preferences(), {"c1": Visitors(everybody=frozenset({"v1"}), last=frozenset({"v1"}))})
    client = wanting("c1", at(3), prefers=("v2",))
    assert wishes.against(client, {"v1", "v2"}) == (0, 0, 0)
    assert wishes.against(client, {"v3", "v4"}) == (1, 1, 0)


def who_visits(told):
    return {
        step.client_id: route.volunteer_id
        for route in plan(told).routes
        for step in route.steps
        if step.client_id is not None
    }


# v1 starts at the site, v2 six corners away; c1 lives at the site's door. To come for it costs v2
# 2 x 6 x 16.013 s = 193 s; v1 nothing.
FAR_AWAY = (rider(), rider("v2", start=at(6)))


@pytest.mark.parametrize(("minutes", "who"), [(3.0, "v1"), (3.5, "v2")])
def test_a_wish_is_granted_up_to_its_price_and_no_further(minutes, who):
    # 180 s are less than 193 s, 210 s are more.
    told = day(
        wanting("c1", at(0), prefers=("v2",)), volunteers=FAR_AWAY, preferences=Preferences(preferred_min=minutes)
    )
    assert who_visits(told) == {"c1": who}


@pytest.mark.parametrize("who", ["v1", "v2"])
def test_who_came_last_comes_again_where_it_costs_nothing(who):
    told = day(wanting("c1", at(3)), volunteers=(rider(), rider("v2")), ledger=(came(who, 5),))
    assert who_visits(told) == {"c1": who}


def test_nobody_goes_unserved_for_a_wish():
    told = day(
        wanting("c1", at(3), prefers=("v2",)),
        volunteers=(rider(), rider("v2", absent_on=(MONDAY,))),
        preferences=Preferences(preferred_min=240.0),
    )
    assert who_visits(told) == {"c1": "v1"}
