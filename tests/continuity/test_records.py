"""Rules 3 to 7 where people's records differ, change or contradict each other; hand-computed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.clients import (
    Clearance,
    ClientStatus,
    Confidence,
    DoseChange,
    DoseStep,
    HomeSupply,
    StatusChange,
)
from routing.domain.ledger import LedgerEntry, LedgerState
from routing.domain.orders import HoldCode, Needs, Tier
from tests.continuity.stories import (
    MONDAY,
    TABLETS,
    client,
    day,
    entry,
    needs,
    noon,
    only_hold,
    only_order,
    policy,
    programme,
    regimen,
)

EARLY = policy(early_days=6)


def _home(doses: int, **fields: Any) -> HomeSupply:
    return HomeSupply(**{"doses": doses, "as_of_on": MONDAY, **fields})


# What is at home: a range, and what the records say.


def test_urgency_goes_by_the_fewest_doses_and_caps_by_the_most() -> None:
    # Two to four at home: run-out by two is Wednesday; four cover Monday to Thursday, so Friday is brought first;
    # 6 on hand - 4 leave two days.
    rule = policy(early_days=6, buffer_days=2, max_days_on_hand=6)
    order = only_order(needs(regimen(home=_home(3, least=2, most=4)), rule=rule))
    assert (order.run_out_on, order.due_on, order.earliest_on) == (day(2), MONDAY, day(-4))
    assert (order.covers_from_on, order.covers_to_on, order.days) == (day(4), day(5), 2)
    assert order.latest_safe_at == datetime(2026, 11, 25, 8, tzinfo=UTC)
    sure = only_order(needs(regimen(home=_home(3)), rule=rule))
    assert (sure.run_out_on, sure.covers_from_on, sure.days) == (day(3), day(3), 3)


def test_perhaps_nothing_at_home_is_as_urgent_as_nothing() -> None:
    order = only_order(needs(regimen(home=_home(1, least=0)), rule=EARLY))
    assert (order.tier, order.run_out_on, order.covers_from_on) == (Tier.T1, MONDAY, day(1))


@pytest.mark.parametrize(
    ("expected", "code"), [(None, None), (3, None), (2, "surplus_at_home"), (4, "shortfall_at_home")]
)
def test_a_count_that_differs_from_the_records_is_held(expected: int | None, code: str | None) -> None:
    found = needs(regimen(home=_home(3, expected=expected)), rule=EARLY)
    assert [hold.code for hold in found.holds] == ([] if code is None else [code])
    if code == "shortfall_at_home":
        (hold,) = found.holds
        assert (hold.owner, hold.params) == ("dispenser", {"missing": 1})
        assert hold.deadline_at == datetime(2026, 11, 26, 8, tzinfo=UTC)  # three at home: run-out Thursday


def test_the_worse_of_missed_days_reported_and_computed_counts() -> None:
    # Two counted on Saturday where none should be; they covered Saturday and Sunday: nothing is left, two were missed.
    late = HomeSupply(doses=2, as_of_on=day(-2), expected=0)
    hold = only_hold(needs(regimen(home=late, last_taken_on=day(-1))))
    assert (hold.code, hold.params["missed"]) == (HoldCode.CLEARANCE_NEEDED, 2)
    worse = only_hold(needs(regimen(home=late, last_taken_on=day(-4))))
    assert (worse.code, worse.params["missed"]) == (HoldCode.MISSED_DOSES, 3)


@pytest.mark.parametrize("fields", [{"least": 3}, {"most": 1}, {"least": 1, "confidence": Confidence.COUNTED}])
def test_impossible_ranges_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"least|most"):
        _home(2, **fields)
    with pytest.raises(ValueError, match="computed"):
        _home(2, expected=2, confidence=Confidence.COMPUTED)


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        ({"home": _home(0, as_of_on=MONDAY)}, False),
        ({"home": _home(0, as_of_on=day(1))}, True),
        ({"last_taken_on": MONDAY}, False),
        ({"last_taken_on": day(1)}, True),
    ],
)
def test_dates_to_come_are_no_records(fields: dict[str, Any], held: bool) -> None:
    found = needs(regimen(**fields))
    assert [hold.code for hold in found.holds] == [HoldCode.RECORD_IN_FUTURE] * held


def test_bad_data_of_one_client_never_stops_the_others() -> None:
    bad = (
        client("a", regimen(home=_home(0, as_of_on=day(9)))),
        client("b", regimen(dose_mg=60.25)),
        client("c", regimen(TABLETS, dose_mg=0.1)),
        client("d", regimen(steps=(DoseStep(from_on=day(-9), to_on=day(-1), dose_mg=60.0),))),
        client("e", regimen(policy_id="gone")),
    )
    found = needs_of(programme(*bad, client("f", regimen())), MONDAY, {})
    assert [(hold.client_id, hold.code) for hold in found.holds] == [
        ("a", HoldCode.RECORD_IN_FUTURE),
        ("b", HoldCode.DOSE_NOT_MEASURABLE),
        ("c", HoldCode.DOSE_NOT_MEASURABLE),
        ("e", HoldCode.POLICY_MISSING),
    ]
    assert [order.client_id for order in found.orders] == ["f"]


# Reviews and approvals.


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"reviewed_on": day(-7)}, 3),  # 7 days ago + 10 is Thursday: Monday to Wednesday
        ({"reviewed_on": day(-7), "review_on": day(2)}, 2),  # the earlier
        ({"reviewed_on": day(-7), "review_on": day(5)}, 3),
        ({"reviewed_on": day(-9)}, 1),
        ({"reviewed_on": day(-10)}, 0),
        ({}, 0),  # since the first step, of January
        ({"steps": (DoseStep(from_on=day(-8), dose_mg=60.0),)}, 2),
    ],
)
def test_a_review_falls_due_so_long_after_the_last(fields: dict[str, Any], days: int) -> None:
    found = needs(regimen(**fields), rule=policy(review_interval_days=10))
    if days:
        assert (only_order(found).days, only_order(found).binding_cap) == (days, "review_on")
    else:
        assert only_hold(found).code is HoldCode.REVIEW_DUE


def test_each_delivery_waits_for_the_prescribers_approval() -> None:
    rule = policy(prescriber_approval=True, early_days=2)

    def given(at: datetime | None, *ledger: LedgerEntry, doses: int = 0) -> Needs:
        word = None if at is None else Clearance(by="Dr A", at=at)
        return needs(regimen(doses=doses, approval=word), rule=rule, ledger=ledger)

    hold = only_hold(given(None))
    assert (hold.code, hold.owner, hold.decision) == (HoldCode.APPROVAL_NEEDED, "prescriber", "approve, or refuse")
    assert only_order(given(noon(-9)))
    assert only_order(given(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)))  # 23:59 in Denpasar
    assert only_hold(given(datetime(2026, 11, 23, 16, tzinfo=UTC)))  # tomorrow
    last = entry(LedgerState.HANDED_OVER, -3, -3, -1)
    assert only_hold(given(noon(-3), last))  # given for that delivery, at the latest
    assert only_order(given(noon(-2), last))
    assert only_order(given(noon(-3), entry(LedgerState.RETURNED, -2, -3, -1)))
    assert only_hold(given(noon(-3), entry(LedgerState.DISPENSED_AT_SITE, -2, -3, -1)))
    # Nobody is asked before a refill may come: run-out Wednesday, two days early; Thursday is too far.
    assert only_hold(given(None, doses=2)).code is HoldCode.APPROVAL_NEEDED
    assert given(None, doses=3).holds == ()


def test_the_prescriber_who_decides_is_named_in_what_they_have_to_decide() -> None:
    assert only_hold(needs(regimen(prescriber_hold=True, prescriber_id="d1"))).params == {"prescriber_id": "d1"}
    assert only_hold(needs(regimen(prescriber_hold=True))).params == {}
    assert "prescriber_id" not in only_hold(needs(regimen(home=_home(1, expected=2), prescriber_id="d1"))).params


# A dose that changes while supply is at home.


@pytest.mark.parametrize(
    ("doses", "changed", "decision", "owner"),
    [
        (3, 2, None, "prescriber"),  # Monday to Wednesday at home, new from Wednesday
        (1, 0, None, "prescriber"),
        (3, 3, None, None),  # the new dose begins when the old supply ends
        (3, 2, DoseChange.USE_UP, None),
        (3, 2, DoseChange.TOP_UP, "prescriber"),  # nobody wrote down the dose before: no difference is known
        (3, 2, DoseChange.SWAP, "dispatcher"),  # nor what to fetch
        (0, 0, None, None),
        (3, -1, None, "prescriber"),  # counted after the change, and nothing handed over since it
        (3, 0, None, "prescriber"),
    ],
)
def test_a_changed_dose_holds_while_older_doses_are_at_home(
    doses: int, changed: int, decision: DoseChange | None, owner: str | None
) -> None:
    found = needs(regimen(doses=doses, dose_changed_on=day(changed), dose_change=decision), rule=EARLY)
    assert [(hold.code, hold.owner) for hold in found.holds] == ([(HoldCode.DOSE_CHANGED, owner)] if owner else [])


@pytest.mark.parametrize(
    ("state", "at", "last", "held"),
    [
        (LedgerState.HANDED_OVER, -1, 2, True),  # handed over before the change, for Wednesday too
        (LedgerState.HANDED_OVER, -1, 1, False),
        (LedgerState.HANDED_OVER, 0, 2, True),
        (LedgerState.ISSUED, 0, 2, True),
        (LedgerState.ISSUED, 0, 1, False),
        (LedgerState.DISPENSED_AT_SITE, 0, 2, False),
    ],
)
def test_a_changed_dose_holds_while_older_parcels_are_out(state: LedgerState, at: int, last: int, held: bool) -> None:
    home = HomeSupply(doses=0, as_of_on=day(-1))
    found = needs(
        regimen(home=home, dose_changed_on=day(2)), rule=EARLY, ledger=(entry(state, at, 0, last, quantity=1.0),)
    )
    assert [hold.code for hold in found.holds] == [HoldCode.DOSE_CHANGED] * held


def test_goods_made_ready_on_the_day_of_the_change_are_of_the_new_dose() -> None:
    home = HomeSupply(doses=0, as_of_on=day(-1))
    for state in (LedgerState.HANDED_OVER, LedgerState.ISSUED):
        ledger = (entry(state, 0, 0, 2),)
        assert needs(regimen(home=home, dose_changed_on=MONDAY), rule=EARLY, ledger=ledger).holds == ()


# The ledger.


def test_a_collection_at_the_counter_voids_the_whole_parcel() -> None:
    parcel = entry(LedgerState.ISSUED, -1, 0, 4)
    fetched = entry(LedgerState.DISPENSED_AT_SITE, 0, 0, 1)
    order = only_order(needs(regimen(), rule=EARLY, ledger=(parcel, fetched)))
    assert order.run_out_on == day(2)
    # Of other days, or before the parcel was planned: it still waits for a word.
    other = entry(LedgerState.DISPENSED_AT_SITE, 0, 5, 6)
    assert only_hold(needs(regimen(), ledger=(parcel, other))).code is HoldCode.UNRECONCILED_DELIVERY
    before = entry(LedgerState.DISPENSED_AT_SITE, -2, 0, 1)
    assert only_hold(needs(regimen(), ledger=(parcel, before))).code is HoldCode.UNRECONCILED_DELIVERY
    # What was handed over is at home, whatever is fetched later.
    home = HomeSupply(doses=0, as_of_on=day(-1))
    both = (entry(LedgerState.HANDED_OVER, -1, 0, 4), fetched)
    assert only_order(needs(regimen(home=home), rule=EARLY, ledger=both)).run_out_on == day(5)


@pytest.mark.parametrize(
    ("state", "planned_at", "freed"),
    [(LedgerState.PLANNED, -3, True), (LedgerState.PLANNED, -1, False), (LedgerState.ISSUED, -3, False)],
)
def test_a_change_of_status_voids_what_was_planned_before(state: LedgerState, planned_at: int, freed: bool) -> None:
    # In hospital from Saturday noon to Sunday noon; Monday to Wednesday had been planned.
    status = (
        StatusChange(status=ClientStatus.HOSPITAL, from_at=noon(-2)),
        StatusChange(status=ClientStatus.ACTIVE, from_at=noon(-1)),
    )
    told = programme(client("c1", regimen(), status=status), ledger=(entry(state, planned_at, 0, 2),))
    found = needs_of(told, MONDAY, {})
    assert bool(found.orders) is freed
    assert [hold.code for hold in found.holds] == [HoldCode.UNRECONCILED_DELIVERY] * (not freed)


def test_what_was_planned_at_the_instant_of_the_change_is_void_and_a_change_to_come_voids_nothing() -> None:
    def held(*changes: StatusChange) -> int:
        told = programme(client("c1", regimen(), status=changes), ledger=(entry(LedgerState.PLANNED, -2, 0, 2),))
        return len(needs_of(told, MONDAY, {}).holds)

    back = StatusChange(status=ClientStatus.ACTIVE, from_at=noon(-1))
    assert held(StatusChange(status=ClientStatus.PAUSED, from_at=noon(-2)), back) == 0
    assert held(StatusChange(status=ClientStatus.PAUSED, from_at=noon(1))) == 1
    assert held(back) == 1


def test_late_and_repeated_reports_change_nothing() -> None:
    home = HomeSupply(doses=0, as_of_on=day(-1))
    issued, given = entry(LedgerState.ISSUED, -1, 0, 2), entry(LedgerState.HANDED_OVER, 0, 0, 2)
    first = needs(regimen(home=home), rule=EARLY, ledger=(issued, given))
    assert only_order(first).run_out_on == day(3)
    assert needs(regimen(home=home), rule=EARLY, ledger=(given, issued, given, issued)) == first
