"""Plans made in the background: asked for, watched, cancelled, ended early, shown by role."""

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from api.identity.roles import Role
from api.jobs import ledger
from api.jobs.ledger import MOST_ATTEMPTS, State, cancel_job, end_job, put_back, take_job
from api.plans.projection import SEEN, shown_plan
from api.storage.plan_tables import Job
from api.storage.sessions import EVERY
from routing.domain.plan import Plan, load_plan
from tests.api.service import story
from tests.api.service.conftest import Service, add_programme
from tests.api.service.streets import NETWORK, extract, reachable

DAY = "2026-11-24"
QUICK = {"date": DAY, "iterations": 1, "remedies_s": 0}
LONG = {"date": DAY, "time_limit_s": 60, "remedies_s": 0}
PATIENCE_S = 120
_numbers = itertools.count(1)


@pytest.fixture
def village(service: Service) -> Iterator[str]:
    """A programme on streets of its own, with somebody to go to (a search lasts then); the address of its plans."""
    programme_id = f"plans-{next(_numbers)}"
    with service.as_role("care") as client:
        assert client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
        added = client.post("/v1/programmes", json=reachable(programme_id))
        assert added.status_code == 201, added.text
        yield f"/v1/programmes/{programme_id}/plans"
        assert client.delete(f"/v1/programmes/{programme_id}", headers={"If-Match": "*"}).status_code == 204
        assert client.delete(f"/v1/networks/{NETWORK}").status_code == 204


@pytest.fixture
def dispatcher(service: Service) -> Iterator[httpx.Client]:
    with service.as_role("dispatcher") as client:
        yield client


def asked(client: httpx.Client, plans: str, body: dict[str, object]) -> str:
    """Ask for a plan; return its address."""
    answer = client.post(plans, json=body)
    assert answer.status_code == 202, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return answer.headers["Location"]


def ended(client: httpx.Client, plan: str) -> dict[str, object]:
    """Wait until a plan has ended; return it."""
    return _until(client, plan, lambda found: found["state"] not in {"queued", "running"})


def _until(client: httpx.Client, plan: str, fits: Callable[[dict[str, object]], bool]) -> dict[str, object]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = client.get(plan).raise_for_status().json()
        if fits(found):
            return found
        time.sleep(0.05)
    pytest.fail(f"it stays {found['state']}: {client.get(plan + '/events').json()}")


def test_a_plan_is_made_and_whoever_has_all_roles_of_care_sees_the_document(service, village, dispatcher):
    plan = asked(dispatcher, village, QUICK)
    found = ended(dispatcher, plan)
    assert (found["state"], found["version"], found["violations"]) == ("done", 1, 0), found
    with service.as_role("care") as care:
        whole = load_plan(json.dumps(care.get(plan).json()["plan"]).encode())
    assert whole.programme_id == village.split("/")[3]
    assert {step.client_id for route in whole.routes for step in route.steps if step.client_id} >= {"c3", "c4"}
    listed = dispatcher.get(village, params={"date": DAY}).json()["items"]
    assert [one["plan_id"] for one in listed] == [found["plan_id"]]
    assert dispatcher.get(village, params={"date": "2026-11-25"}).json()["items"] == []


def test_its_events_come_page_by_page_and_as_a_stream_that_ends(village, dispatcher):
    plan = asked(dispatcher, village, QUICK)
    with dispatcher.stream("GET", f"{plan}/events", headers={"Accept": "text/event-stream"}) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        named = [line.partition(": ") for line in stream.iter_lines()]
    kinds = [what for field, _, what in named if field == "event"]
    assert kinds[:2] == ["queued", "started"]
    assert kinds[-1] == "done"
    told = dispatcher.get(f"{plan}/events").json()
    assert [event["kind"] for event in told["items"]] == kinds
    assert [event["number"] for event in told["items"]] == list(range(1, len(kinds) + 1))
    assert told["state"] == "done"
    later = dispatcher.get(f"{plan}/events", params={"after": 2}).json()["items"]
    assert [event["number"] for event in later] == list(range(3, len(kinds) + 1))
    resumed = dispatcher.get(
        f"{plan}/events", headers={"Accept": "text/event-stream", "Last-Event-ID": str(len(kinds) - 1)}
    )
    assert resumed.text.count("event: ") == 1


