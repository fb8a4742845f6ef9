"""Custody and stock over HTTP: two persons, accounts that add up, and what is left on the shelf.

60 mg a day at 5 mg/mL are 12 mL a dose-day: three days are 36 mL.
"""

import pytest

from tests.api.service.conftest import Service
from tests.api.service.village import Village, report, village_of

NINE, FIVE = "2026-11-23T09:00:00+08:00", "2026-11-23T17:00:00+08:00"
GOODS = [{"product_id": "p1", "quantity": 36, "from_on": "2026-11-24", "to_on": "2026-11-26"}]
BULK = [{"product_id": "p1", "quantity": 36}]
ISSUED, VOIDED, HANDED, RETURNED = (
    (state, "2026-11-24", "2026-11-26") for state in ("issued", "voided", "handed_over", "returned")
)


def step(record_id: str, kind: str = "issued", at: str = NINE, **told: object) -> dict[str, object]:
    common = {"record_id": record_id, "kind": kind, "at": at, "site_id": "s1", "volunteer_id": "v1"}
    return {**common, "client_id": "c1", "goods": GOODS, **told}


def movement(movement_id: str, kind: str, quantity: float, at: str = NINE, **told: object) -> dict[str, object]:
    return {
        "movement_id": movement_id,
        "kind": kind,
        "at": at,
        "site_id": "s1",
        "product_id": "p1",
        "quantity": quantity,
        **told,
    }


@pytest.fixture
def village(service: Service) -> Village:
    return village_of(service)


def test_what_was_issued_leaves_the_shelf_and_is_what_a_report_without_goods_means(village):
    assert village.step(step("b1"), step("b1")) == ["taken", "taken"]
    assert village.shelf() == [("", 4964)]  # 5000 - 36, once
    assert village.ledger() == [ISSUED]
    assert village.account() == {"issued": 36, "handed_over": 0, "returned": 0, "out": 36}
    village.tell(report("r1"))
    assert village.ledger() == [ISSUED, HANDED]
    assert {entry["volunteer_id"] for entry in village.document()["ledger"]} == {"v1"}
    assert village.account() == {"issued": 36, "handed_over": 36, "returned": 0, "out": 0}
    assert village.open() == []
    assert "c1" not in village.orders("2026-11-24")


def test_it_does_not_matter_whether_the_issue_or_the_report_comes_first(village):
    village.tell(report("r1"))
    assert [one["code"] for one in village.open()] == ["goods_unknown"]
    village.step(step("b1"))
    assert village.open() == []
    assert village.ledger() == [ISSUED, HANDED]


def test_what_comes_back_frees_the_dose_days(village):
    village.step(step("b1"), step("b2", "returned", FIVE))
    village.tell(report("r1", "failed"))
    assert village.account() == {"issued": 36, "handed_over": 0, "returned": 36, "out": 0}
    assert village.orders("2026-11-24")["c1"] == "2026-11-24"
    assert village.shelf() == [("", 4964)]  # what came back is not put back by itself


def test_what_is_said_to_be_handed_over_and_comes_back_all_the_same_is_a_contradiction(village):
    village.step(step("b1"))
    village.tell(report("r1"))
    village.step(step("b2", "returned", FIVE))
    assert [one["code"] for one in village.open()] == ["reports_contradict"]
    assert village.holds("2026-11-24") == {("c1", "unreconciled_delivery")}


def test_what_is_made_up_claims_nothing_yet(village):
    prepared = step("b1", "prepared")
    del prepared["volunteer_id"]
    assert village.step(prepared) == ["taken"]
    assert village.ledger() == []
    (site,) = village.ask("GET", "/custody/balances?date=2026-11-23", "dispenser").json()["sites"]
    assert (site["prepared"], site["issued"]) == (36, 0)


def test_two_who_sign_for_a_handover_are_a_report_of_it(village):
    village.step(step("b1"), step("b2", "handed_over", FIVE, witness={"volunteer_id": "v2"}))
    assert village.ledger() == [ISSUED, HANDED]
    assert village.account()["out"] == 0


@pytest.mark.parametrize(
    ("witness", "code"),
    [
        ({"user_id": "nobody"}, "witness_unknown"),
        ({"volunteer_id": "v9"}, "witness_unknown"),
        ({"volunteer_id": "v1"}, "taken"),
    ],
)
def test_the_second_person_is_known(village, witness, code):
    assert village.step(step("b1", witness=witness)) == [code]


