"""What of an earlier plan the search for the rest of a day begins with; and what it is worth to change nothing."""

from __future__ import annotations

from datetime import time

import pytest

from routing.domain.events import Failure, VisitFailed
from routing.domain.volunteers import Break
from tests.replanning.days import again, applied, order_of_visits, replanned, visit_of, visits
from tests.replanning.story import after, carrier, clients, planned, told
from tests.solver.town import at, day, hours, plan, store

PLAN, TOLD = planned(), told()
WHO = visits(PLAN)[0][0].volunteer_id
ORDER = order_of_visits(PLAN, WHO)


def no_show(client_id):
    return VisitFailed(
        type="visit_failed",
        at=visit_of(PLAN, client_id)[1].departure_at,
        volunteer_id=WHO,
        client_id=client_id,
        reason=Failure.NOT_HOME,
    )


def test_without_promises_others_may_come_at_other_times():
    now_at = visit_of(PLAN, ORDER[0])[1].departure_at
    programme = applied(TOLD, PLAN, now_at, no_show(ORDER[0]))
    free = programme.changed(day=programme.day.changed(promised=()))
    assert again(free, PLAN).replans.late == ()
    assert {p.client_id for p in programme.day.promised} == set(ORDER[1:])


def test_a_promise_stays_as_it_was_made_while_it_is_kept():
    """Two replans: the promise of the morning holds, not the time that the first replan gave."""
    now_at = visit_of(PLAN, ORDER[0])[1].departure_at
    first = replanned(TOLD, PLAN, now_at)
    second = applied(first.programme, first.plan, now_at)
    assert {p.client_id: p.begin_at for p in second.day.promised} == {
        client_id: visit_of(PLAN, client_id)[1].begin_at for client_id in ORDER[1:]
    }


def test_a_change_has_its_price():
    """Two riders at the site, the second idle. At price 0 nobody minds who goes; what is aboard stays all the same."""
    now_at = visit_of(PLAN, ORDER[0])[1].departure_at
    for change_s in (0, 600, 86_400):
        made = replanned(TOLD, PLAN, now_at, no_show(ORDER[0]), change_s=change_s)
        assert made.programme.day.change_s == change_s
        assert order_of_visits(made.plan, WHO)[:3] == ORDER[1:]


def test_tolerance_and_price_stay_as_they_were_said():
    now_at = visit_of(PLAN, ORDER[0])[1].departure_at
    first = replanned(TOLD, PLAN, now_at, change_s=77, tolerance_s=99)
    second = applied(first.programme, first.plan, now_at)
    assert (second.day.change_s, second.day.tolerance_s) == (77, 99)


def test_goods_of_two_sites_come_at_one_visit_though_one_part_is_aboard():
    """The second site opens at 10:00: at 08:10 its goods are not aboard, those of the first are."""
    two = tuple(
        each.changed(supplies=(*each.supplies, each.supplies[0].changed(supply_id="y", product_id="p5", site_id="s2")))
        for each in clients()[:1]
    )
    sites = (store(), store("s2", place=at(0, 1), hours=(hours("08:20", "12:00"),)))
    programme = day(*two, volunteers=(carrier("v1"),), sites=sites)
    before = plan(programme)
    load = next(s for s in before.routes[0].steps if s.site_id == "s1")
    made = replanned(programme, before, load.departure_at)
    assert [parcel.site_id for parcel in made.programme.day.of("v1").aboard] == ["s1"]
    (pair,) = visits(made.plan)
    assert set(pair[1].order_ids) == {"c1.x0", "c1.y"}
    assert [(str(s.type), s.site_id) for s in made.plan.routes[0].steps][1] == ("load", "s2")


@pytest.mark.parametrize(("minutes", "rested"), [(0, True), (-1, False)])
def test_a_break_is_taken_once(minutes, rested):
    """The break begins between 08:12 and 08:20; planned again while it is over, or before it has begun."""
    resting = Break(earliest_time=time(8, 12), latest_time=time(8, 20), duration_s=300)
    programme = day(*clients(), volunteers=(carrier("v1", breaks=(resting,)),))
    before = plan(programme)
    (pause,) = (step for step in before.routes[0].steps if step.type == "break")
    made = replanned(programme, before, after(pause.begin_at, minutes))
    assert bool(made.programme.day.of("v1").rested_at) == rested
    assert [str(s.type) for s in made.plan.routes[0].steps].count("break") == (not rested)


def test_two_who_visit_together_go_on_together():
    """Both are at the door; the rest of the visits for two is theirs, under the checker's eyes."""
    two = (carrier("v1", pairs_with="v2"), carrier("v2"))
    programme = day(*clients(pair_required=True), volunteers=two)
    before = plan(programme)
    _, step = visits(before)[0]
    made = replanned(programme, before, step.departure_at)
    assert {so_far.client_id for so_far in made.programme.day.volunteers} == {step.client_id}
    assert len(made.plan.routes) == 2
    assert len(visits(made.plan)) == 3
    assert {so_far.visits for so_far in made.programme.day.volunteers} == {1}
