"""Reports that leave to the published plan what was handed over; and who stands on a sheet."""

import itertools
import time

import pytest

from tests.api.service.conftest import Service
from tests.api.service.streets import NETWORK, extract, reachable
from tests.api.service.village import Village

DAY, AT = "2026-11-24", "2026-11-24T10:00:00+08:00"
DONE = {"report_id": "r1", "kind": "done", "at": AT, "client_id": "c3", "volunteer_id": "v1"}
PATIENCE_S = 240
_numbers = itertools.count(1)


@pytest.fixture
def village(service: Service) -> Village:
    """A programme of streets whose plan of the 24th, a visit of v1 to c3, is published."""
    programme_id = f"planned-{next(_numbers)}"
    with service.as_role("care") as client:
        assert client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
        assert client.post("/v1/programmes", json=reachable(programme_id, due=1)).status_code == 201
        body = {"date": DAY, "iterations": 1, "remedies_s": 0}
        plan = client.post(f"/v1/programmes/{programme_id}/plans", json=body).headers["Location"]
        until = time.monotonic() + PATIENCE_S
        while (found := client.get(plan).json())["state"] != "done":
            assert time.monotonic() < until, found
            time.sleep(0.05)
    with service.opened.store.writing("north") as session:
        assert service.opened.plans.publish(session, "north", found["plan_id"], version=1)
    made = Village(service, programme_id)
    (visit,) = [step for step in found["plan"]["routes"][0]["steps"] if step["type"] == "visit"]
    made.days = sorted(unit["for_on"] for item in visit["items"] for unit in item["units"])
    return made


def test_a_visit_done_as_planned_brings_the_dose_days_of_the_plan(village):
    assert len(village.days) > 1
    assert village.tell(DONE) == ["taken"]
    assert village.ledger("c3") == [("handed_over", village.days[0], village.days[-1])]
    assert village.open() == []


def test_of_a_visit_done_in_part_the_rest_is_not_there(village):
    part = {"product_id": "p1", "from_on": village.days[0], "to_on": village.days[0], "quantity": 12}
    assert village.tell({**DONE, "kind": "partly", "goods": [part]}) == ["taken"]
    assert village.ledger("c3") == [("handed_over", village.days[0], village.days[0])]


def test_a_volunteer_who_was_not_to_come_brought_nobody_knows_what(village):
    village.tell({**DONE, "client_id": "c2"})
    assert [one["code"] for one in village.open()] == ["goods_unknown"]


def test_a_lost_sheet_exposes_those_whom_the_plan_names_on_it(village):
    village.tell({"report_id": "r1", "kind": "sheet_lost", "at": AT, "volunteer_id": "v1"})
    (shown,) = village.ask("GET", f"/visits?date={DAY}").json()["items"]
    assert shown["exposed"] == ["c3"]


def test_the_day_shows_what_was_reported_so_far(village):
    assert village.ask("GET", f"/days/{DAY}").json()["reported"] == []
    village.tell(DONE)
    (shown,) = village.ask("GET", f"/days/{DAY}").json()["reported"]
    assert (shown["report_id"], shown["kind"], "goods" in shown) == ("r1", "done", False)
