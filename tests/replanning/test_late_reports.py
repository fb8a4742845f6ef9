"""Words that come after the day was planned again: how a visit ended that was taken for done."""

from __future__ import annotations

import pytest

from routing.domain.day_so_far import Lock
from routing.domain.errors import DayError
from routing.domain.events import Failure, VisitDone, VisitFailed, VisitPartly
from routing.domain.ledger import LedgerState
from tests.replanning.days import applied, order_of_visits, replanned, visit_of, visits
from tests.replanning.story import after, carrier, clients, planned, told
from tests.solver.town import day, plan

PLAN, TOLD = planned(), told()
WHO = visits(PLAN)[0][0].volunteer_id
ORDER = order_of_visits(PLAN, WHO)
NOW = visit_of(PLAN, ORDER[1])[1].departure_at
FIRST = replanned(TOLD, PLAN, NOW)  # nobody has told of the first two visits
LATER = after(NOW, 1)


def done(client_id=ORDER[0]):
    return VisitDone(type="visit_done", at=LATER, volunteer_id=WHO, client_id=client_id)


def failed(reason, client_id=ORDER[0]):
    return VisitFailed(type="visit_failed", at=LATER, volunteer_id=WHO, client_id=client_id, reason=reason)


def states(programme, client_id=ORDER[0]):
    return [entry.state for entry in programme.ledger if entry.client_id == client_id]


def test_nobody_told_of_two_visits():
    assert states(FIRST.programme) == [LedgerState.ISSUED]
    assert [each.reported for each in FIRST.programme.day.served] == [False, False]


def test_a_visit_that_was_done_is_handed_over():
    made = replanned(FIRST.programme, FIRST.plan, LATER, done())
    assert states(made.programme) == [LedgerState.HANDED_OVER]
    assert [each.reported for each in made.programme.day.served][:2] == [True, False]
    assert order_of_visits(made.plan, WHO) == ORDER[3:]  # a minute on, the third visit has begun


def test_who_was_not_home_after_all_is_due_again():
    made = replanned(FIRST.programme, FIRST.plan, LATER, failed(Failure.NOT_HOME))
    assert states(made.programme) == [LedgerState.RETURNED]
    assert ORDER[0] not in {each.client_id for each in made.programme.day.served}
    assert visit_of(made.plan, ORDER[0])[1].begin_at >= after(LATER, 60)
    # Goods are made up anew: their parcel is somewhere in the bag, and comes back.
    loads = [step for route in made.plan.routes for step in route.steps if step.type == "load"]
    assert [item.quantity for step in loads for item in step.items] == [2.0]


def test_who_refused_after_all_is_not_visited_again():
    made = applied(FIRST.programme, FIRST.plan, LATER, failed(Failure.REFUSED))
    assert made.day.locks == (Lock(client_id=ORDER[0], excluded=True),)


def test_some_of_the_orders_were_done():
    two = tuple(
        each.changed(supplies=(*each.supplies, each.supplies[0].changed(supply_id="y", product_id="p5")))
        for each in clients()[:2]
    )
    programme = day(*two, volunteers=(carrier("v1"),))
    before = plan(programme)
    _, step = visits(before)[0]
    first = replanned(programme, before, step.departure_at)
    event = VisitPartly(
        type="visit_partly",
        at=after(step.departure_at, 1),
        volunteer_id="v1",
        client_id=step.client_id,
        order_ids=step.order_ids[:1],
    )
    made = applied(first.programme, first.plan, after(step.departure_at, 1), event)
    assert states(made, step.client_id) == [LedgerState.HANDED_OVER, LedgerState.RETURNED]
    assert [each.order_ids for each in made.day.served if each.client_id == step.client_id] == [step.order_ids[:1]]


def test_what_was_told_of_is_told_of_once():
    made = replanned(FIRST.programme, FIRST.plan, LATER, done())
    with pytest.raises(DayError) as caught:
        applied(made.programme, made.plan, LATER, done())
    assert caught.value.code == "event_unknown_visit"
