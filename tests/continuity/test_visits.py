"""Rule 14 and the way in: lead, assessed, prescribed, active, ended; visits that bring nothing."""

import pytest

from routing.continuity import needs_of
from routing.domain.clients import Client, ClientStatus, StatusChange
from routing.domain.ledger import LedgerState
from routing.domain.orders import HoldCode, Needs, OrderKind, Tier
from routing.domain.policies import ClientClass
from tests.continuity.stories import (
    CONTROLLED_ITEM,
    FOOD,
    MONDAY,
    TABLETS,
    client,
    day,
    entry,
    noon,
    only_order,
    policy,
    programme,
    regimen,
    supply,
)

VISITED = {
    ClientStatus.LEAD,
    ClientStatus.ASSESSED,
    ClientStatus.PRESCRIBED,
    ClientStatus.ACTIVE,
    ClientStatus.ENDED,
}


def since(status: ClientStatus, offset: int = -5) -> StatusChange:
    return StatusChange(status=status, from_at=noon(offset))


def needs(who: Client) -> Needs:
    return needs_of(programme(who), MONDAY, {})


@pytest.mark.parametrize("status", list(ClientStatus))
@pytest.mark.parametrize(("from_on", "due"), [(-1, True), (0, True), (1, False)])
def test_a_follow_up_is_ordered_from_its_day_on(status: ClientStatus, from_on: int, due: bool) -> None:
    found = needs(client("c1", status=(since(status),), follow_up_on=day(from_on)))
    assert [order.order_id for order in found.orders] == ["c1.follow_up"] * (due and status in VISITED)


@pytest.mark.parametrize(("from_on", "due"), [(-1, True), (0, True), (1, False)])
def test_an_assessment_is_ordered_from_its_day_on(from_on: int, due: bool) -> None:
    found = needs(client("c1", status=(since(ClientStatus.LEAD),), assessment_on=day(from_on)))
    assert [order.kind for order in found.orders] == [OrderKind.ASSESSMENT] * due


@pytest.mark.parametrize(("assessed", "due"), [(-3, True), (-2, False), (0, False), (1, True)])
def test_an_assessment_is_over_once_it_has_taken_place(assessed: int, due: bool) -> None:
    # Awaited since Saturday: an assessment of Friday was another one, that of Tuesday is still to come.
    who = client("c1", status=(since(ClientStatus.LEAD), since(ClientStatus.ASSESSED, assessed)), assessment_on=day(-2))
    assert len(needs(who).orders) == due


def test_an_assessment_of_late_in_the_evening_is_one_of_that_day() -> None:
    # 23:30 on Saturday in Denpasar is 15:30 UTC; half an hour later it is Sunday there.
    def due(hour: int) -> int:
        at = noon(-2).replace(hour=hour, minute=30)
        who = client("c1", status=(StatusChange(status=ClientStatus.ASSESSED, from_at=at),), assessment_on=day(-1))
        return len(needs(who).orders)

    assert (due(15), due(16)) == (1, 0)


def test_a_visit_brings_nothing_and_has_no_deadline() -> None:
    order = only_order(needs(client("c1", follow_up_on=day(-2))))
    assert (order.product_id, order.site_id, order.purpose, order.item, order.goods) == (None, None, None, None, ())
    assert (order.controlled, order.mass_g, order.volume_ml, order.requires) == (False, 0, 0, ())
    assert (order.due_on, order.latest_safe_at, order.run_out_on, order.tier) == (day(-2), None, None, Tier.T3)


def test_weights_of_visits_are_raised_for_pregnancy_and_minors() -> None:
    def weights(**fields: object) -> list[int]:
        who = client("c1", assessment_on=MONDAY, follow_up_on=MONDAY, **fields)
        return [order.weight for order in needs(who).orders]

    assert weights() == [60, 20]
    assert weights(pregnant=True) == weights(client_class=ClientClass.MINOR) == [90, 30]


