"""Edits, publishing, replans and papers over HTTP: a village whose two clients a volunteer on foot could see."""

import json
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from api.identity.roles import Role
from api.installation import Opened
from api.jobs.ledger import State
from api.programmes.kept import Kept
from api.storage.plan_tables import Job
from routing.domain.plan import Plan, load_plan
from routing.network import Streets, compile_streets, read_extract
from routing.network.extract import Extract
from routing.plan_day import Budget, plan_day
from tests.api.service import story
from tests.api.service.conftest import Service
from tests.api.service.streets import NETWORK, extract, put_network
from tests.api.service.test_plans import ended

DAY = "2026-11-24"
AT = f"{DAY}T10:00:00+08:00"
LOCK = {"type": "lock", "client_id": "c1", "volunteer_id": "v2"}
MOVE = {"type": "move", "client_id": "c1", "volunteer_id": "v2"}
EXCLUDE = {"type": "exclude", "client_id": "c1", "reason": "away"}


def two_volunteers(programme_id: str) -> dict[str, Any]:
    """Return the village with goods for c1 alone; v1, whom c1 may not meet, and v2 with a pass of their own."""
    document: dict[str, Any] = story.programme(programme_id)
    first = document["volunteers"][0]
    second = {**first, "volunteer_id": "v2", "code_name": "Wren", "vetoes": [], "custody": _custody()}
    document["volunteers"] = [{**first, "custody": _custody()}, second]
    document["passes"].append({**document["passes"][0], "pass_id": "w2", "volunteer_id": "v2"})
    document["clients"][0]["regimens"][0]["last_taken_on"] = "2026-11-23"
    document["movement_rules"] = [RULE]
    document["extract"] = NETWORK
    return document


def _custody() -> list[dict[str, object]]:
    return [{"product_id": "p1", "quantity": 1000}]


RULE = {"rule_id": "r1", "kind": "pass_required", "valid_from_at": "2026-01-01T00:00:00+08:00"}


@pytest.fixture
def dispatcher(service: Service) -> Iterator[httpx.Client]:
    with service.as_role("dispatcher") as client:
        yield client


@pytest.fixture
def plans(service: Service, programme_id: str, dispatcher: httpx.Client) -> str:
    """The address of the plans of a village on streets."""
    put_network(dispatcher, NETWORK, extract())
    with service.as_role("care") as care:
        where = f"/v1/programmes/{programme_id}/document"
        version = care.get(where).headers["ETag"]
        done = care.put(where, json=two_volunteers(programme_id), headers={"If-Match": version})
        assert done.status_code == 200, done.text
    return f"/v1/programmes/{programme_id}/plans"


@pytest.fixture
def plan(service: Service, plans: str, programme_id: str) -> str:
    """A plan as a job would have left it: v2 brings c1 their doses."""
    opened = service.opened
    with opened.store.reading("north") as session:
        kept = opened.kept.load(session, "north", programme_id)
    made = plan_day(kept.programme, date.fromisoformat(DAY), *streets(), Budget(iterations=1))
    with opened.store.writing("north") as session:
        plan_id = keep_made(session, opened, kept, made)
    return f"{plans}/{plan_id}"


def keep_made(session: Session, opened: Opened, kept: Kept, made: Plan) -> str:
    """Write a plan and the job that made it."""
    asked = {"time_limit_s": 1.0, "iterations": 1, "seed": 1, "remedies_s": 0, "bound": False, "resilience": False}
    programme_id = made.programme_id
    where = ("north", programme_id, DAY)
    plan_id = opened.plans.add(session, *where, programme_version=kept.version, asked_by="x", asked=asked)
    session.get_one(Job, ("north", plan_id)).state = State.DONE
    opened.plans.keep_version(session, "north", plan_id, made, expected_version=0, made_by="x", note={"kind": "made"})
    return plan_id


