"""Somebody who is erased is in no plan any more, and no key that is left opens what older copies hold of them."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select

from api.plans import kept_plans
from api.plans.forgetting import without_clients
from api.storage.basis_tables import PlanBasis
from api.storage.plan_tables import PlanEvent, PlanRow, PlanVersion, RouteDay
from api.volunteers.sheets import HeldSheets, published_on
from routing.domain.day_so_far import VolunteerSoFar
from routing.domain.errors import InternalError
from routing.domain.plan import load_plan
from routing.sheets.papers import VolunteerSheet
from routing.sheets.report_codes import Outcome, stop_code
from tests.api.service.conftest import Service
from tests.api.service.test_plans import QUICK, asked, dispatcher, ended, village

__all__ = ["dispatcher", "village"]
ERASED = "c3"
PARCEL_OF_C1, PARCEL_OF_C2 = (
    {
        "client_id": client_id,
        "order_id": f"{client_id}.p1",
        "product_id": "p1",
        "site_id": site_id,
        "units": [{"quantity": 12}],
    }
    for client_id, site_id in (("c1", "s1"), ("c2", "s2"))
)


@pytest.fixture
def plan(village: str, dispatcher) -> Iterator[str]:
    """A plan on which c3 is visited."""
    address = asked(dispatcher, village, QUICK)
    assert ended(dispatcher, address)["state"] == "done"
    return address


def documents(service: Service, plan_id: str) -> list[bytes]:
    """Return all that is sealed in the rows of a plan, as it lies in the database."""
    with service.opened.store.reading("north") as session:
        versions = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan_id)).all()
        events = session.scalars(select(PlanEvent).where(PlanEvent.plan_id == plan_id)).all()
        asked = session.scalars(select(PlanRow.sealed_asked).where(PlanRow.plan_id == plan_id)).all()
    told = [event.sealed_event for event in events]
    return [*asked, *told, *(row.sealed_plan for row in versions), *(row.sealed_note for row in versions)]


def test_who_is_erased_is_in_no_plan_and_the_others_still_are(service, village, plan):
    with service.as_role("care") as care:
        before = care.get(plan).json()
        door = _step(before["plan"], ERASED)["location"]
        client = f"{village.removesuffix('/plans')}/clients/{ERASED}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
        after = care.get(plan).json()
    text = json.dumps(after["plan"])
    assert f'"{ERASED}"' not in text
    assert door not in [step["location"] for route in after["plan"]["routes"] for step in route["steps"]]
    assert after["version"] == before["version"]
    read = load_plan(text.encode())
    assert {step.client_id for route in read.routes for step in route.steps} >= {"c4"}
    assert len(read.routes[0].steps) == len(before["plan"]["routes"][0]["steps"])
    assert _step(after["plan"], "c4") == {**_step(before["plan"], "c4"), "leg": _step(after["plan"], "c4")["leg"]}


def test_what_older_copies_hold_is_opened_by_no_key_that_is_left(service, village, plan, monkeypatch):
    monkeypatch.setattr(kept_plans, "REPORTED_FOR", timedelta(days=-10_000))  # nobody reports of any day any more
    plan_id = plan.rsplit("/", 1)[1]
    copies = documents(service, plan_id)
    with service.opened.store.reading("north") as session:
        key_id = session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3]))
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/{ERASED}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
    with pytest.raises(InternalError, match="client_key_gone"):
        service.opened.client_keys.key("north", key_id)
    with service.opened.store.reading("north") as session:
        assert session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3])) != key_id
        kept = service.opened.plans.load(session, "north", plan_id)  # all of it opens under the new key
        assert service.opened.plans.events(session, "north", plan_id, 0)
    assert kept.plan is not None
    assert not set(copies) & set(documents(service, plan_id))


@pytest.mark.usefixtures("plan")
def test_a_day_of_which_somebody_may_report_keeps_the_key_of_its_papers(service, village, monkeypatch):
    monkeypatch.setattr(kept_plans, "REPORTED_FOR", timedelta(days=10_000))
    where = RouteDay.programme_id == village.split("/")[3]
    with service.opened.store.reading("north") as session:
        key_id = session.scalar(select(RouteDay.key_id).where(where))
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/{ERASED}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
    with service.opened.store.reading("north") as session:
        assert session.scalar(select(RouteDay.key_id).where(where)) == key_id


@pytest.mark.usefixtures("plan")
def test_a_day_that_says_nothing_of_somebody_keeps_its_key(service, village):
    with service.opened.store.reading("north") as session:
        key_id = session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3]))
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/c2"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204
    with service.opened.store.reading("north") as session:
        assert session.scalar(select(RouteDay.key_id).where(RouteDay.programme_id == village.split("/")[3])) == key_id


def erase(service: Service, village: str, client_id: str) -> None:
    with service.as_role("care") as care:
        client = f"{village.removesuffix('/plans')}/clients/{client_id}"
        assert care.delete(client, headers={"If-Match": "*"}).status_code == 204


def publish(client: httpx.Client, plan: str) -> httpx.Response:
    return client.post(f"{plan}/publish", json={}, headers={"If-Match": client.get(plan).headers["ETag"]})


def visited(client: httpx.Client, plan: str) -> list[str | None]:
    """Return whom a plan's visits are to, in order."""
    routes = client.get(plan).json()["plan"]["routes"]
    return [step["client_id"] for route in routes for step in route["steps"] if step["type"] == "visit"]


