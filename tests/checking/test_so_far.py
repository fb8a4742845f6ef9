"""A lawful plan of the rest of a day is spoilt, and the checker names the cause: what is aboard, and what is owed.

The day of `tests.replanning.story`, after the first visit: three parcels of controlled goods are aboard.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from routing.checking import ViolationCode as Code
from routing.checking import check
from routing.domain.day_so_far import VolunteerSoFar
from routing.domain.loading import dump_programme
from routing.domain.plan import Plan, Step, StepType
from routing.domain.programme import Programme
from tests.replanning.days import order_of_visits, replanned, visit_of, visits
from tests.replanning.story import planned, told
from tests.solver.town import town

PLAN, TOLD = planned(), told()
WHO = visits(PLAN)[0][0].volunteer_id
ORDER = order_of_visits(PLAN, WHO)
REST = replanned(TOLD, PLAN, visit_of(PLAN, ORDER[0])[1].departure_at)


def codes(plan: Plan = REST.plan, programme: Programme = REST.programme) -> set[Code]:
    signed = plan.inputs.changed(programme_sha256=sha256(dump_programme(programme)).hexdigest())
    return {each.code for each in check(plan.changed(inputs=signed), programme, town()[0])}


def with_entry(**fields) -> Programme:
    """Return the programme with the entry of who is on the road changed."""
    day = REST.programme.day
    entries = tuple(each.changed(**fields) if each.volunteer_id == WHO else each for each in day.volunteers)
    return REST.programme.changed(day=day.changed(volunteers=entries))


def entry() -> VolunteerSoFar:
    found = REST.programme.day.of(WHO)
    assert found is not None
    return found


def with_steps(change) -> Plan:
    """Return the plan with its route's steps changed."""
    (route,) = REST.plan.routes
    return REST.plan.changed(routes=(route.changed(steps=tuple(change(list(route.steps)))),))


def without(kind: StepType):
    """Return the plan without steps of a kind: times and legs do not follow, other rules see that."""
    return with_steps(lambda steps: [step for step in steps if step.type is not kind])


def test_the_rest_of_the_day_is_lawful():
    assert codes() == set()


def test_what_is_not_aboard_is_not_handed_over():
    programme = with_entry(aboard=entry().aboard[1:])
    assert Code.GOODS_NOT_LOADED in codes(programme=programme)


def test_a_parcel_is_handed_to_whom_it_is_labelled_for_alone():
    """The parcels of two clients change their labels: each would be handed the other's."""
    one, two, *others = entry().aboard
    less = one.changed(units=(one.units[0].changed(quantity=1.0),))
    more = two.changed(units=(two.units[0].changed(quantity=3.0),))
    assert Code.GOODS_NOT_LOADED in codes(programme=with_entry(aboard=(less, more, *others)))


def test_nothing_is_loaded_for_whom_it_is_aboard():
    """At the last call the goods of somebody who has been served from aboard are loaded once more."""

    def loads(steps: list[Step]) -> list[Step]:
        call = next(at for at, step in enumerate(steps) if step.type is StepType.RETURN)
        items = next(step.items for step in steps if step.type is StepType.VISIT)
        steps[call] = steps[call].changed(type=StepType.LOAD, items=items)
        return steps

    assert Code.GOODS_LEFT_ABOARD in codes(with_steps(loads))


def test_what_was_handed_over_before_is_counted_in():
    assert entry().counts_in == ("s1",)
    assert Code.CONTROLLED_NOT_RETURNED in codes(without(StepType.RETURN))


def test_a_parcel_that_nobody_is_handed_is_counted_in():
    """The last visit is left out, and then the count: what is aboard for them does not come home."""

    def neither(steps: list[Step]) -> list[Step]:
        return [s for s in steps if s.type is not StepType.RETURN and s.client_id != ORDER[-1]]

    assert Code.CONTROLLED_NOT_RETURNED in codes(with_steps(neither), with_entry(counts_in=()))


def test_what_was_fetched_is_handed_in():
    fetched = entry().aboard[:1]
    assert codes(programme=with_entry(fetched=fetched)) <= {Code.CUSTODY_EXCEEDED}
    assert Code.GOODS_LEFT_ABOARD in codes(without(StepType.RETURN), with_entry(fetched=fetched))


@pytest.mark.parametrize(("most", "exceeded"), [(5.0, True), (6.0, False), (7.0, False)])
def test_what_is_aboard_counts_in_custody(most, exceeded):
    """Three parcels of two."""
    volunteers = tuple(
        each.changed(custody=(each.custody[0].changed(quantity=most),)) if each.volunteer_id == WHO else each
        for each in REST.programme.volunteers
    )
    found = codes(programme=REST.programme.changed(volunteers=volunteers))
    assert (Code.CUSTODY_EXCEEDED in found) == exceeded


@pytest.mark.parametrize(("most", "exceeded"), [(240, True), (242, False)])
def test_what_is_aboard_weighs(most, exceeded):
    """Six pieces of 40.3 g: 241.8 g."""
    volunteers = tuple(
        each.changed(vehicles=(each.vehicles[0].changed(max_mass_g=most),)) if each.volunteer_id == WHO else each
        for each in REST.programme.volunteers
    )
    found = codes(programme=REST.programme.changed(volunteers=volunteers))
    assert (Code.MASS_EXCEEDED in found) == exceeded


@pytest.mark.parametrize(("most", "too_many"), [(3, True), (4, False), (5, False)])
def test_visits_made_count(most, too_many):
    volunteers = tuple(
        each.changed(max_stops=most) if each.volunteer_id == WHO else each for each in REST.programme.volunteers
    )
    found = codes(programme=REST.programme.changed(volunteers=volunteers))
    assert (Code.TOO_MANY_STOPS in found) == too_many


@pytest.mark.parametrize(("seconds", "early"), [(-1, False), (0, False), (1, True)])
def test_nobody_starts_before_they_are_free(seconds, early):
    found = codes(programme=with_entry(free_at=REST.plan.routes[0].start_at + timedelta(seconds=seconds)))
    assert (Code.STARTS_TOO_SOON in found) == early


def test_who_has_seen_an_isolating_client_sees_no_other():
    assert Code.ISOLATING_NOT_LAST in codes(programme=with_entry(met_isolating=True))


def test_who_is_home_starts_from_home():
    programme = with_entry(client_id=None, mode=None, plate=None, aboard=(), counts_in=(), pass_ids=())
    assert Code.WRONG_PLACE in codes(programme=programme)