def test_the_second_person_is_another(village):
    assert village.step(step("b1", witness={"user_id": village.user("dispenser")})) == ["witness_same_person"]
    same = step("b2", "handed_over", witness={"volunteer_id": "v1"})
    assert village.step(same) == ["witness_same_person"]
    assert village.close(user_id=village.user("dispenser")).status_code == 422
    assert village.close(volunteer_id="v1").json()["code"] == "witness_unknown"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"site_id": "s9"}, "site_unknown"),
        ({"client_id": "c9"}, "client_unknown"),
        ({"volunteer_id": "v9"}, "volunteer_unknown"),
        ({"goods": [{**GOODS[0], "product_id": "p9"}]}, "product_unknown"),
        ({"at": "2199-01-01T00:00:00+08:00"}, "event_in_future"),
        ({"on": "2026-11-20"}, "day_differs"),
        ({"kind": "returned", "on": "2026-11-20"}, "taken"),
        ({"kind": "returned", "on": "2026-11-24"}, "day_differs"),
    ],
)
def test_what_cannot_be_kept_is_said(village, changed, code):
    assert village.step(step("b1", **changed)) == [code]


def test_an_id_with_other_content_is_refused(village):
    assert village.step(step("b1"), step("b1", at=FIVE)) == ["taken", "report_id_taken"]
    assert village.move(movement("m1", "received", 5), movement("m1", "received", 6)) == ["taken", "report_id_taken"]


# 36 mL issued: all back, a tenth of a mL less, and a tenth more.
@pytest.mark.parametrize(
    ("returned", "codes"),
    [(36, []), (35.9, ["goods_unaccounted"]), (36.1, ["more_returned_than_issued"])],
)
def test_a_day_that_is_closed_shows_what_does_not_add_up(village, returned, codes):
    village.step(
        step("b1", client_id=None, goods=BULK),
        step("b2", "returned", FIVE, client_id=None, goods=[{"product_id": "p1", "quantity": returned}]),
    )
    before = [one["code"] for one in village.open()]
    assert before == [code for code in codes if code == "more_returned_than_issued"]
    assert village.close().json()["closed"] is True
    assert [one["code"] for one in village.open()] == codes
    assert [one["code"] for one in village.open()] == codes  # closing and asking change nothing more
    blocked = village.ask("GET", "/volunteers/v1", "dispenser").json().get("custody_blocked", False)
    assert blocked is bool(codes)


def test_who_has_goods_unaccounted_is_issued_no_more_until_two_have_decided(village):
    village.step(step("b1"))
    village.close()
    (found,) = village.open("dispenser")
    assert (found["code"], found["quantity"], found["product_id"]) == ("goods_unaccounted", 36, "p1")
    assert "product_id" not in village.open()[0]
    assert village.step(step("b2", client_id="c2")) == ["volunteer_blocked"]
    path = f"/discrepancies/{found['discrepancy_id']}/decision"
    alone = {"decision": "broke", "witness": {"user_id": village.user("dispenser")}}
    assert village.ask("POST", path, "dispenser", json=alone).json()["code"] == "witness_same_person"
    both = {"decision": "broke", "witness": {"user_id": village.user("dispatcher")}}
    assert village.ask("POST", path, "dispenser", json=both).status_code == 204
    assert village.open() == []
    assert village.ask("POST", path, "dispenser", json=both).json()["code"] == "decided_already"
    assert village.close().status_code == 200  # the same again
    assert village.open() == []
    assert village.step(step("b2", client_id="c2")) == ["taken"]


def test_a_late_report_adds_up_a_day_that_was_closed(village):
    village.step(step("b1"))
    village.close()
    assert [one["code"] for one in village.open()] == ["goods_unaccounted"]
    village.tell(report("r1"))
    assert village.open() == []


def test_what_is_said_of_reports_is_not_decided_by_word(village):
    village.tell(report("r1"))
    (found,) = village.open()
    sent = {"decision": "so be it", "witness": {"user_id": village.user("dispenser")}}
    path = f"/discrepancies/{found['discrepancy_id']}/decision"
    assert village.ask("POST", path, json=sent).json()["code"] == "correction_needed"
    assert village.ask("POST", "/discrepancies/none/decision", json=sent).status_code == 404


def test_a_day_to_come_is_not_closed(village):
    assert village.close("2150-01-01").json()["code"] == "day_to_come"


def test_accounts_outlive_the_client(village):
    village.step(step("b1"))
    village.tell(report("r1"))
    assert village.ask("DELETE", "/clients/c1", "clinician", headers={"If-Match": "*"}).status_code == 204
    assert village.account() == {"issued": 36, "handed_over": 36, "returned": 0, "out": 0}
    listed = village.ask("GET", "/custody?date=2026-11-23", "dispenser").json()["items"]
    assert [one["record_id"] for one in listed] == ["b1"]
    assert "client_id" not in listed[0]
    assert set(listed[0]["goods"][0]) == {"product_id", "quantity", "lot"}


def test_who_is_exposed_by_a_lost_sheet_are_those_it_was_issued_for(village):
    village.step(step("b1"), step("b2", client_id="c2", volunteer_id="v2"))
    village.tell({"report_id": "r1", "kind": "sheet_lost", "at": FIVE, "volunteer_id": "v1"})
    assert village.ask("GET", "/visits?date=2026-11-23").json()["items"][0]["exposed"] == ["c1"]


