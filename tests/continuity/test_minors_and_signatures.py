"""Who answers for a minor, and which numbers nobody has signed."""

import pytest

from routing.continuity import needs_of
from routing.domain.clients import ClientStatus, StatusChange
from routing.domain.orders import HoldCode, Needs, NoticeCode
from routing.domain.policies import ClientClass
from tests.continuity.stories import (
    LIQUID,
    MONDAY,
    TABLETS,
    client,
    noon,
    only_hold,
    only_order,
    policy,
    programme,
    regimen,
    supply,
)
from tests.continuity.test_consultations import doctor

FOR_MINORS = policy(client_classes=(ClientClass.MINOR, ClientClass.STABLE))


def needs(guardian: str, prescriber_id: str | None, *, required: bool = True, minor: bool = True) -> Needs:
    who = client(
        "c1",
        regimen(prescriber_id=prescriber_id),
        client_class=ClientClass.MINOR if minor else ClientClass.STABLE,
        guardian=guardian,
        supplies=(supply(),),
    )
    rule = FOR_MINORS.changed(guardian_required=required)
    return needs_of(programme(who, policies=(rule,), prescribers=(doctor(),)), MONDAY, {})


@pytest.mark.parametrize(
    ("guardian", "prescriber_id", "missing"),
    [("", None, "guardian, prescriber"), ("", "d1", "guardian"), ("an aunt", None, "prescriber")],
)
def test_a_minor_without_guardian_or_prescriber_on_record_is_held(
    guardian: str, prescriber_id: str | None, missing: str
) -> None:
    found = needs(guardian, prescriber_id)
    (hold,) = found.holds
    assert (hold.code, hold.owner, hold.params["missing"]) == (
        HoldCode.MINOR_RECORD_INCOMPLETE,
        "prescriber",
        missing,
    )
    assert [order.order_id for order in found.orders] == ["c1.x1"]  # naloxone still goes


def test_with_both_on_record_or_a_policy_that_asks_for_neither_the_doses_go() -> None:
    assert [order.order_id for order in needs("an aunt", "d1").orders] == ["c1.p1", "c1.x1"]
    assert needs("", None, required=False).holds == ()
    assert needs("", None, minor=False).holds == ()


def test_a_date_to_come_is_held_before_and_missed_doses_after() -> None:
    minor = {"client_class": ClientClass.MINOR}
    both = (regimen(last_taken_on=MONDAY.replace(day=24)), regimen(last_taken_on=MONDAY.replace(day=10)))
    codes = [
        only_hold(needs_of(programme(client("c1", taken, **minor), policies=(FOR_MINORS,)), MONDAY, {})).code
        for taken in both
    ]
    assert codes == [HoldCode.RECORD_IN_FUTURE, HoldCode.MINOR_RECORD_INCOMPLETE]


# Policies nobody has signed.


def unsigned(*regimens: object, **signed: bool) -> list[str | None]:
    rules = tuple(
        policy(product, signed_off=signed[product.product_id])
        for product in (LIQUID, TABLETS)
        if product.product_id in signed
    )
    told = programme(client("c1", *regimens), policies=rules)  # type: ignore[arg-type]
    found = needs_of(told, MONDAY, {}).notices
    return [notice.product_id for notice in found if notice.code is NoticeCode.POLICY_NOT_SIGNED_OFF]


def test_a_policy_that_is_used_and_signed_by_nobody_is_said() -> None:
    tablets = regimen(TABLETS, dose_mg=12.0)
    assert unsigned(regimen(), p1=True) == []
    assert unsigned(regimen(), p1=False) == ["p1"]
    assert unsigned(regimen(), tablets, p1=False, p2=False) == ["p1", "p2"]
    assert unsigned(regimen(), p1=True, p2=False) == []  # no tablets are taken


def test_it_is_said_once_and_names_no_policy() -> None:
    told = programme(client("c1", regimen()), client("c2", regimen()), policies=(policy(signed_off=False),))
    (notice,) = needs_of(told, MONDAY, {}).notices
    assert (notice.owner, notice.on, notice.params, notice.client_id) == ("prescriber", MONDAY, {}, None)
    assert "pol-p1" not in notice.model_dump_json()


def test_nobody_treated_uses_no_policy_and_a_missing_one_is_no_unsigned_one() -> None:
    away = StatusChange(status=ClientStatus.HOSPITAL, from_at=noon(-1))
    told = programme(client("c1", regimen(), status=(away,)), policies=(policy(signed_off=False),))
    assert needs_of(told, MONDAY, {}).notices == ()
    gone = programme(client("c1", regimen(policy_id="gone")), policies=(policy(signed_off=False),))
    assert [notice.code for notice in needs_of(gone, MONDAY, {}).notices] == []
    assert only_order(needs_of(programme(client("c1", regimen())), MONDAY, {})).days == 7
