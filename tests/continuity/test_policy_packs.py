"""From the name of a pack in a programme's file to what a client gets on Monday 23 November 2026."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.loading import load_programme
from routing.domain.orders import HoldCode, Needs

MONDAY = date(2026, 11, 23)
LIQUID = {"product_id": "p1", "kind": "methadone", "form": "liquid", "strength_mg_per_ml": 5, "controlled": True}
TABLETS = {"product_id": "p2", "kind": "buprenorphine", "form": "tablet", "tablets_mg": [2, 8], "controlled": True}
COMBINED = {**TABLETS, "product_id": "p3", "kind": "buprenorphine_naloxone"}
ART = {"product_id": "p4", "kind": "art", "form": "pack", "pack_days": 30}
TB = {"product_id": "p5", "kind": "tb", "form": "pack", "pack_days": 28}
PLACE = {"location": {"lon": 115.2, "lat": -8.6}}


def regimen(product: dict[str, Any], doses: int = 0, **fields: Any) -> dict[str, Any]:
    """8 mg of tablets, 60 mg of anything else, a day; so many doses at home on Monday."""
    dose_mg = 8 if product["form"] == "tablet" else 60
    return {
        "product_id": product["product_id"],
        "site_id": "s1",
        "steps": [{"from_on": "2026-01-01", "dose_mg": dose_mg}],
        "home": {"doses": doses, "as_of_on": str(MONDAY)},
        **fields,
    }


def client(client_id: str, *regimens: dict[str, Any], client_class: str = "stable") -> dict[str, Any]:
    return {
        "client_id": client_id,
        "code_name": client_id,
        "client_class": client_class,
        "place": PLACE,
        "regimens": list(regimens),
    }


def needs(packs: list[str], *clients: dict[str, Any], on: date = MONDAY, **keys: Any) -> Needs:
    """Return what the clients of a programme that names some packs need."""
    usual = {"name": "", "purpose": "medicine", "mass_g": 40, "volume_ml": 60}
    products = [usual | product for product in (LIQUID, TABLETS, COMBINED, ART, TB)]
    site = {
        "site_id": "s1",
        "name": "store",
        "place": PLACE,
        "hours": [{"from_time": "08:00", "to_time": "15:00"}],
        "stock": [{"product_id": product["product_id"], "quantity": 9999} for product in products],
    }
    raw = {
        "schema": "doorstep.programme/1",
        "programme_id": "story",
        "name": "",
        "timezone": "Asia/Makassar",
        "products": products,
        "sites": [site],
        "clients": list(clients),
        "policy_packs": packs,
        **keys,
    }
    return needs_of(load_programme(json.dumps(raw).encode()), on, {})


def days(found: Needs) -> list[int]:
    assert not found.holds
    return [order.days for order in found.orders]


def test_indonesia_seven_allowed_three_affordable_two_visits_leave_a_day():
    found = needs(["indonesia_methadone_2020"], client("c1", regimen(LIQUID)))
    (order,) = found.orders
    (gap,) = found.gaps
    # 23, 24, 25 are paid for; two visits a week are four days apart: the next is on the 27th
    assert (order.days, order.binding_cap, order.policy_id) == (
        3,
        "affordable_days",
        "indonesia_methadone_2020.take_home.p1",
    )
    assert order.source.startswith("S4")
    assert (gap.from_on, gap.to_on) == (date(2026, 11, 26), date(2026, 11, 26))


def test_indonesia_with_a_subsidy_nothing_stays_uncovered():
    found = needs(["indonesia_methadone_2020"], client("c1", regimen(LIQUID, subsidised=True)))
    # four days to the visit of the 27th and one of buffer
    assert (days(found), found.gaps) == ([5], ())


@pytest.mark.parametrize(("doses", "brought"), [(0, 20), (3, 17), (5, 15), (6, None)])
def test_sikkim_refills_bring_fifteen_to_twenty_days(doses: int, brought: int | None):
    # 20 at home at most; a refill may come when five are left
    found = needs(["sikkim_ost_2020"], client("c1", regimen(TABLETS, doses)))
    assert days(found) == ([] if brought is None else [brought])


def test_sikkim_a_prescription_that_ends_sooner_is_served_as_far_as_it_goes():
    found = needs(["sikkim_ost_2020"], client("c1", regimen(TABLETS, prescription_ends_on="2026-12-02")))
    assert days(found) == [10]  # 23 November to 2 December


def test_mizoram_a_course_of_ten_days_takes_two_visits():
    course = regimen(TABLETS, phase="course", steps=[{"from_on": "2026-11-23", "to_on": "2026-12-02", "dose_mg": 8}])
    unregistered = client("c1", course, client_class="unregistered")
    assert days(needs(["mizoram_buprenorphine_2020"], unregistered)) == [7]
    course["home"] = {"doses": 1, "as_of_on": "2026-11-29"}  # the seventh day's, before it is taken
    assert days(needs(["mizoram_buprenorphine_2020"], unregistered, on=date(2026, 11, 29))) == [3]


@pytest.mark.parametrize(
    ("pack", "product", "brought"),
    [
        ("india_ost_take_home_2020", LIQUID, 7),
        ("india_ost_take_home_2020", TABLETS, 7),
        ("punjab_take_home_2020", COMBINED, 14),
        ("indonesia_art_2020", ART, 30),
        ("india_art_2020", ART, 90),
        ("india_tb_2020", TB, 28),  # a month of 30 holds one pack of 28
        ("who_art_2020", ART, 180),
    ],
)
def test_a_first_delivery_brings_what_the_pack_allows(pack: str, product: dict[str, Any], brought: int):
    assert days(needs([pack], client("c1", regimen(product)))) == [brought]


def test_india_art_somebody_with_a_month_left_gets_their_three_months():
    assert days(needs(["india_art_2020"], client("c1", regimen(ART, 30)))) == [90]


@pytest.mark.parametrize(("at_home", "tier"), [(31, "T4"), (30, "T3")])
def test_who_a_visit_falls_due_with_thirty_days_in_hand(at_home: int, tier: str):
    (order,) = needs(["who_art_2020"], client("c1", regimen(ART, at_home))).orders
    assert order.tier == tier


@pytest.mark.parametrize("client_class", ["new", "unregistered", "minor", "custody"])
def test_whom_a_pack_does_not_speak_of_is_held(client_class: str):
    found = needs(["indonesia_methadone_2020"], client("c1", regimen(LIQUID), client_class=client_class))
    assert [(hold.code, hold.product_id) for hold in found.holds] == [(HoldCode.POLICY_MISSING, "p1")]
    assert not found.orders


def test_a_missing_policy_holds_that_client_and_product_alone():
    # no pack named is about combined tablets, nor about anybody new: all else is planned
    found = needs(
        ["indonesia_methadone_2020", "india_tb_2020"],
        client("c1", regimen(LIQUID), regimen(TB)),
        client("c2", regimen(COMBINED), regimen(TB)),
        client("c3", regimen(LIQUID), client_class="new"),
    )
    assert [(hold.client_id, hold.product_id, hold.code) for hold in found.holds] == [
        ("c2", "p3", HoldCode.POLICY_MISSING),
        ("c3", "p1", HoldCode.POLICY_MISSING),
    ]
    assert [(order.client_id, order.product_id) for order in found.orders] == [("c1", "p1"), ("c1", "p5"), ("c2", "p5")]


@pytest.mark.parametrize(
    ("product", "missed", "code"),
    [
        # methadone: one goes on, two with a clearance of the day, three and more are the prescriber's
        (LIQUID, 1, None),
        (LIQUID, 2, HoldCode.CLEARANCE_NEEDED),
        (LIQUID, 3, HoldCode.MISSED_DOSES),
        # buprenorphine: three go on, four and five with a clearance, six and more are the prescriber's
        (TABLETS, 3, None),
        (TABLETS, 4, HoldCode.CLEARANCE_NEEDED),
        (TABLETS, 5, HoldCode.CLEARANCE_NEEDED),
        (TABLETS, 6, HoldCode.MISSED_DOSES),
    ],
)
def test_india_missed_days_by_product(product: dict[str, Any], missed: int, code: HoldCode | None):
    late = regimen(product, last_taken_on=str(MONDAY - timedelta(days=missed + 1)))
    found = needs(["india_ost_take_home_2020"], client("c1", late))
    assert [hold.code for hold in found.holds] == ([] if code is None else [code])
    cleared = late | {"clearance": {"by": "the dispenser", "at": "2026-11-23T08:00:00+08:00"}}
    again = needs(["india_ost_take_home_2020"], client("c1", cleared))
    assert bool(again.orders) is (code is not HoldCode.MISSED_DOSES)


@pytest.mark.parametrize(("missed", "decision"), [(4, "release"), (5, "restart")])
def test_india_methadone_from_five_missed_days_on_treatment_starts_anew(missed: int, decision: str):
    late = regimen(LIQUID, last_taken_on=str(MONDAY - timedelta(days=missed + 1)))
    (hold,) = needs(["india_ost_take_home_2020"], client("c1", late)).holds
    assert hold.decision.startswith(decision)


@pytest.mark.parametrize("phase", ["induction", "course"])
@pytest.mark.parametrize(("missed", "held"), [(0, False), (1, True)])
def test_india_in_induction_and_courses_any_missed_day_is_the_prescribers(phase: str, missed: int, held: bool):
    late = regimen(LIQUID, phase=phase, last_taken_on=str(MONDAY - timedelta(days=missed + 1)))
    found = needs(["india_ost_take_home_2020"], client("c1", late))
    assert [(hold.code, hold.owner) for hold in found.holds] == [(HoldCode.MISSED_DOSES, "prescriber")] * held


def test_nothing_is_planned_on_a_day_before_the_pack_holds():
    last_day_without = date(2020, 5, 4) - timedelta(days=1)
    course = regimen(TABLETS, phase="course", steps=[{"from_on": "2020-05-01", "dose_mg": 8}])
    course["home"] = {"doses": 0, "as_of_on": "2020-05-03"}
    unregistered = client("c1", course, client_class="unregistered")
    before = needs(["mizoram_buprenorphine_2020"], unregistered, on=last_day_without)
    assert [hold.code for hold in before.holds] == [HoldCode.POLICY_MISSING]
    assert days(needs(["mizoram_buprenorphine_2020"], unregistered, on=date(2020, 5, 4))) == [7]
