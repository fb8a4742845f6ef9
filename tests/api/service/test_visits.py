"""Reports over HTTP: what they leave in the ledger, for tomorrow, and for whom they are shown."""

import pytest

from tests.api.service.conftest import Service
from tests.api.service.village import Village, report, village_of

ROLES = ("clinician", "dispenser", "dispatcher")
DAYS = {"product_id": "p1", "from_on": "2026-11-24", "to_on": "2026-11-26", "quantity": 36}


@pytest.fixture
def village(service: Service) -> Village:
    return village_of(service)


def test_a_visit_reported_done_is_at_home_tomorrow(village):
    # One dose at home on the 23rd: nothing for the 24th on.
    assert village.orders("2026-11-24")["c1"] == "2026-11-24"
    assert village.tell(report("r1", goods=[DAYS])) == ["taken"]
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-26")]
    assert village.document()["ledger"][0]["volunteer_id"] == "v1"
    assert village.orders("2026-11-25") == {"c1": "2026-11-27", "c2": "2026-11-25", "c3": "2026-11-25"}


def test_a_visit_that_failed_leaves_the_client_due(village):
    assert village.tell(report("r1", "failed"), report("r2", goods=[DAYS], client_id="c2")) == ["taken"] * 2
    assert village.ledger() == []
    assert village.orders("2026-11-24")["c1"] == "2026-11-24"
    assert "c2" not in village.orders("2026-11-24")  # three days more at home: due on the 25th (two days early)


def test_what_was_issued_is_free_again_once_the_visit_failed_and_waits_for_somebody_otherwise(village):
    issued = {
        "client_id": "c1",
        "product_id": "p1",
        "from_on": "2026-11-24",
        "to_on": "2026-11-26",
        "state": "issued",
        "at": "2026-11-23T09:00:00+08:00",
        "volunteer_id": "v1",
    }
    document = village.document() | {"ledger": [issued, {**issued, "client_id": "c2"}]}
    assert village.ask("PUT", "/document", "care", json=document, headers={"If-Match": "*"}).status_code == 200
    assert village.tell(report("r1", "failed", goods=[DAYS])) == ["taken"]
    assert village.ledger() == [("issued", "2026-11-24", "2026-11-26"), ("voided", "2026-11-24", "2026-11-26")]
    assert village.orders("2026-11-24")["c1"] == "2026-11-24"
    assert village.holds("2026-11-24") == {("c2", "unreconciled_delivery")}


def test_a_report_that_comes_twice_is_answered_alike_and_counts_once(village):
    for _ in range(2):
        assert village.tell(report("r1", goods=[DAYS]), report("r1", goods=[DAYS])) == ["taken", "taken"]
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-26")]
    assert village.tell(report("r1", "failed")) == ["report_id_taken"]
    assert len(village.ask("GET", "/visits?date=2026-11-23").json()["items"]) == 1


def test_what_happened_later_counts_and_not_what_came_later(village):
    # At ten nobody was at home, at three somebody was; the second is told first.
    late, early = report("r2", at="2026-11-23T15:00:00+08:00", goods=[DAYS]), report("r1", "failed")
    assert village.tell(late) == ["taken"]
    assert village.tell(early) == ["taken"]
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-26")]
    assert village.open() == []


def test_of_one_instant_the_higher_sequence_counts(village):
    village.tell(report("r2", "failed", sequence=2), report("r1", goods=[DAYS], sequence=1))
    assert village.ledger() == []
    assert village.open() == []


def test_two_who_contradict_each_other_are_both_kept_and_somebody_decides(village):
    assert village.tell(report("r1", goods=[DAYS])) == ["taken"]
    # The clinician says at the same stop that nothing was handed over: another reporter, no correction.
    assert village.tell(report("r2", "failed", at="2026-11-23T12:00:00+08:00"), role="clinician") == ["taken"]
    (found,) = village.open()
    assert (found["code"], found["client_id"], found["report_ids"]) == ("reports_contradict", "c1", ["r1", "r2"])
    assert village.ledger() == [("issued", "2026-11-24", "2026-11-26")]
    assert village.holds("2026-11-24") == {("c1", "unreconciled_delivery")}
    shown = village.ask("GET", "/visits?date=2026-11-23").json()["items"]
    assert [one["report_id"] for one in shown] == ["r1", "r2"]
    decision = report("r3", at="2026-11-23T18:00:00+08:00", goods=[DAYS], corrects=["r1", "r2"], sequence=1)
    assert village.tell(decision) == ["taken"]
    assert village.open() == []
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-26")]


def test_a_correction_that_comes_before_what_it_corrects_wins_all_the_same(village):
    village.tell(report("r2", goods=[{**DAYS, "to_on": "2026-11-24", "quantity": 12}], corrects=["r1"], sequence=1))
    village.tell(report("r1", goods=[DAYS]), role="clinician")
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-24")]
    assert village.open() == []


@pytest.mark.parametrize("sequence", [0, 1], ids=["not later", "later"])
def test_a_correction_wins_only_if_it_is_later(village, sequence):
    village.tell(report("r1", "failed"), role="clinician")
    village.tell(report("r2", goods=[DAYS], corrects=["r1"], sequence=sequence))
    assert [one["code"] for one in village.open()] == ([] if sequence else ["reports_contradict"])


def test_doses_that_two_volunteers_say_they_brought_are_shown(village):
    village.tell(report("r1", goods=[DAYS]), report("r2", goods=[DAYS], volunteer_id="v2"))
    found = village.open()
    assert {(one["code"], tuple(one["volunteer_ids"])) for one in found} == {("handed_over_twice", ("v1", "v2"))}
    village.tell(report("r3", "failed", at="2026-11-23T11:00:00+08:00", volunteer_id="v2", goods=[DAYS]))
    assert village.open() == []