@cache
def streets() -> tuple[Extract, Streets]:
    """Return the village's streets."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "village.osm"
        path.write_bytes(extract())
        read = read_extract(path)
    return read, compile_streets(read)


def visited(found: dict[str, Any]) -> dict[str, str]:
    """Return who visits whom."""
    routes = found["plan"]["routes"]
    return {
        step["client_id"]: route["volunteer_id"] for route in routes for step in route["steps"] if step["client_id"]
    }


def edit(client: httpx.Client, plan: str, *edits: object, version: str = '"1"') -> httpx.Response:
    return client.post(f"{plan}/edits", json={"edits": edits}, headers={"If-Match": version})


def publish(client: httpx.Client, plan: str, version: str = '"1"') -> httpx.Response:
    return client.post(f"{plan}/publish", json={}, headers={"If-Match": version})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_edit_is_answered_with_the_plan_its_version_and_what_it_breaks(dispatcher, plan):
    answer = edit(dispatcher, plan, EXCLUDE)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"'), answer.text
    found = answer.json()
    assert (found["version"], found["violations"], found["broken"]) == (2, 0, [])
    assert visited(found) == {}
    (left,) = found["plan"]["unserved"]
    assert [reason["code"] for reason in left["reasons"]] == ["excluded_by_lock"]
    assert dispatcher.get(plan).json()["plan"] == found["plan"]


def test_what_breaks_a_rule_is_kept_shown_and_not_published_until_it_is_mended(service, dispatcher, plan):
    answer = edit(dispatcher, plan, {**MOVE, "volunteer_id": "v1"})
    assert [each["code"] for each in answer.json()["broken"]] == ["vetoed_volunteer"], answer.text
    with service.as_role("dispenser") as dispenser:
        shown = dispenser.get(f"{plan}/violations").json()
    assert (shown["version"], [each["code"] for each in shown["items"]]) == (2, ["vetoed_volunteer"])
    refused = publish(dispatcher, plan, '"2"')
    assert code(refused) == (409, "plan_breaks_rules")
    assert refused.json()["problems"][0]["params"]["codes"] == ["vetoed_volunteer"]
    mended = edit(dispatcher, plan, MOVE, version='"2"')
    assert mended.json()["broken"] == []
    assert publish(dispatcher, plan, '"3"').status_code == 200


def test_edits_need_the_version_they_change(dispatcher, plan):
    assert code(dispatcher.post(f"{plan}/edits", json={"edits": [EXCLUDE]})) == (428, "if_match_needed")
    assert code(edit(dispatcher, plan, EXCLUDE, version='"7"')) == (412, "changed_meanwhile")
    assert code(dispatcher.post(f"{plan}/publish", json={})) == (428, "if_match_needed")
    assert code(publish(dispatcher, plan, '"7"')) == (412, "changed_meanwhile")
    assert dispatcher.get(plan).json()["version"] == 1


def test_what_cannot_be_is_refused_with_its_place_and_changes_nothing(dispatcher, plan):
    answer = edit(dispatcher, plan, EXCLUDE, {**MOVE, "client_id": "c9"})
    assert code(answer) == (422, "edit_about_unknown")
    assert answer.json()["where"] == "/edits/1/client_id"
    assert code(edit(dispatcher, plan, {"type": "teleport", "client_id": "c1"}))[0] == 422
    assert dispatcher.get(plan).json()["version"] == 1


def test_an_edit_with_a_key_is_done_once(dispatcher, plan):
    headers = {"If-Match": '"1"', "Idempotency-Key": "k-1"}
    first, second = (dispatcher.post(f"{plan}/edits", json={"edits": [EXCLUDE]}, headers=headers) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert dispatcher.get(plan).json()["version"] == 2


def test_locks_are_kept_from_edit_to_edit(dispatcher, plan):
    assert edit(dispatcher, plan, LOCK).json()["broken"] == []
    broken = edit(dispatcher, plan, {**MOVE, "volunteer_id": "v1"}, version='"2"').json()["broken"]
    assert {each["code"] for each in broken} == {"lock_broken", "vetoed_volunteer"}
    freed = edit(dispatcher, plan, {"type": "unlock", "client_id": "c1"}, version='"3"').json()["broken"]
    assert {each["code"] for each in freed} == {"vetoed_volunteer"}


def test_publishing_twice_is_publishing_once(dispatcher, plan):
    first, second = publish(dispatcher, plan), publish(dispatcher, plan)
    assert (first.status_code, second.status_code) == (200, 200), first.text
    assert first.json() == second.json()
    assert (first.json()["published_version"], first.json()["is_current"]) == (1, True)
    events = dispatcher.get(f"{plan}/events").json()["items"]
    assert [event["kind"] for event in events].count("published") == 1


def test_a_programme_that_changed_is_told_and_no_edits_put_the_plan_on_it(dispatcher, plan, programme_id):
    where = f"/v1/programmes/{programme_id}/volunteers/v1"
    version = dispatcher.get(where).headers["ETag"]
    assert dispatcher.patch(where, json={"code_name": "Martin"}, headers={"If-Match": version}).status_code == 200
    assert code(publish(dispatcher, plan)) == (409, "plan_out_of_date")
    answer = edit(dispatcher, plan)
    assert (answer.json()["version"], answer.json()["broken"]) == (2, [])
    assert publish(dispatcher, plan, '"2"').status_code == 200


def test_the_rest_of_a_day_is_planned_from_what_is_published(service, dispatcher, plan):
    gone = {"type": "volunteer_gone", "at": AT, "volunteer_id": "v2"}
    body = {"events": {"schema": "doorstep.events/1", "on": DAY, "now_at": AT, "events": [gone]}, "iterations": 1}
    assert code(dispatcher.post(f"{plan}/replans", json=body)) == (409, "plan_not_published")
    publish(dispatcher, plan).raise_for_status()
    answer = dispatcher.post(f"{plan}/replans", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["predecessor_id"] == plan.rsplit("/", 1)[1]
    after = answer.headers["Location"]
    assert ended(dispatcher, after)["state"] == "done", dispatcher.get(after + "/events").text
    with service.as_role("care") as care:
        made = load_plan(json.dumps(care.get(after).json()["plan"]).encode())
    assert made.replans is not None
    found = dispatcher.get(f"{after}/differences")
    assert found.status_code == 200, found.text
    assert "figures" in found.json()
    published = publish(dispatcher, after)
    assert published.status_code == 200, published.text
    assert dispatcher.get(plan).json()["is_current"] is False
    assert code(publish(dispatcher, plan)) == (409, "plan_replaced")
    assert code(dispatcher.post(f"{plan}/replans", json=body)) == (409, "plan_replaced")


@pytest.mark.parametrize(
    ("role", "event", "status"),
    [
        (
            "dispatcher",
            {"type": "dose_changed", "client_id": "c1", "product_id": "p1", "from_on": DAY, "dose_mg": 50},
            403,
        ),
        ("clinician", {"type": "volunteer_gone", "volunteer_id": "v2"}, 403),
        ("dispenser", {"type": "volunteer_gone", "volunteer_id": "v2"}, 403),
        (
            "clinician",
            {"type": "dose_changed", "client_id": "c1", "product_id": "p1", "from_on": DAY, "dose_mg": 50},
            202,
        ),
        ("dispatcher", {"type": "status_changed", "client_id": "c1", "status": "hospital"}, 202),
    ],
)
def test_each_role_tells_of_what_it_knows(service, dispatcher, plan, role, event, status):
    publish(dispatcher, plan).raise_for_status()
    told = {"schema": "doorstep.events/1", "on": DAY, "now_at": AT, "events": [{"at": AT, **event}]}
    with service.as_role(role) as client:
        answer = client.post(f"{plan}/replans", json={"events": told, "iterations": 1})
    assert answer.status_code == status, answer.text
    if status == 403:
        assert answer.json()["code"] == "event_not_yours"


def test_what_differs_after_an_edit_is_said_and_why_somebody_is_left_out(dispatcher, plan):
    edit(dispatcher, plan, EXCLUDE).raise_for_status()
    found = dispatcher.get(f"{plan}/differences").json()
    assert [(each["kind"], each["client_id"]) for each in found["changes"]] == [("dropped", "c1")]
    assert found["clients_to_tell"] == ["c1"]
    assert found["code_names"]["c1"] == "Canary Heron"
    told = dispatcher.get(f"{plan}/explanations").json()
    assert [each["client_id"] for each in told["unserved"]] == ["c1"]
    of_one = dispatcher.get(f"{plan}/explanations", params={"client_id": "c1"}).json()
    assert of_one["visits"] == []
    assert code(dispatcher.get(f"{plan}/explanations", params={"client_id": "nobody"})) == (404, "not_found")


def test_a_visit_is_explained(dispatcher, plan):
    (visit,) = dispatcher.get(f"{plan}/explanations", params={"client_id": "c1"}).json()["visits"]
    assert visit["volunteer_ids"] == ["v2"]
    assert [other["volunteer_id"] for other in visit["others"]] == ["v1"]


def test_a_volunteers_routes_are_shown_by_role(service, dispatcher, plan):
    (route,) = dispatcher.get(f"{plan}/routes/v2").json()["routes"]
    assert route["distance_m"] > 0
    assert all("items" not in step for step in route["steps"])
    with service.as_role("dispenser") as dispenser:
        (seen,) = dispenser.get(f"{plan}/routes/v2").json()["routes"]
    assert all("leg" not in step and "location" not in step for step in seen["steps"])
    assert code(dispatcher.get(f"{plan}/routes/v1")) == (404, "not_found")


def test_nothing_is_done_with_a_plan_that_is_not_made(service, dispatcher, plans, programme_id):
    opened = service.opened
    with opened.store.writing("north") as session:
        plan_id = opened.plans.add(session, "north", programme_id, DAY, programme_version=1, asked_by="x", asked={})
        session.get_one(Job, ("north", plan_id)).state = State.CANCELLED
    plan = f"{plans}/{plan_id}"
    assert code(edit(dispatcher, plan, EXCLUDE, version='"0"')) == (409, "plan_not_made")
    assert code(publish(dispatcher, plan, '"0"')) == (409, "plan_not_made")
    assert code(dispatcher.get(f"{plan}/differences")) == (409, "plan_not_made")
    assert code(dispatcher.get(f"{plan}/routes/v2")) == (404, "not_found")


def test_papers_are_of_what_is_published_and_tell_volunteers_nothing(service, dispatcher, plan):
    assert code(dispatcher.get(f"{plan}/sheets/v2")) == (409, "plan_not_published")
    publish(dispatcher, plan).raise_for_status()
    for params in ({}, {"language": "fa"}, {"paper": "card"}, {"paper": "letter"}):
        answer = dispatcher.get(f"{plan}/sheets/v2", params=params)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
        assert answer.content.startswith(b"%PDF")
    page = dispatcher.get(f"{plan}/sheets/v2", params={"format": "html"}).text
    assert "<html" in page
    assert "canary-gate" in page  # how the door is found is what a sheet is for
    for canary in {*story.CANARIES, story.METHADONE} - {"canary-gate"}:
        assert canary not in page, canary
    assert dispatcher.get(f"{plan}/run-sheet").content.startswith(b"%PDF")
    assert code(dispatcher.get(f"{plan}/sheets/v2", params={"trip": 2})) == (404, "not_found")
    assert code(dispatcher.get(f"{plan}/sheets/v2", params={"language": "xx"}))[1] == "unknown_language"
    assert code(dispatcher.get(f"{plan}/sheets/v2", params={"language": ""})) == (422, "bad_parameter")
    with service.as_role("dispenser") as dispenser:
        for paper in ("manifest", "labels"):
            made = dispenser.get(f"{plan}/manifests/s1", params={"paper": paper})
            assert made.content.startswith(b"%PDF"), made.text
        assert code(dispenser.get(f"{plan}/sheets/v2")) == (403, "not_allowed")
    assert code(dispatcher.get(f"{plan}/manifests/s1")) == (403, "not_allowed")


def test_a_published_sheet_stays_what_it_is_while_the_plan_is_edited(dispatcher, plan):
    publish(dispatcher, plan).raise_for_status()
    before = dispatcher.get(f"{plan}/sheets/v2").content
    edit(dispatcher, plan, EXCLUDE).raise_for_status()
    assert dispatcher.get(f"{plan}/sheets/v2").content == before


def test_whoever_is_erased_is_on_no_paper_any_more(service, dispatcher, plan, programme_id):
    publish(dispatcher, plan).raise_for_status()
    with service.as_role("clinician") as clinician:
        where = f"/v1/programmes/{programme_id}/clients/c1"
        version = clinician.get(where).headers["ETag"]
        assert clinician.delete(where, headers={"If-Match": version}).status_code in {200, 204}
    assert dispatcher.get(f"{plan}/sheets/v2").content.startswith(b"%PDF")
    page = dispatcher.get(f"{plan}/sheets/v2", params={"format": "html"}).text
    assert "<html" in page
    for canary in story.CANARIES:
        assert canary not in page, canary


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DISPATCHER])
def test_only_a_dispatcher_edits_and_publishes(service, plan, role):
    with service.as_role(role) as client:
        assert code(edit(client, plan, EXCLUDE)) == (403, "not_allowed")
        assert code(publish(client, plan)) == (403, "not_allowed")


def test_a_plan_of_another_organisation_is_not_there(service, plan):
    with service.as_role("all", "south") as client:
        for answer in (edit(client, plan, EXCLUDE), publish(client, plan), client.get(f"{plan}/sheets/v2")):
            assert code(answer) == (404, "not_found")