def test_the_same_request_twice_makes_one_plan(village, dispatcher):
    headers = {"Idempotency-Key": f"once-{village}"}
    first, second = (dispatcher.post(village, json=QUICK, headers=headers) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(dispatcher.get(village).json()["items"]) == 1


def test_a_plan_is_cancelled_and_its_process_ends(service, village, dispatcher):
    plan = asked(dispatcher, village, LONG)
    _until(dispatcher, plan, lambda found: found["state"] == "running")
    processes = service.installation.runner.process_ids
    cancelled = dispatcher.post(f"{plan}/cancel")
    assert cancelled.json()["state"] == "cancelled"
    assert dispatcher.post(f"{plan}/cancel").status_code == 200  # told twice is told once
    until = time.monotonic() + 10
    while any(map(_is_alive, processes)):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert dispatcher.post(f"{plan}/stop").json()["code"] == "plan_ended"
    assert dispatcher.get(plan).json()["plan"] is None
    assert ended(dispatcher, asked(dispatcher, village, QUICK))["state"] == "done"  # and the next one is made


def test_a_search_is_ended_early_with_the_best_so_far(village, dispatcher):
    began = time.monotonic()
    plan = asked(dispatcher, village, LONG)
    assert dispatcher.post(f"{plan}/stop").status_code == 202
    found = ended(dispatcher, plan)
    assert (found["state"], found["violations"]) == ("done", 0)
    assert time.monotonic() - began < 50  # of 60 that it was given
    assert dispatcher.post(f"{plan}/cancel").json()["code"] == "plan_ended"


def test_a_worker_that_is_killed_costs_one_attempt(service, village, dispatcher):
    plan = asked(dispatcher, village, LONG)
    _until(dispatcher, plan, lambda found: found["state"] == "running")
    _kill_workers(service)
    _until(dispatcher, plan, lambda _: _kinds(dispatcher, plan).count("started") == 2)
    dispatcher.post(f"{plan}/stop")
    assert ended(dispatcher, plan)["state"] == "done"
    assert _kinds(dispatcher, plan).count("retry") == 1


def test_a_job_that_kills_its_workers_ends_failed_and_blocks_nobody(service, village, dispatcher, monkeypatch):
    monkeypatch.setattr(ledger, "FIRST_PAUSE", timedelta(0))
    poisoned = asked(dispatcher, village, LONG)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        _until(dispatcher, poisoned, lambda found, n=attempt: _tries(dispatcher, poisoned, found) >= n)
        _kill_workers(service)
    found = ended(dispatcher, poisoned)
    assert (found["state"], found["code"]) == ("failed", "job_died")
    assert ended(dispatcher, asked(dispatcher, village, QUICK))["state"] == "done"


def test_who_has_an_older_fence_changes_nothing(service, village):
    service.installation.rest()  # so that nobody takes it up but this test
    plan = asked_while_resting(service, village)
    store, one = service.opened.store, {"owner": "somebody"}
    with store.writing(EVERY) as session:
        first = take_job(session, **one)
        assert first is not None
        assert first.job_id == plan
        assert take_job(session, **one) is None
        assert put_back(session, first, "job_lost") is State.QUEUED
        session.get_one(Job, ("north", plan)).not_before_at = session.get_one(Job, ("north", plan)).created_at
    with store.writing(EVERY) as session:
        second = take_job(session, **one)
        assert (second.fence, second.attempts) == (first.fence + 1, 2)
        assert not end_job(session, first, State.DONE)
        assert cancel_job(session, "north", plan)
        assert not end_job(session, second, State.DONE)
        assert not cancel_job(session, "north", plan)
    service.installation.work()


def asked_while_resting(service: Service, village: str) -> str:
    """Put a plan into the ledger while nobody does jobs; return its id."""
    programme_id = village.split("/")[3]
    with service.opened.store.writing("north") as session:
        return service.opened.plans.add(
            session, "north", programme_id, DAY, programme_version=1, asked_by="nobody", asked=QUICK
        )


def test_what_waits_when_the_service_ends_is_done_after_the_next_start(service, village, dispatcher):
    plan = asked(dispatcher, village, LONG)
    _until(dispatcher, plan, lambda found: found["state"] == "running")
    service.installation.rest()
    assert dispatcher.get(plan).json()["state"] == "queued"
    assert dispatcher.post(f"{plan}/stop").json()["code"] == "service_ends"
    service.installation.work()
    _until(dispatcher, plan, lambda found: found["state"] == "running")
    dispatcher.post(f"{plan}/stop")
    assert ended(dispatcher, plan)["state"] == "done"
    with service.opened.store.reading("north") as session:
        assert session.get_one(Job, ("north", plan.rsplit("/", 1)[1])).attempts == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "missing_key"),
        ({"date": "2026-11-31"}, 422, None),
        ({"date": "0001-01-01"}, 422, "bad_date"),
        ({**QUICK, "time_limit_s": 0}, 422, None),
        ({**QUICK, "time_limit_s": 600.1}, 422, None),
        ({**QUICK, "seed": 2**31}, 422, None),
        ({**QUICK, "more": 1}, 422, None),
    ],
)
def test_what_is_asked_wrongly_is_refused(village, dispatcher, body, status, code):
    refused = dispatcher.post(village, json=body)
    assert refused.status_code == status, refused.text
    assert code is None or code in {refused.json()["code"], refused.json()["problems"][0]["code"]}
    assert dispatcher.get(village).json()["items"] == []


