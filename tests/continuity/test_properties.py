"""What holds for every programme: nothing twice, nothing over a cap, exact units, one answer."""

from datetime import date, time
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.continuity import needs_of
from routing.continuity.order_ids import OrderIds
from routing.continuity.units import exact
from routing.domain.clients import Client, DoseStep, HomeSupply, Regimen
from routing.domain.hours import Weekday
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import Needs, Order
from routing.domain.policies import Policy
from routing.domain.programme import Programme
from routing.domain.sites import Stock
from tests.continuity.stories import (
    LIQUID,
    MONDAY,
    PACKS,
    TABLETS,
    client,
    day,
    entry,
    policy,
    programme,
    regimen,
    supply,
)

DOSES = {"p1": (60.0, 60.5, 0.3), "p2": (0.8, 4.0, 12.4), "p3": (None,)}
CLAIMING = {LedgerState.PLANNED, LedgerState.ISSUED, LedgerState.HANDED_OVER, LedgerState.DISPENSED_AT_SITE}


@st.composite
def rules(draw: st.DrawFn, product_id: str) -> Policy:
    most = draw(st.integers(1, 60))
    product = {"p1": LIQUID, "p2": TABLETS, "p3": PACKS}[product_id]
    return policy(
        product,
        max_days_a_delivery=most,
        min_days_a_delivery=draw(st.integers(1, most)),
        max_days_on_hand=draw(st.integers(1, 60)),
        early_days=draw(st.integers(0, 10)),
        buffer_days=draw(st.integers(0, 7)),
        grace_h=draw(st.integers(0, 72)),
        dose_time=draw(st.sampled_from([time(0), time(10), time(23, 59)])),
        visit_weekdays=tuple(draw(st.sets(st.sampled_from(Weekday)))),
        visits_per_week=draw(st.none() | st.integers(1, 7)),
        observed_weekdays=tuple(draw(st.sets(st.sampled_from(Weekday), max_size=6))),
        affordable_days_per_week=draw(st.none() | st.integers(1, 9)),
    )


@st.composite
def treatments(draw: st.DrawFn, product_id: str) -> Regimen:
    product = {"p1": LIQUID, "p2": TABLETS, "p3": PACKS}[product_id]
    break_on = day(draw(st.integers(-5, 20)))
    doses = [draw(st.sampled_from(DOSES[product_id])) for _ in range(2)]
    return regimen(
        product,
        steps=(
            DoseStep(from_on=date(2026, 1, 1), to_on=break_on, dose_mg=doses[0]),
            DoseStep(from_on=date.fromordinal(break_on.toordinal() + 2), dose_mg=doses[1]),
        ),
        home=HomeSupply(doses=draw(st.integers(0, 9)), as_of_on=day(draw(st.integers(-6, 2)))),
        prescription_ends_on=draw(st.none() | st.integers(-2, 20).map(day)),
        review_on=draw(st.none() | st.integers(0, 20).map(day)),
        affordable_days=draw(st.none() | st.integers(1, 9)),
    )


@st.composite
def entries(draw: st.DrawFn, client_id: str, product_id: str) -> LedgerEntry:
    first = draw(st.integers(-4, 12))
    return entry(
        draw(st.sampled_from(LedgerState)),
        draw(st.integers(-4, 0)),
        first,
        first + draw(st.integers(0, 5)),
        client_id=client_id,
        product_id=product_id,
    )


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    who: list[Client] = []
    ledger: list[LedgerEntry] = []
    for number in range(draw(st.integers(1, 4))):
        client_id = f"c{number}"
        taken = sorted(draw(st.sets(st.sampled_from(sorted(DOSES)), min_size=1)))
        wanted = draw(st.lists(st.integers(1, 5), max_size=2))
        supplies = tuple(supply(supply_id=f"x{index}", quantity=each) for index, each in enumerate(wanted))
        treatment = [draw(treatments(product_id)) for product_id in taken]
        who.append(client(client_id, *treatment, pregnant=draw(st.booleans()), supplies=supplies))
        for product_id in taken:
            ledger += draw(st.lists(entries(client_id, product_id), max_size=3))
    told = programme(
        *who, policies=tuple(draw(rules(product_id)) for product_id in sorted(DOSES)), ledger=tuple(ledger)
    )
    stock = tuple(
        Stock(product_id=product_id, quantity=float(draw(st.integers(0, 600)))) for product_id in (*DOSES, "p5")
    )
    return told.changed(sites=(told.sites[0].changed(stock=stock),))


reaches = st.dictionaries(st.sampled_from(["c0", "c1", "c2"]), st.frozensets(st.integers(0, 13).map(day)), max_size=3)


def _latest_state(told: Programme, order: Order, on: date) -> LedgerState | None:
    covering = [
        each
        for each in told.ledger
        if (each.client_id, each.product_id) == (order.client_id, order.product_id)
        and each.from_on is not None
        and each.to_on is not None
        and each.from_on <= on <= each.to_on
    ]
    return max(reversed(covering), key=lambda each: each.at).state if covering else None