def test_more_than_lies_there_is_issued_and_shown(village):
    village.step(step("b1", client_id=None, goods=[{"product_id": "p1", "quantity": 5001}]))
    assert village.shelf() == [("", 0)]
    (found,) = village.open("dispenser")
    assert (found["code"], found["quantity"]) == ("not_in_stock", 1)


def test_what_is_received_written_off_and_moved_is_what_can_be_planned(village):
    site = {**village.document()["sites"][0], "site_id": "s2"}
    site.pop("stock")
    assert village.ask("POST", "/sites", "dispenser", json=site).status_code == 201
    assert village.move(
        movement("m1", "written_off", 4900),
        movement("m2", "received", 50, lot="A7", expires_on="2026-11-30"),
        movement("m3", "moved", 60, FIVE, to_site_id="s2"),
        movement("m4", "written_off", 91, FIVE),
    ) == ["taken", "taken", "taken", "stock_short"]
    # Lot A7 ends first and goes first: 60 = 50 of it and 10 of the 100; 90 are left, and 91 are not.
    assert village.shelf() == [("", 90), ("A7", 0)]
    assert village.shelf("s2") == [("A7", 50), ("", 10)]
    assert village.move(movement("m5", "written_off", 90, FIVE)) == ["taken"]
    day = village.ask("GET", "/days/2026-11-24", "dispenser").json()
    assert (day["orders"], [one["available"] for one in day["shortfalls"]]) == ([], [0])


def test_a_count_says_all_that_was_before_it_and_nothing_of_what_came_after(village):
    noon = "2026-11-23T12:00:00+08:00"
    assert village.move(movement("m1", "received", 100, FIVE)) == ["taken"]
    assert village.move(movement("m2", "counted", 4000, noon)) == ["taken"]  # comes late: 4000 at noon and 100 since
    assert village.shelf() == [("", 4100)]
    assert village.move(movement("m3", "received", 7, NINE), movement("m4", "written_off", 9999, NINE)) == ["taken"] * 2
    assert village.step(step("b1", at=NINE)) == ["taken"]
    assert village.shelf() == [("", 4100)]  # all three lie before the count
    assert village.move(movement("m5", "counted", 1, NINE)) == ["taken"]  # an older count
    assert village.shelf() == [("", 4100)]


def test_several_lots_are_counted_each_by_itself(village):
    village.move(movement("m1", "received", 50, lot="A7", expires_on="2027-01-31"))
    assert village.move(movement("m2", "counted", 10, FIVE)) == ["lot_needed"]
    assert village.move(movement("m3", "counted", 10, FIVE, lot="A7")) == ["taken"]
    assert village.shelf() == [("", 5000), ("A7", 10)]


def test_controlled_goods_are_counted_by_two(village):
    sent = {"movements": [movement("m1", "received", 5), movement("m2", "received", 5, product_id="p2")]}
    answer = village.ask("POST", "/stock", "dispenser", json=sent)
    assert village.outcomes(answer) == ["witness_needed", "taken"]
    listed = village.ask("GET", "/stock?date=2026-11-23", "dispenser").json()["items"]
    assert [one["movement_id"] for one in listed] == ["m2"]


def test_no_shelf_holds_more_than_a_programme_can_say(village):
    # 5,000 lie there: 999,995,000 more are a billion, and one more is too much, of whichever lot.
    assert village.move(
        movement("m1", "received", 999_995_001),
        movement("m2", "received", 999_995_000, lot="A7"),
        movement("m3", "received", 1, lot="B8"),
    ) == ["stock_too_much", "taken", "stock_too_much"]
    assert village.shelf() == [("", 5000), ("A7", 999_995_000)]


def test_nothing_is_moved_to_where_it_would_be_too_much(village):
    site = {**village.document()["sites"][0], "site_id": "s2"}
    site["stock"] = [{"product_id": "p1", "quantity": 1_000_000_000 - 60}]
    assert village.ask("POST", "/sites", "dispenser", json=site).status_code == 201
    assert village.move(
        movement("m1", "moved", 60.000001, to_site_id="s2"), movement("m2", "moved", 60, to_site_id="s2")
    ) == ["stock_too_much", "taken"]
    assert village.shelf("s2") == [("", 1_000_000_000)]


def test_a_count_that_comes_late_adds_what_was_received_since_up_to_that_much(village):
    # 100 were received at five; so many and 100 are a billion at most.
    assert village.move(
        movement("m1", "received", 100, FIVE),
        movement("m2", "counted", 999_999_901),
        movement("m3", "counted", 999_999_900),
    ) == ["taken", "stock_too_much", "taken"]
    assert village.shelf() == [("", 1_000_000_000)]
