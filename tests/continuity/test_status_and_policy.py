"""Rules 1 and 2: whose orders are made, and by which policy."""

from datetime import UTC, date, datetime

import pytest

from routing.continuity import needs_of
from routing.continuity.policies import Policies
from routing.domain.clients import Client, ClientStatus, DoseStep, Regimen, StatusChange
from routing.domain.orders import HoldCode
from routing.domain.policies import ClientClass, Policy
from tests.continuity.stories import (
    CONTROLLED_ITEM,
    MONDAY,
    client,
    day,
    needs,
    noon,
    only_hold,
    only_order,
    policy,
    programme,
    regimen,
    supply,
)


def choose_policy(policies: tuple[Policy, ...], who: Client, taken: Regimen, on: date) -> Policy | None:
    return Policies(policies, on).choose(who, taken)


def _with_status(*changes: StatusChange) -> int:
    told = programme(client("c1", regimen(), status=changes))
    return len(needs_of(told, MONDAY, {}).orders)


@pytest.mark.parametrize("status", list(ClientStatus))
def test_only_who_is_prescribed_for_or_active_gets_treatment(status: ClientStatus) -> None:
    treated = status in {ClientStatus.PRESCRIBED, ClientStatus.ACTIVE}
    assert _with_status(StatusChange(status=status, from_at=noon(-1))) == treated


def test_the_status_that_begins_last_before_the_end_of_the_day_holds() -> None:
    # Monday ends at 16:00 UTC in Denpasar; 15:59:59 is Monday still, 16:00 is Tuesday.
    last = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    first = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert _with_status(StatusChange(status=ClientStatus.HOSPITAL, from_at=last)) == 0
    assert _with_status(StatusChange(status=ClientStatus.HOSPITAL, from_at=first)) == 1


def test_the_list_of_statuses_need_not_be_in_order() -> None:
    hospital = StatusChange(status=ClientStatus.HOSPITAL, from_at=noon(-5))
    back = StatusChange(status=ClientStatus.ACTIVE, from_at=noon(-1))
    assert _with_status(back, hospital) == 1


def test_a_lead_gets_supplies_but_nothing_controlled_and_no_treatment() -> None:
    lead = client(
        "c1",
        regimen(),
        status=(StatusChange(status=ClientStatus.LEAD, from_at=noon(-1)),),
        supplies=(supply(), supply(CONTROLLED_ITEM, supply_id="x2")),
    )
    found = needs_of(programme(lead), MONDAY, {})
    assert [order.order_id for order in found.orders] == ["c1.x1"]
    assert [(hold.product_id, hold.code) for hold in found.holds] == [
        ("p1", HoldCode.NOT_PRESCRIBED),
        ("p7", HoldCode.NOT_PRESCRIBED),
    ]


def test_a_missing_policy_refuses() -> None:
    ended = policy(valid_to_on=day(-1))
    assert only_hold(needs(regimen(), rule=ended)).code is HoldCode.POLICY_MISSING
    assert only_order(needs(regimen(), rule=policy(valid_to_on=MONDAY)))


def test_a_policy_named_but_not_in_force_is_missing_although_another_would_do() -> None:
    told = programme(
        client("c1", regimen(policy_id="old")),
        policies=(policy(policy_id="old", valid_to_on=day(-1)), policy(policy_id="new")),
    )
    assert only_hold(needs_of(told, MONDAY, {})).code is HoldCode.POLICY_MISSING


def test_a_policy_for_the_class_comes_before_one_for_all_and_minors_get_no_default() -> None:
    for_all = policy(policy_id="all", valid_from_on=day(-1))
    for_new = policy(policy_id="new", client_classes=(ClientClass.NEW,))
    chosen = choose_policy((for_all, for_new), client(client_class=ClientClass.NEW), regimen(), MONDAY)
    assert chosen is for_new
    assert choose_policy((for_all, for_new), client(), regimen(), MONDAY) is for_all
    assert choose_policy((for_all, for_new), client(client_class=ClientClass.MINOR), regimen(), MONDAY) is None


def test_of_several_policies_the_latest_then_the_smallest_id() -> None:
    older, b, a = (
        policy(policy_id="0", valid_from_on=day(-9)),
        policy(policy_id="b", valid_from_on=day(-3)),
        policy(policy_id="a", valid_from_on=day(-3)),
    )
    assert choose_policy((older, b, a), client(), regimen(), MONDAY) is a


def test_a_policy_begins_on_its_first_day() -> None:
    assert choose_policy((policy(valid_from_on=MONDAY),), client(), regimen(), MONDAY)
    assert choose_policy((policy(valid_from_on=day(1)),), client(), regimen(), MONDAY) is None


@pytest.mark.parametrize(("last", "held"), [(-1, 0), (0, 1)])
def test_what_has_ended_needs_no_policy(last: int, held: int) -> None:
    steps = (DoseStep(from_on=day(-9), to_on=day(last), dose_mg=60.0),)
    assert len(needs(regimen(steps=steps), rule=policy(valid_to_on=day(-1))).holds) == held


def test_the_hold_does_not_name_the_policy_asked_for():
    # A pack's ids tell the medicine ("indonesia_methadone_2020..."), and holds stand in plans.
    expired = policy(valid_to_on=day(-1))
    hold = only_hold(needs(regimen(policy_id=expired.policy_id), rule=expired))
    assert hold.code is HoldCode.POLICY_MISSING
    assert expired.policy_id not in hold.model_dump_json()