def test_papers_of_a_published_plan_go_on_without_who_is_erased(service, village, plan, dispatcher):
    publish(dispatcher, plan).raise_for_status()
    before = dispatcher.get(f"{plan}/sheets/v1", params={"format": "html"}).text
    others = len(visited(dispatcher, plan)) - 1
    erase(service, village, ERASED)
    assert not service.opened.printer._held
    assert visited(dispatcher, plan).count(None) == 1
    page = dispatcher.get(f"{plan}/sheets/v1", params={"format": "html"}).text
    assert (_stops(before), _stops(page)) == (others + 1, others)
    assert _codes(page) <= _codes(before)  # who is left is called as on the papers that are in hand
    assert dispatcher.get(f"{plan}/sheets/v1").content.startswith(b"%PDF")
    assert dispatcher.get(f"{plan}/run-sheet").content.startswith(b"%PDF")
    with service.as_role("dispenser") as dispenser:
        for paper in ("manifest", "labels"):
            assert dispenser.get(f"{plan}/manifests/s1", params={"paper": paper}).content.startswith(b"%PDF")


def test_a_volunteer_with_a_link_sees_a_route_without_who_is_erased(service, village, plan, dispatcher):
    publish(dispatcher, plan).raise_for_status()
    paper = dispatcher.get(f"{plan}/sheets/v1", params={"format": "html"}).text
    before = _by_link(service, village)
    assert {stop.code_name for stop in before.stops} == _codes(paper)  # a telephone and a paper tell the same names,
    assert stop_code(before.route, 1, Outcome.HANDED_OVER) in re.sub(r"\D", "", paper)  # and the same digits
    erase(service, village, ERASED)
    assert len(_by_link(service, village).stops) == len(before.stops) - 1


def test_the_rest_of_a_day_is_planned_without_who_is_erased(service, village, plan, dispatcher):
    publish(dispatcher, plan).raise_for_status()
    everybody = set(visited(dispatcher, plan))
    erase(service, village, ERASED)
    events = {"schema": "doorstep.events/1", "on": "2026-11-24", "now_at": "2026-11-24T07:00:00+08:00", "events": []}
    answer = dispatcher.post(f"{plan}/replans", json={"events": events, "iterations": 1})
    assert answer.status_code == 202, answer.text
    after = answer.headers["Location"]
    assert ended(dispatcher, after)["state"] == "done", dispatcher.get(f"{after}/events").text
    assert set(visited(dispatcher, after)) == everybody - {ERASED}
    assert dispatcher.get(f"{after}/differences").status_code == 200
    erase(service, village, "c4")  # somebody of the replan, before it is published
    assert publish(dispatcher, after).json()["code"] == "plan_out_of_date"
    edited = dispatcher.post(f"{after}/edits", json={"edits": []}, headers={"If-Match": '"1"'})
    assert edited.json()["broken"] == [], edited.text
    assert publish(dispatcher, after).status_code == 200
    assert set(visited(dispatcher, after)) == everybody - {ERASED, "c4"}


