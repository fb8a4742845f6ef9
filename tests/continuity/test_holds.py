"""Rules 6 and 7: each hold below, at and above its limit."""

from datetime import UTC, datetime
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.clients import Clearance, DoseStep
from routing.domain.orders import HoldCode, Needs, Tier
from routing.domain.policies import Phase
from tests.continuity.stories import (
    MONDAY,
    PACKS,
    TB,
    client,
    day,
    needs,
    noon,
    only_hold,
    only_order,
    policy,
    programme,
    regimen,
)

# With 1 to resume and 2 with a clearance; last taken k+1 days ago means k missed.
CLEARED = Clearance(by="nurse", at=noon(0))


def _missed(count: int, **fields: Any) -> Needs:
    return needs(regimen(last_taken_on=day(-1 - count), **fields))


@pytest.mark.parametrize(("count", "tier"), [(0, Tier.T1), (1, Tier.T0A)])  # tomorrow's needs a clearance
def test_doses_go_on_up_to_the_first_threshold(count: int, tier: Tier) -> None:
    assert only_order(_missed(count)).tier is tier


def test_between_the_thresholds_a_clearance_of_the_day_is_needed() -> None:
    hold = only_hold(_missed(2))
    assert (hold.code, hold.owner, hold.params["missed"]) == (HoldCode.CLEARANCE_NEEDED, "dispenser", 2)
    assert only_order(_missed(2, clearance=CLEARED)).tier is Tier.T0A
    stale = Clearance(by="nurse", at=noon(-1))
    assert only_hold(_missed(2, clearance=stale)).code is HoldCode.CLEARANCE_NEEDED


def test_a_clearance_is_dated_in_the_programmes_zone() -> None:
    # 17:00 UTC on Sunday is 01:00 on Monday in Denpasar.
    night = Clearance(by="nurse", at=datetime(2026, 11, 22, 17, tzinfo=UTC))
    assert only_order(_missed(2, clearance=night))


@pytest.mark.parametrize(("count", "decision"), [(3, "release"), (4, "release"), (5, "restart, or end")])
def test_beyond_the_thresholds_only_the_prescriber_decides(count: int, decision: str) -> None:
    hold = only_hold(_missed(count, clearance=CLEARED))
    assert (hold.code, hold.owner) == (HoldCode.MISSED_DOSES, "prescriber")
    assert hold.decision.startswith(decision)
    assert hold.deadline_at == datetime(2026, 11, 23, 8, tzinfo=UTC)  # 10:00 + 6 h = 16:00 in Denpasar


def test_without_an_entry_for_the_phase_any_missed_day_is_held() -> None:
    assert only_hold(_missed(1, phase=Phase.COURSE)).code is HoldCode.MISSED_DOSES
    # None missed yet, but one more would be held: the most urgent tier.
    assert only_order(_missed(0, phase=Phase.COURSE)).tier is Tier.T0A
    # Where nobody knows the last dose, nobody knows of a threshold.
    assert only_order(needs(regimen(phase=Phase.COURSE))).tier is Tier.T1


def test_an_unknown_last_dose_counts_as_none_missed() -> None:
    assert only_order(needs(regimen())).tier is Tier.T1


def test_doses_at_home_and_days_missed_is_a_surplus() -> None:
    late = regimen(doses=2, last_taken_on=day(-2))
    assert only_hold(needs(late)).code is HoldCode.SURPLUS_AT_HOME
    assert not needs(regimen(doses=2, last_taken_on=day(-1))).holds


def test_the_prescribers_hold() -> None:
    hold = only_hold(needs(regimen(prescriber_hold=True)))
    assert (hold.code, hold.owner) == (HoldCode.PRESCRIBER_HOLD, "prescriber")
    assert hold.decision == "release, change dose, or restart"


def test_the_review_is_due_on_its_day() -> None:
    assert only_order(needs(regimen(review_on=day(1)))).days == 1
    assert only_hold(needs(regimen(review_on=MONDAY))).code is HoldCode.REVIEW_DUE


def test_a_prescription_that_ends_before_the_first_dose_wanted() -> None:
    assert only_order(needs(regimen(prescription_ends_on=MONDAY))).days == 1
    assert only_hold(needs(regimen(prescription_ends_on=day(-1)))).code is HoldCode.PRESCRIPTION_ENDED
    # Two at home reach to its end: held only once a refill might come (run-out Wednesday, two days early).
    ends = regimen(doses=2, prescription_ends_on=day(1))
    assert needs(ends, rule=policy(early_days=1)).holds == ()
    assert only_hold(needs(ends, rule=policy(early_days=2))).code is HoldCode.PRESCRIPTION_ENDED


@pytest.mark.parametrize(
    ("phase", "allowed"), [(Phase.MAINTENANCE, "remote_renewal"), (Phase.INDUCTION, "remote_initiation")]
)
def test_a_prescription_at_a_distance_needs_the_policys_leave(phase: Phase, allowed: str) -> None:
    remote = regimen(remote=True, phase=phase)
    both = {"remote_renewal", "remote_initiation"}
    refused = only_hold(needs(remote, rule=policy().changed(**dict.fromkeys(both - {allowed}, True))))
    assert refused.code is HoldCode.PRESCRIPTION_CHANNEL_NOT_PERMITTED
    assert only_order(needs(remote, rule=policy().changed(**{allowed: True})))


def test_hcv_treatment_beside_tb_treatment_is_held() -> None:
    rules = (
        policy(PACKS, max_days_a_delivery=28, max_days_on_hand=28),
        policy(TB, max_days_a_delivery=28, max_days_on_hand=28),
    )
    both = programme(client("c1", regimen(PACKS), regimen(TB)), policies=rules)
    found = needs_of(both, MONDAY, {})
    assert [(hold.product_id, hold.code) for hold in found.holds] == [("p3", HoldCode.HCV_WITH_RIFAMPICIN)]
    assert [order.product_id for order in found.orders] == ["p4"]
    last_day = programme(client("c1", regimen(PACKS), regimen(TB, steps=(_until(0),))), policies=rules)
    assert [hold.product_id for hold in needs_of(last_day, MONDAY, {}).holds] == ["p3"]
    over = regimen(TB, steps=(_until(-1),))
    after = programme(client("c1", regimen(PACKS), over), policies=rules)
    assert [order.product_id for order in needs_of(after, MONDAY, {}).orders] == ["p3"]


def _until(offset: int) -> DoseStep:
    return DoseStep(from_on=day(-90), to_on=day(offset))


def test_only_the_first_hold_is_said_and_it_names_no_dose() -> None:
    hold = only_hold(needs(regimen(prescriber_hold=True, review_on=MONDAY)))
    assert hold.code is HoldCode.PRESCRIBER_HOLD
    assert "60" not in hold.message
    assert "methadone" not in hold.message.lower()