def _regimen(told: Programme, order: Order) -> Regimen | None:
    (who,) = (each for each in told.clients if each.client_id == order.client_id)
    return next((each for each in who.regimens if each.product_id == order.product_id), None)


@settings(max_examples=100, deadline=None)
@given(programmes(), reaches)
def test_orders_of_any_programme_are_lawful_and_repeat(told: Programme, reach: dict[str, frozenset[date]]) -> None:
    found = needs_of(told, MONDAY, reach)
    assert found == needs_of(told, MONDAY, reach)
    assert len({order.order_id for order in found.orders}) == len(found.orders)
    held = {(hold.client_id, hold.product_id) for hold in found.holds if hold.code != "out_of_stock"}
    for order in found.orders:
        taken = _regimen(told, order)
        assert sum((exact(unit.quantity) for unit in order.item.units), Fraction(0)) == exact(order.item.quantity)
        if taken is not None:
            assert (order.client_id, order.product_id) not in held
            _supplies_nothing_twice(told, order)
            _keeps_the_caps(told, order, taken)
            _is_the_exact_dose(order, taken)
    _keeps_the_stock(told, found)
    _calls_nothing_covered_a_gap(found)
    for gap in found.gaps:
        assert MONDAY <= gap.act_by_on <= gap.from_on <= gap.to_on


def _calls_nothing_covered_a_gap(found: Needs) -> None:
    for order in found.orders:
        brought = {unit.for_on for unit in order.item.units if unit.for_on is not None}
        for gap in found.gaps:
            # Where nobody may come today, what is ordered does not arrive.
            same = (gap.client_id, gap.product_id) == (order.client_id, order.product_id)
            if same and gap.binding_cap != "no_visit_day":
                assert not any(gap.from_on <= on <= gap.to_on for on in brought)


def _supplies_nothing_twice(told: Programme, order: Order) -> None:
    days = [unit.for_on for unit in order.item.units if unit.for_on]
    assert days == sorted(set(days))
    assert all(_latest_state(told, order, on) not in CLAIMING for on in days)
    assert order.run_out_on is not None
    assert order.covers_from_on == order.run_out_on >= MONDAY


def _keeps_the_caps(told: Programme, order: Order, taken: Regimen) -> None:
    (rule,) = (each for each in told.policies if each.policy_id == order.policy_id)
    days = int(order.item.quantity) * 28 if order.product_id == "p3" else order.days
    assert 1 <= order.days <= days <= min(rule.max_days_a_delivery, rule.max_days_on_hand)
    assert days <= (taken.affordable_days or rule.affordable_days_per_week or days)
    assert order.covers_to_on is not None
    assert order.covers_to_on <= (taken.prescription_ends_on or order.covers_to_on)
    assert taken.review_on is None or order.covers_to_on < taken.review_on
    assert order.earliest_on is not None
    assert order.earliest_on <= MONDAY
    assert order.earliest_on <= order.due_on


def _is_the_exact_dose(order: Order, taken: Regimen) -> None:
    for unit in order.item.units:
        if unit.for_on is None:
            continue
        (step,) = (
            each for each in taken.steps if each.from_on <= unit.for_on and (each.to_on or unit.for_on) >= unit.for_on
        )
        assert step.dose_mg is not None
        if order.product_id == "p1":
            assert exact(unit.quantity) * 5 == exact(step.dose_mg)
        else:  # 0.8 = 2 x 0.4; 4 = 2 x 2; 12.4 = 8 + 2 + 2 + 0.4
            assert unit.quantity == {0.8: 2, 4.0: 2, 12.4: 4}[step.dose_mg]


def _keeps_the_stock(told: Programme, found: Needs) -> None:
    for stock in told.sites[0].stock:
        issued = sum(
            (exact(order.item.quantity) for order in found.orders if order.product_id == stock.product_id), Fraction(0)
        )
        assert issued <= exact(stock.quantity)


def test_order_ids_are_readable_stable_and_never_alike() -> None:
    told = programme(client("a.b", regimen()), client("a", supplies=(supply(supply_id="b.p1"),)))
    names = OrderIds.of(told)
    assert names.regimen("c", "p1") == "c.p1"
    one, other = names.regimen("a.b", "p1"), names.supply("a", "b.p1")
    assert one != other
    assert {one, other} == {order.order_id for order in needs_of(told, MONDAY, {}).orders}


def test_order_ids_that_are_too_long_are_shortened() -> None:
    names = OrderIds.of(programme())
    assert names.supply("c" * 32, "x" * 31) == f"{'c' * 32}.{'x' * 31}"  # 64 characters
    long = names.supply("c" * 64, "x" * 64)
    assert len(long) <= 64
    assert long != names.supply("c" * 64, "x" * 63)