def test_visits_stand_where_their_client_stands() -> None:
    told = programme(
        client("a", follow_up_on=MONDAY), client("b", regimen()), client("c", supplies=(supply(),), follow_up_on=MONDAY)
    )
    assert [order.order_id for order in needs_of(told, MONDAY, {}).orders] == [
        "a.follow_up",
        "b.p1",
        "c.x1",
        "c.follow_up",
    ]


@pytest.mark.parametrize("status", [ClientStatus.LEAD, ClientStatus.ASSESSED])
def test_before_somebody_prescribes_there_is_food_and_naloxone_and_nothing_controlled(status: ClientStatus) -> None:
    goods = (supply(), supply(FOOD, supply_id="x2"), supply(CONTROLLED_ITEM, supply_id="x3"))
    found = needs(client("c1", regimen(), status=(since(status),), supplies=goods, follow_up_on=MONDAY))
    assert [order.order_id for order in found.orders] == ["c1.x1", "c1.x2", "c1.follow_up"]
    assert [(hold.product_id, hold.code) for hold in found.holds] == [
        ("p1", HoldCode.NOT_PRESCRIBED),
        ("p7", HoldCode.NOT_PRESCRIBED),
    ]


@pytest.mark.parametrize("status", [ClientStatus.PRESCRIBED, ClientStatus.ACTIVE])
def test_who_is_prescribed_for_gets_the_first_doses(status: ClientStatus) -> None:
    found = needs(client("c1", regimen(), status=(since(status),), supplies=(supply(CONTROLLED_ITEM),)))
    assert ([order.order_id for order in found.orders], found.holds) == (["c1.p1", "c1.x1"], ())


@pytest.mark.parametrize(
    ("status", "freed"),
    [(ClientStatus.PRESCRIBED, False), (ClientStatus.ACTIVE, False), (ClientStatus.LEAD, True)],
)
def test_going_back_before_treatment_voids_what_was_planned(status: ClientStatus, freed: bool) -> None:
    changes = (since(status, -1), StatusChange(status=ClientStatus.ACTIVE, from_at=noon(0)))
    told = programme(client("c1", regimen(), status=changes), ledger=(entry(LedgerState.PLANNED, -2, 0, 2),))
    assert bool(needs_of(told, MONDAY, {}).orders) is freed


def test_a_visit_needs_no_policy_and_minors_are_visited_too() -> None:
    found = needs_of(
        programme(
            client("c1", regimen(), client_class=ClientClass.MINOR, assessment_on=MONDAY),
            policies=(policy(valid_to_on=day(-1)),),
        ),
        MONDAY,
        {},
    )
    assert [order.order_id for order in found.orders] == ["c1.assessment"]
    assert [hold.code for hold in found.holds] == [HoldCode.POLICY_MISSING]


def test_ids_of_visits_are_never_those_of_goods() -> None:
    odd = client("a", regimen(), supplies=(supply(supply_id="follow_up.x"),))
    found = needs_of(
        programme(
            odd,
            client("a.follow_up", supplies=(supply(supply_id="x"),)),
        ),
        MONDAY,
        {},
    )
    ids = [order.order_id for order in found.orders]
    assert len(set(ids)) == len(ids) == 3
    both = client("a", follow_up_on=MONDAY, supplies=(supply(supply_id="follow_up"),))
    ids = [order.order_id for order in needs_of(programme(both), MONDAY, {}).orders]
    assert len(set(ids)) == 2


def test_under_a_hold_naloxone_food_other_treatment_and_a_visit_still_go() -> None:
    # Three missed days are the prescriber's; the tablets are another treatment.
    held = regimen(last_taken_on=day(-4))
    goods = (supply(), supply(FOOD, supply_id="x2"))
    found = needs(client("c1", held, regimen(TABLETS, dose_mg=12.0), supplies=goods, follow_up_on=MONDAY))
    assert [order.order_id for order in found.orders] == ["c1.p2", "c1.x1", "c1.x2", "c1.follow_up"]
    assert [(hold.product_id, hold.code) for hold in found.holds] == [("p1", HoldCode.MISSED_DOSES)]
