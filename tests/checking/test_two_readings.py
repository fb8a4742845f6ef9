"""Planner and checker read the rules of orders independently, and alike: the same holds, run-outs, days and units.

Random programmes with ranges at home, courses counted by doses, changes of dose and status, approvals, half tablets.
"""

from datetime import date
from fractions import Fraction
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.checking.awaited import awaited_by, visit_due
from routing.checking.case import Case
from routing.checking.changes import as_exchanged, to_exchange, to_top_up
from routing.checking.doses import TREATED, Standing, standing_of, status_of
from routing.checking.holds import hold_of
from routing.checking.orders import safe_until, supply_due
from routing.checking.units import exact_units, is_quantity
from routing.continuity import needs_of
from routing.domain.clients import Clearance, Client, ClientStatus, DoseChange, DoseStep, HomeSupply, StatusChange
from routing.domain.orders import HoldCode, Order
from routing.domain.plan import Plan
from routing.domain.policies import ClientClass, MissedDoses, Phase
from routing.domain.products import Form
from routing.domain.programme import Programme
from tests.continuity.stories import FOOD, MONDAY, day, noon, supply
from tests.continuity.test_properties import programmes

LENIENT = tuple(MissedDoses(phase=phase, resume_up_to=2, clearance_up_to=4) for phase in Phase)


