"""The life of plans in any order: no state that is not allowed, nothing published that breaks a rule.

The test does the jobs itself, by the ledger: it takes them up, ends them, lets their processes die, and comes too late.
`make states` lives more lives, and longer ones (`DOORSTEP_LIVES`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.jobs.ledger import MOST_ATTEMPTS, State, take_job
from api.jobs.runner import Runner, _Work
from api.storage.plan_tables import Job
from api.storage.sessions import EVERY
from routing.domain.loading import load_programme
from routing.domain.plan import dump_plan, load_plan
from routing.plan_day import Budget, plan_day
from tests.api.service.conftest import Service, add_programme
from tests.api.service.streets import NETWORK, extract, put_network
from tests.api.service.test_edits import DAY, streets, two_volunteers

ASKED = {"date": DAY, "iterations": 1, "remedies_s": 0}
REST = {
    "events": {"schema": "doorstep.events/1", "on": DAY, "now_at": f"{DAY}T07:00:00+08:00", "events": []},
    "iterations": 1,
}
EDITS = [
    {"type": "lock", "client_id": "c1", "volunteer_id": "v2"},
    {"type": "unlock", "client_id": "c1"},
    {"type": "move", "client_id": "c1", "volunteer_id": "v1"},
    {"type": "move", "client_id": "c1", "volunteer_id": "v2"},
    {"type": "exclude", "client_id": "c1", "reason": "away"},
    {"type": "add", "client_id": "c1", "volunteer_id": "v2"},
]

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = {"done", "failed", "cancelled"}
LIVES, STEPS = int(os.environ.get("DOORSTEP_LIVES", "5")), 40 if "DOORSTEP_LIVES" in os.environ else 20
# What fails is shown as it came: making it smaller would take the service many minutes.
PACE = settings(max_examples=LIVES, stateful_step_count=STEPS, deadline=None, phases=[Phase.generate])


@dataclass(eq=False)
class Known:
    """What the test knows of a plan."""

    url: str
    state: str = "queued"
    version: int = 0
    violations: int = 0
    published: int | None = None
    predecessor: Known | None = None
    attempts: int = 0
    lawful: set[int] = field(default_factory=set)


class PlanLife(RuleBasedStateMachine):
    """Asks, works, edits, publishes, replans."""

    service: Service
    plans = Bundle("plans")
    works = Bundle("works")

    @initialize()
    def begin(self) -> None:
        self.programme_id = add_programme(self.service, "north")
        self.client = self.service.as_role("all")
        where = f"/v1/programmes/{self.programme_id}"
        put_network(self.client, NETWORK, extract())
        version = self.client.get(f"{where}/document").headers["ETag"]
        document = two_volunteers(self.programme_id)
        self.client.put(f"{where}/document", json=document, headers={"If-Match": version}).raise_for_status()
        self.where = f"{where}/plans"
        self.known: dict[str, Known] = {}
        self.current: Known | None = None
        opened = self.service.opened
        self.runner = Runner(opened, self.service.installation.settings.cache, at_once=0, most_bytes=1)
        self.service.installation.runner = self.runner

    def teardown(self) -> None:
        """Leave nothing for whoever does jobs next."""
        if hasattr(self, "known"):
            self._events_are_whole()
        for url in getattr(self, "known", {}):
            self.client.post(f"{url}/cancel")
        if hasattr(self, "client"):
            self.client.close()

    @rule(target=plans)
    def ask(self) -> Known:
        return self._added(self.client.post(self.where, json=ASKED), None)

    @precondition(lambda self: any(each.state == "queued" for each in self.known.values()))
    @rule(target=works)
    def take(self) -> _Work:
        opened = self.service.opened
        with opened.store.writing(EVERY) as session:
            self._queue_in_turn(session)
            taken = take_job(session, opened.owner)
        assert taken is not None
        plan = self._of(taken.job_id)
        plan.state, plan.attempts = "running", plan.attempts + 1
        return _Work(taken=taken, plan_id=taken.job_id, process=None)  # type: ignore[arg-type]

    def _queue_in_turn(self, session: Session) -> None:
        """Have nobody wait after a process that died, and plans of one second taken up as they were asked for.

        What follows would else be a matter of how fast we are here: Hypothesis finds fault with that.
        """
        for turn, url in enumerate(self.known):
            mine = update(Job).where(Job.job_id == url.rsplit("/", 1)[1], Job.state == State.QUEUED)
            asked_at = LONG_AGO + timedelta(seconds=turn)
            session.execute(mine.values(created_at=asked_at, not_before_at=asked_at))

    @rule(work=consumes(works))
    def finish(self, work: _Work) -> None:
        """End a job with what it made, be it in time or too late."""
        plan = self._of(work.plan_id)
        ours = plan.state == "running"
        if ours:
            self.runner.done(work, self._made(work))
            plan.state, plan.version = "done", 1
            plan.lawful.add(1)
        else:
            self.runner.failed(work.taken, {"code": "job_broke", "message": "too late"})

    @rule(work=consumes(works))
    def fail(self, work: _Work) -> None:
        self.runner.failed(work.taken, {"code": "job_broke", "message": "it broke"})
        plan = self._of(work.plan_id)
        plan.state = "failed" if plan.state == "running" else plan.state

    @rule(work=consumes(works))
    def die(self, work: _Work) -> None:
        self.runner._put_back(work.taken, "job_died")
        plan = self._of(work.plan_id)
        if plan.state == "running":
            plan.state = "failed" if plan.attempts >= MOST_ATTEMPTS else "queued"

    @rule(plan=plans)
    def cancel(self, plan: Known) -> None:
        answer = self.client.post(f"{plan.url}/cancel")
        if plan.state in {"done", "failed"}:
            assert (answer.status_code, answer.json()["code"]) == (409, "plan_ended")
        else:
            assert answer.status_code == 200, answer.text
            plan.state = "cancelled"

    @rule(plan=plans, edit=st.sampled_from(EDITS), luck=st.integers(0, 4))
    def edit(self, plan: Known, edit: dict[str, object], luck: int) -> None:
        stale = luck == 0
        headers = {"If-Match": f'"{plan.version + stale}"'}
        answer = self.client.post(f"{plan.url}/edits", json={"edits": [edit]}, headers=headers)
        if plan.state != "done":
            assert self._code(answer) == (409, "plan_not_made")
        elif stale:
            assert self._code(answer) == (412, "changed_meanwhile")
        elif answer.status_code == 200:
            plan.version += 1
            plan.violations = answer.json()["violations"]
            assert answer.json()["version"] == plan.version
            assert bool(answer.json()["broken"]) is bool(plan.violations)
            if not plan.violations:
                plan.lawful.add(plan.version)
        else:
            assert answer.status_code == 422, answer.text
            assert answer.json()["code"].startswith("edit_"), answer.text

    @rule(plan=plans, stale=st.integers(0, 4), replaces=st.booleans())
    def publish(self, plan: Known, stale: int, replaces: bool) -> None:
        body = {"replaces": self._id(self.current)} if replaces and self.current is not None else {}
        version = plan.version + (stale == 0)
        answer = self.client.post(f"{plan.url}/publish", json=body, headers={"If-Match": f'"{version}"'})
        expected = self._publishing(plan, stale == 0, bool(body))
        assert (answer.status_code if expected == "" else self._code(answer)[1]) == (expected or 200), answer.text
        if not expected:
            plan.published, self.current = plan.version, plan

    def _publishing(self, plan: Known, stale: bool, replaces: bool) -> str:
        """Return the code with which publishing is refused; empty: it is done."""
        if stale:
            return "changed_meanwhile"
        if self.current is plan and plan.published == plan.version and plan.version:
            return ""
        if plan.state != "done":
            return "plan_not_made"
        if plan.violations:
            return "plan_breaks_rules"
        if plan.published is not None and self.current is not plan:
            return "plan_replaced"
        if self.current in {None, plan, plan.predecessor} or replaces:
            return ""
        return "another_plan_published"

    @rule(target=plans, plan=plans)
    def replan(self, plan: Known) -> Known:
        answer = self.client.post(f"{plan.url}/replans", json=REST)
        if plan.published is None:
            assert self._code(answer) == (409, "plan_not_published")
            return plan
        if self.current is not plan:
            assert self._code(answer) == (409, "plan_replaced")
            return plan
        return self._added(answer, plan)

    @invariant()
    def everything_is_as_it_may_be(self) -> None:
        if not hasattr(self, "known"):
            return
        listed = self.client.get(self.where, params={"limit": 200}).raise_for_status().json()["items"]
        shown = {f"{self.where}/{found['plan_id']}": found for found in listed}
        assert shown.keys() == self.known.keys()
        for url, plan in self.known.items():
            found = shown[url]
            assert found["state"] == plan.state
            assert (found["version"], found["violations"]) == (plan.version, plan.violations)
            assert found["published_version"] == plan.published
            assert found["is_current"] is (self.current is plan)
            assert plan.published is None or plan.published in plan.lawful

    def _events_are_whole(self) -> None:
        """Require that each plan was accepted once, and ended once at most."""
        for url, plan in self.known.items():
            kinds = [event["kind"] for event in self.client.get(f"{url}/events").json()["items"]]
            assert kinds[0] == "queued"
            assert [kind for kind in kinds if kind in ENDS] == ([plan.state] if plan.state in ENDS else [])

    def _added(self, answer: httpx.Response, predecessor: Known | None) -> Known:
        assert answer.status_code == 202, answer.text
        plan = Known(url=answer.headers["Location"], predecessor=predecessor)
        self.known[plan.url] = plan
        return plan

    def _made(self, work: _Work) -> str:
        task, work.programme_version = self.runner._task(work)
        before = None if task["before"] is None else load_plan(task["before"].encode())
        programme = load_programme(task["programme"].encode())
        plan = plan_day(programme, date.fromisoformat(DAY), *streets(), Budget(iterations=1), before=before)
        return dump_plan(plan).decode()

    def _of(self, plan_id: str) -> Known:
        return self.known[f"{self.where}/{plan_id}"]

    def _id(self, plan: Known | None) -> str | None:
        return None if plan is None else plan.url.rsplit("/", 1)[1]

    def _code(self, answer: httpx.Response) -> tuple[int, str]:
        found: dict[str, Any] = answer.json()
        return answer.status_code, str(found["code"])


def test_no_order_of_things_leads_to_a_state_that_is_not_allowed(service: Service):
    service.installation.rest()
    try:
        machine: Callable[[], PlanLife] = type("PlanLifeHere", (PlanLife,), {"service": service})
        run_state_machine_as_test(machine, settings=PACE)
    finally:
        service.installation.runner = None
        service.installation.work()