def test_a_visit_done_with_nobody_knows_what_is_shown_until_somebody_says(village):
    village.tell(report("r1"))
    assert [one["code"] for one in village.open()] == ["goods_unknown"]
    village.tell(report("r2", goods=[DAYS], corrects=["r1"], sequence=1), role="dispenser")
    assert village.open() == []
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-26")]


def test_part_of_it_is_handed_over_and_the_rest_later(village):
    part = {**DAYS, "to_on": "2026-11-24", "quantity": 12}
    rest = {**DAYS, "from_on": "2026-11-25", "quantity": 24}
    village.tell(report("r2", at="2026-11-23T15:00:00+08:00", goods=[rest]))
    village.tell(report("r1", "partly", goods=[part]))
    assert sorted(village.ledger()) == [
        ("handed_over", "2026-11-24", "2026-11-24"),
        ("handed_over", "2026-11-25", "2026-11-26"),
    ]
    assert village.orders("2026-11-25")["c1"] == "2026-11-27"


def test_what_was_dispensed_at_the_site_is_no_visit(village):
    told = report("r1", "dispensed_at_site", goods=[DAYS])
    del told["volunteer_id"]
    assert village.tell(told, role="dispenser") == ["taken"]
    assert village.ledger() == [("dispensed_at_site", "2026-11-24", "2026-11-26")]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": "c9"}, "client_unknown"),
        ({"goods": [{**DAYS, "product_id": "p9"}]}, "product_unknown"),
        ({"at": "2199-01-01T00:00:00+08:00"}, "event_in_future"),
        ({"on": "2026-11-24"}, "day_differs"),
        ({"on": "2026-11-21"}, "day_differs"),
        ({"volunteer_id": None}, "volunteer_needed"),
    ],
)
def test_what_cannot_be_kept_is_said_and_the_others_are_taken(village, changed, code):
    told = {key: value for key, value in report("r1", **changed).items() if value is not None}
    assert village.tell(told, report("r2", goods=[DAYS])) == [code, "taken"]
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-26")]


def test_a_route_at_night_belongs_to_the_day_on_which_it_starts(village):
    night = report("r1", at="2026-11-24T00:30:00+08:00", on="2026-11-23", goods=[DAYS])
    assert village.tell(night) == ["taken"]
    assert [one["report_id"] for one in village.ask("GET", "/visits?date=2026-11-23").json()["items"]] == ["r1"]


def test_a_report_of_another_form_is_refused_with_its_place(village):
    answer = village.ask("POST", "/visits", json={"reports": [report("r1", "failed") | {"reason": None}]})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "/reports/0"


def test_each_role_sees_its_part_of_a_report(village):
    village.tell(report("r1", goods=[DAYS], remark="canary-remark"))
    seen = {role: village.ask("GET", "/visits?date=2026-11-23", role).json()["items"][0] for role in ROLES}
    assert all(one["client_id"] == "c1" and one["client"] == "Canary Heron" for one in seen.values())
    assert {role for role, one in seen.items() if "goods" in one} == {"clinician", "dispenser"}
    assert {role for role, one in seen.items() if "remark" in one} == {"clinician", "dispatcher"}


def test_whoever_is_erased_takes_what_was_reported_along(village):
    village.tell(report("r1", goods=[DAYS]), report("r2", client_id="c2", goods=[DAYS]))
    assert village.ask("DELETE", "/clients/c1", "clinician", headers={"If-Match": "*"}).status_code == 204
    items = village.ask("GET", "/visits?date=2026-11-23").json()["items"]
    assert [(one["report_id"], one.get("erased"), one.get("client_id")) for one in items] == [
        ("r1", True, None),
        ("r2", None, "c2"),
    ]
    assert village.tell(report("r1", goods=[DAYS])) == ["taken"]  # as it was answered before
    assert village.tell(report("r3", goods=[DAYS])) == ["client_unknown"]


@pytest.mark.parametrize("kind", ["volunteer_detained", "sheet_lost"])
def test_who_is_exposed_is_listed(village, kind):
    village.tell(report("r1", goods=[DAYS]), report("r2", client_id="c2", volunteer_id="v2", goods=[DAYS]))
    alarm = {"report_id": "r3", "kind": kind, "at": "2026-11-23T16:00:00+08:00", "volunteer_id": "v1"}
    assert village.tell(alarm | {"client_ids": ["c3"]}) == ["taken"]
    shown = village.ask("GET", "/visits?date=2026-11-23").json()["items"][-1]
    assert (shown["kind"], shown["exposed"]) == (kind, ["c1", "c3"])
    assert "exposed" not in village.ask("GET", "/visits?date=2026-11-23", "dispenser").json()["items"][-1]


def test_a_door_that_was_not_safe_exposes_who_lives_there_and_leaves_them_due(village):
    village.tell(report("r1", "not_safe_to_hand_over"))
    assert village.ask("GET", "/visits?date=2026-11-23").json()["items"][0]["exposed"] == ["c1"]
    assert village.orders("2026-11-24")["c1"] == "2026-11-24"


def test_a_volunteer_who_leaves_stays_nobodys_obstacle(village):
    village.tell(report("r1", goods=[DAYS]))
    for kind, entry_id in (("passes", "w1"), ("volunteers", "v1")):
        done = village.ask("DELETE", f"/{kind}/{entry_id}", headers={"If-Match": "*"})
        assert done.status_code == 204, done.text
    village.tell(report("r2", at="2026-11-23T10:05:00+08:00", goods=[{**DAYS, "to_on": "2026-11-27", "quantity": 48}]))
    assert village.ledger() == [("handed_over", "2026-11-24", "2026-11-27")]