def sometimes(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | st.none() | values


@st.composite
def told(draw: st.DrawFn) -> Programme:
    plain = draw(programmes())
    policies = tuple(
        each.changed(
            review_interval_days=draw(sometimes(st.integers(300, 400))),
            prescriber_approval=draw(sometimes(st.just(True))) or False,
            missed_doses=draw(st.sampled_from([each.missed_doses, LENIENT])),
            course_days=draw(sometimes(st.integers(1, 40))),
            guardian_required=draw(st.booleans()),
            client_classes=tuple(ClientClass),
        )
        for each in plain.policies
    )
    products = tuple(
        each.changed(splittable=True) if each.form is Form.TABLET and draw(st.booleans()) else each
        for each in plain.products
    )
    return plain.changed(
        clients=tuple(_client(draw, each) for each in plain.clients), policies=policies, products=products
    )


def _client(draw: st.DrawFn, client: Client) -> Client:
    changes = st.builds(StatusChange, status=st.sampled_from(ClientStatus), from_at=st.integers(-5, 1).map(noon))
    status = tuple(draw(sometimes(st.lists(changes, max_size=2))) or ())
    food = tuple(
        supply(
            FOOD, supply_id=f"f{n}", due_on=day(draw(st.integers(-3, 1))), latest_on=draw(sometimes(st.just(day(2))))
        )
        for n in range(draw(st.integers(0, 2)))
    )
    regimens = []
    for each in client.regimens:
        count = each.home.doses
        home = HomeSupply(
            doses=count,
            as_of_on=each.home.as_of_on,
            least=draw(sometimes(st.integers(0, count))),
            most=draw(sometimes(st.integers(count, count + 4))),
            expected=draw(sometimes(st.integers(max(0, count - 1), count + 1))),
        )
        steps = tuple(
            DoseStep(
                from_on=day(-12) if number == 0 else step.from_on,
                to_on=step.to_on or day(30),
                dose_mg=step.dose_mg,
                doses_a_day=draw(st.sampled_from([1, 1, 2])),
            )
            for number, step in enumerate(each.steps)
        )
        changed = draw(st.integers(-3, 5))
        if draw(st.booleans()):
            doses = st.sampled_from([4.0, 12.4, 60.0, 62.5]) if each.product_id != "p3" else st.none()
            steps = (
                DoseStep(from_on=day(-12), to_on=day(changed - 1), dose_mg=draw(doses)),
                DoseStep(from_on=day(changed), to_on=draw(sometimes(st.just(day(30)))), dose_mg=draw(doses)),
            )
        regimens.append(
            each.changed(
                home=home,
                steps=steps,
                phase=draw(st.sampled_from(Phase)),
                doses_taken=draw(sometimes(st.integers(0, 40))),
                last_taken_on=draw(sometimes(st.integers(-6, 1).map(day))),
                subsidy_days=draw(st.sampled_from([0, 0, 2])),
                dose_changed_on=draw(sometimes(st.just(day(changed)))),
                dose_change=draw(st.sampled_from([None, *DoseChange])),
                clearance=draw(sometimes(st.integers(-1, 0).map(noon).map(lambda at: Clearance(by="d", at=at)))),
                approval=draw(sometimes(st.integers(-5, 1).map(noon).map(lambda at: Clearance(by="d", at=at)))),
                remote=draw(sometimes(st.just(True))) or False,
                prescriber_id=draw(st.sampled_from([None, "d1"])),
            )
        )
    return client.changed(
        status=status,
        assessment_on=draw(sometimes(st.integers(-3, 1).map(day))),
        follow_up_on=draw(sometimes(st.integers(-1, 1).map(day))),
        regimens=tuple(regimens),
        supplies=(*client.supplies, *food),
        household_id=draw(sometimes(st.just("h"))),
        client_class=draw(st.sampled_from([ClientClass.STABLE, ClientClass.STABLE, ClientClass.MINOR])),
        guardian=draw(st.sampled_from(["", "an aunt"])),
    )


def _case(programme: Programme) -> Case:
    plan = Plan.model_construct(date=MONDAY, routes=(), holds=())
    return Case(plan, programme, cast("Any", None))


@settings(max_examples=100, deadline=None)
@given(told())
def test_planner_and_checker_read_the_rules_alike(programme: Programme) -> None:
    found, case = needs_of(programme, MONDAY, {}), _case(programme)
    holds = {(hold.client_id, hold.product_id): hold.code for hold in found.holds}
    orders = {order.order_id: order for order in found.orders}
    for client in programme.clients:
        active = status_of(case, client) in TREATED
        visits = {f"{client.client_id}.{visit.name}" for visit in awaited_by(client) if visit_due(case, client, visit)}
        assert visits == {order.order_id for order in found.orders if not order.goods} & set(_visit_ids(client))
        for regimen in client.regimens if active else ():
            standing = as_exchanged(standing_of(case, client, regimen))
            order = orders.get(f"{client.client_id}.{regimen.product_id}")
            said = holds.get((client.client_id, regimen.product_id))
            if order is not None:
                _is_lawful(standing, order)
            if next(standing.ahead_of(beyond_prescription=True), None) is None:
                assert said is None  # nothing is asked for any more
            elif said not in {HoldCode.DOSE_NOT_MEASURABLE, HoldCode.OUT_OF_STOCK}:
                assert said == hold_of(standing)
        for wanted in client.supplies:
            ordered = f"{client.client_id}.{wanted.supply_id}" in orders
            short = holds.get((client.client_id, wanted.product_id)) is HoldCode.OUT_OF_STOCK
            assert ordered == supply_due(case, client, wanted) or short


def _visit_ids(client: Client) -> tuple[str, str]:
    return f"{client.client_id}.assessment", f"{client.client_id}.follow_up"


def _tops_up(standing: Standing, order: Order, extra: dict[date, frozenset[Fraction]]) -> None:
    assert order.item is not None
    units = {unit.for_on: unit.quantity for unit in order.item.units if unit.for_on is not None}
    assert set(extra) <= set(units)
    assert all(is_quantity(units[on], exact) for on, exact in extra.items())
    new = sorted(set(units) - set(extra))
    assert new == standing.deliverable[: len(new)]
    assert order.days == len(new)
    assert not new or len(new) >= standing.least_days
    for on in new:
        step = standing.step_on(on)
        assert step is not None
        assert is_quantity(units[on], exact_units(standing.product, step))


def _is_lawful(standing: Standing, order: Order) -> None:
    assert hold_of(standing) is None
    extra = to_top_up(standing)
    assert order.run_out_on == standing.run_out_on
    assert order.latest_safe_at == safe_until(standing)
    assert order.item is not None
    back = {unit.for_on: unit.quantity for item in order.taken_back for unit in item.units}
    wanted = to_exchange(standing.before or standing)
    assert sorted(wanted) == sorted(on for on in back if on is not None)
    assert all(is_quantity(quantity, wanted[on]) for on, quantity in back.items() if on is not None)
    if extra:
        _tops_up(standing, order, extra)
        return
    assert order.earliest_on == standing.earliest_on
    assert standing.least_days <= order.days or standing.product.form is Form.PACK
    assert order.days <= len(standing.deliverable)
    assert standing.urgent == (order.tier in {"T0a", "T0b", "T1"})
    days: list[date] = [unit.for_on for unit in order.item.units if unit.for_on is not None]
    assert days == standing.deliverable[: len(days)]
    assert not set(days) & standing.covered
    for unit in order.item.units if days else ():
        step = standing.step_on(unit.for_on) if unit.for_on else None
        assert step is not None
        assert is_quantity(unit.quantity, exact_units(standing.product, step))