def test_a_plan_is_put_on_the_programme_without_who_is_erased(service, village, plan, dispatcher):
    everybody = set(visited(dispatcher, plan))
    erase(service, village, ERASED)
    edited = dispatcher.post(f"{plan}/edits", json={"edits": []}, headers={"If-Match": '"1"'})
    assert edited.json()["broken"] == [], edited.text
    assert set(visited(dispatcher, plan)) == everybody - {ERASED}
    assert publish(dispatcher, plan).status_code == 200


def test_a_key_that_is_merely_missing_is_a_fault_and_not_an_erasure(service, plan, dispatcher):
    publish(dispatcher, plan).raise_for_status()
    plan_id, keys = plan.rsplit("/", 1)[1], service.opened.client_keys
    with service.opened.store.reading("north") as session:
        wanted = select(PlanBasis.key_id).where(PlanBasis.plan_id == plan_id, PlanBasis.part == ERASED)
        key_id = session.scalars(wanted).one()
        kept = [row for row in keys.rows() if row[0] == key_id]
        with keys._lock, keys._changing() as connection:
            connection.execute("DELETE FROM client_key WHERE key_id = ?", (key_id,))
        keys._known.clear()
        with pytest.raises(InternalError, match="client_key_gone"):
            service.opened.bases.load(session, "north", plan_id, 1)
    keys.put(kept)


@pytest.mark.parametrize(
    ("carried", "left"),
    [
        ({"aboard": [PARCEL_OF_C1, PARCEL_OF_C2]}, {"site_id": "s2", "mode": "foot", "aboard": [PARCEL_OF_C2]}),
        ({"aboard": [PARCEL_OF_C1], "counts_in": ["s3"]}, {"site_id": "s3", "mode": "foot", "counts_in": ["s3"]}),
        ({"aboard": [PARCEL_OF_C1]}, {}),
        ({"out_of_service": True}, {"out_of_service": True}),
    ],
)
def test_who_stands_at_the_door_of_somebody_erased_stands_where_their_goods_are_from_or_at_home(carried, left):
    at = {"volunteer_id": "v1", "free_at": "2026-11-24T10:00:00+08:00", "visits": 3}
    there = {**at, "client_id": "c1", "at_edge": True, "mode": "foot", "pass_ids": ["w1"], **carried}
    day = without_clients({"day": {"on": "2026-11-24", "volunteers": [there]}}, {"c1"})["day"]
    (found,) = day["volunteers"]
    assert {key: value for key, value in found.items() if value} == {**at, **left}
    VolunteerSoFar.model_validate_json(json.dumps(found))


def _by_link(service: Service, village: str) -> VolunteerSheet:
    """Return the sheet that v1 sees by a link."""
    held, programme_id = HeldSheets(service.installation.settings.cache), village.split("/")[3]
    with service.opened.store.reading("north") as session:
        published = published_on(service.opened, session, "north", programme_id, date(2026, 11, 24))
    (sheet,) = held.of(published, "v1").sheets
    return sheet


def _stops(page: str) -> int:
    return len(_codes(page))


def _codes(page: str) -> set[str]:
    return set(re.findall(r'class="name"[^>]*>([^<]+)<', page))


def test_what_is_said_of_somebody_goes_from_lists_and_places():
    document = {
        "routes": [],
        "unserved": [{"client_id": "c1", "tier": "T1"}, {"client_id": "c2"}],
        "resilience": [{"volunteer_id": "v1", "at_risk": ["c1", "c2"], "taken_over": [["c1", "v2"], ["c2", "v2"]]}],
        "events": [{"type": "locked", "lock": {"client_id": "c1"}}, None],
        "volunteers": [{"volunteer_id": "c1", "vetoes": ["c1", "c2"], "pairs_with": ["c1"]}],
    }
    assert without_clients(document, {"c1"}) == {
        "routes": [],
        "unserved": [{"client_id": "c2"}],
        "resilience": [{"volunteer_id": "v1", "at_risk": ["c2"], "taken_over": [["c2", "v2"]]}],
        "events": [{"type": "locked", "lock": None}, None],
        "volunteers": [{"volunteer_id": "c1", "vetoes": ["c2"], "pairs_with": ["c1"]}],
    }


def _step(document: dict, client_id: str) -> dict:
    return next(step for route in document["routes"] for step in route["steps"] if step["client_id"] == client_id)