def test_a_programme_without_streets_is_told_so(programme_id, dispatcher):
    refused = dispatcher.post(f"/v1/programmes/{programme_id}/plans", json=QUICK)
    assert (refused.status_code, refused.json()["code"]) == (409, "network_missing")


def test_a_plan_of_another_programme_or_organisation_is_not_there(service, village, dispatcher):
    plan = asked(dispatcher, village, QUICK)
    plan_id = plan.rsplit("/", 1)[1]
    ended(dispatcher, plan)
    with service.as_role("dispatcher", "south") as south:
        for address in (plan, f"/v1/programmes/elsewhere/plans/{plan_id}"):
            assert south.get(address).status_code == 404
            assert south.post(f"{address}/cancel").status_code == 404
            assert south.get(f"{address}/events").status_code == 404
    elsewhere = add_programme(service, "north")
    assert dispatcher.get(f"/v1/programmes/{elsewhere}/plans/{plan_id}").status_code == 404


def test_each_role_sees_its_part(service, village, dispatcher):
    plan = asked(dispatcher, village, QUICK)
    ended(dispatcher, plan)
    texts = {}
    for role in ("clinician", "dispenser", "dispatcher"):
        with service.as_role(role) as client:
            texts[role] = client.get(plan).text
    assert str(story.LON)[:8] not in texts["clinician"] + texts["dispenser"]
    assert all(word not in texts["dispatcher"] for word in ("items", "quantity", "missed", "methadone"))
    assert '"items": [{"product_id": "p1"' in texts["dispenser"]
    for role in ("administrator", "auditor", "volunteer"):
        with service.as_role(role) as client:
            assert client.get(plan).status_code == 403


def test_every_key_of_a_plan_is_shown_to_somebody_but_what_nobody_needs():
    """A key that is added to the plan has to be given to a role, or is shown to those with all roles of care alone."""
    named = {key for seen in SEEN.values() for key in seen}
    known = {field.alias or name for name, field in Plan.model_fields.items()}
    assert named == known
    document = {key: [] for key in known}
    assert shown_plan(document, [Role.AUDITOR]) == {}
    assert shown_plan(document, [Role.CLINICIAN, Role.DISPENSER, Role.DISPATCHER]) == document


def _kinds(client: httpx.Client, plan: str) -> list[str]:
    return [event["kind"] for event in client.get(f"{plan}/events").json()["items"]]


def _tries(client: httpx.Client, plan: str, found: dict[str, object]) -> int:
    """Return for which time it is being made now; 0: it is not."""
    return _kinds(client, plan).count("started") if found["state"] == "running" else 0


def _kill_workers(service: Service) -> None:
    for process_id in service.installation.runner.process_ids:
        os.kill(process_id, signal.SIGKILL)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
