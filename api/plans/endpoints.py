"""Plans: asked for, made in the background, watched, cancelled, ended early. Law: 202 means that it will end once.

A plan is shown by role (`projection.py`). Its events come as a stream or, page by page, to whoever asks.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.identity.callers import Allowed, Here
from api.jobs.ledger import ENDED, State, ask_to_stop, cancel_job
from api.jobs.runner import Runner
from api.manners.answers import Answer, once
from api.manners.bodies import body_of
from api.manners.conditions import tag
from api.manners.dates import Date
from api.manners.errors import ConflictError, UnavailableError, UnprocessableError
from api.manners.openapi import told
from api.manners.paging import Cursor, Limit, page
from api.manners.problems import not_found
from api.plans.kept_plans import Event, KeptPlan
from api.plans.projection import shown_plan
from api.programmes.endpoints import PROGRAMME, load
from api.storage.plan_tables import PlanRow
from api.storage.tables import Network
from routing.domain.base import EARLIEST_ON, LATEST_ON, Document
from routing.domain.plan import dump_plan

PLANS = f"{PROGRAMME}/plans"
PLAN = f"{PLANS}/{{plan_id}}"
LONGEST_S, MOST_ITERATIONS = 600.0, 10_000
ASK_AGAIN_S = 2
WATCHED_FOR_S = 600.0
LOOKS_EVERY_S = 0.25
STILL_THERE_S = 15.0
router = APIRouter(tags=["plans"])


class NewPlan(Document):
    """What is asked of a plan.

    Attributes
    ----------
    time_limit_s
        Seconds to search for routes.
    iterations
        Search so many rounds instead: the same plan every time.
    remedies_s
        Seconds to look for what would serve who is left out; 0: not at all.
    bound
        Prove how short the routes could be, for as long again at most.
    resilience
        Find out, too, who is served if one volunteer is missing.
    """

    date: Date
    time_limit_s: Annotated[float, Field(gt=0, le=LONGEST_S)] = 30.0
    iterations: Annotated[int, Field(ge=1, le=MOST_ITERATIONS)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    remedies_s: Annotated[float, Field(ge=0, le=LONGEST_S)] = 10.0
    bound: bool = False
    resilience: bool = False


_ASKED = {"date": "2026-11-23", "time_limit_s": 30}
_PLAN = {
    "plan_id": "4f1d2c3b5a697887",
    "programme_id": "denpasar",
    "date": "2026-11-23",
    "state": "done",
    "code": None,
    "version": 1,
    "violations": 0,
    "published_version": None,
    "is_current": False,
    "predecessor_id": None,
    "programme_version": 1,
    "asked_at": "2026-11-22T20:00:00+00:00",
}
_EVENTS = {
    "items": [{"number": 1, "at": "2026-11-22T20:00:00+00:00", "kind": "queued", "figures": {}}],
    "state": "queued",
}
_WATCHED = told(_EVENTS)
_WATCHED["openapi_extra"]["responses"]["200"]["content"]["text/event-stream"] = {
    "schema": {"type": "string"},
    "example": 'id: 1\nevent: queued\ndata: {"number": 1, …}\n\n',
}


@router.post(PLANS, summary="Ask for a plan", **told(_PLAN, status=202, asks=NewPlan, example=_ASKED))
def create_plan(here: Allowed, programme_id: str) -> Response:
    """Have a day planned in the background."""
    with here.reading() as session:
        load(here, session, programme_id)
    asked = body_of(here.request, NewPlan)
    if not EARLIEST_ON <= asked.date < LATEST_ON:
        raise UnprocessableError(
            "bad_date", "the date lies outside of the calendar", where="/date", remedy="correct the year"
        )
    with here.writing() as session:
        answer = once(here, session, lambda: _add(here, session, programme_id, asked))
    runner_of(here.request).look()
    return answer.response()


@router.get(PLANS, summary="List plans", **told({"items": [_PLAN], "next_cursor": None}))
def list_plans(
    here: Allowed,
    programme_id: str,
    limit: Limit = 50,
    cursor: Cursor = None,
    date: Annotated[Date | None, Query(description="Of this day only.")] = None,
) -> Response:
    """Return the plans of a programme, the newest first, without their routes."""
    with here.reading() as session:
        load(here, session, programme_id)
        wanted = select(PlanRow).where(PlanRow.programme_id == programme_id)
        if date is not None:
            wanted = wanted.where(PlanRow.date == date.isoformat())
        rows = session.scalars(wanted).all()
        ordered = sorted((_place(row), row.plan_id) for row in rows)
        ids, following = page(ordered, limit, cursor)
        body = {"items": [_head(_headed(here, session, programme_id, one)) for one in ids], "next_cursor": following}
    return Answer(body=body).response()


@router.get(PLAN, summary="Show a plan", **told({**_PLAN, "plan": {"schema": "doorstep.plan/1", "routes": []}}))
def show_plan(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """Return how far a plan is and, once it is made, the plan as one's roles see it."""
    with here.reading() as session:
        kept = _kept(here, session, programme_id, plan_id)
    headers = {"ETag": tag(kept.version)}
    if kept.state not in ENDED:
        headers["Retry-After"] = str(ASK_AGAIN_S)
    return Answer(body={**_head(kept), "plan": plan_document(kept, here)}, headers=headers).response()


@router.get(f"{PLAN}/events", summary="Watch a plan", **_WATCHED)
def watch_plan(
    here: Allowed,
    programme_id: str,
    plan_id: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="Events after this one only.")] = 0,
) -> Response:
    """Return what has happened; with `Accept: text/event-stream`, go on to tell until the plan has ended.

    A stream begins after the event that `Last-Event-ID` names.
    """
    last = here.request.headers.get("last-event-id", "")
    begin = int(last) if last.isascii() and last.isdecimal() and len(last) < 10 else after
    if "text/event-stream" in here.request.headers.get("accept", ""):
        with here.reading() as session:
            _headed(here, session, programme_id, plan_id)
        return StreamingResponse(_stream(here, plan_id, begin), media_type="text/event-stream")
    with here.reading() as session:
        state = _headed(here, session, programme_id, plan_id).state
        found = here.opened.plans.events(session, here.caller.organisation_id, plan_id, begin)
    return Answer(body={"items": [_event(one) for one in found], "state": state}).response()


@router.post(f"{PLAN}/cancel", summary="Cancel a plan", **told({**_PLAN, "state": "cancelled"}))
def cancel_plan(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """End the making of a plan, with nothing kept; one that has ended already stays as it is."""
    organisation_id = here.caller.organisation_id
    with here.writing() as session:
        kept = _headed(here, session, programme_id, plan_id)
        if cancel_job(session, organisation_id, plan_id):
            here.opened.plans.tell(session, organisation_id, plan_id, State.CANCELLED, {})
        elif kept.state is not State.CANCELLED:
            raise ConflictError("plan_ended", "the plan has ended already", remedy="leave it as it is")
        kept = _headed(here, session, programme_id, plan_id)
    runner = runner_of(here.request)
    runner.cancel(organisation_id, plan_id)
    runner.announce(plan_id)
    return Answer(body=_head(kept)).response()


@router.post(f"{PLAN}/stop", summary="End the search now", **told(_PLAN, status=202))
def stop_plan(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """Have the best plan so far taken, now."""
    with here.writing() as session:
        kept = _headed(here, session, programme_id, plan_id)
        if not ask_to_stop(session, here.caller.organisation_id, plan_id) and kept.state is not State.DONE:
            raise ConflictError("plan_ended", "the plan has ended already", remedy="leave it as it is")
    runner_of(here.request).stop(here.caller.organisation_id, plan_id)
    return Answer(body=_head(kept), status=202, headers={"Retry-After": str(ASK_AGAIN_S)}).response()


def runner_of(request: Request) -> Runner:
    """Return who does the jobs of this service.

    Raises
    ------
    UnavailableError
        `service_ends`.
    """
    found: Runner | None = request.app.state.installation.runner
    if found is None:
        raise UnavailableError("service_ends", "the service is ending", remedy="try again once it has started")
    return found


def plan_document(kept: KeptPlan, here: Here) -> dict[str, Any] | None:
    """Return a plan's document as the caller's roles see it."""
    return None if kept.plan is None else shown_plan(json.loads(dump_plan(kept.plan)), here.caller.roles)


def kept_plan(here: Here, session: Session, programme_id: str, plan_id: str) -> KeptPlan:
    """Return a plan of a programme of the caller's organisation."""
    return _kept(here, session, programme_id, plan_id)


def plan_head(kept: KeptPlan) -> dict[str, object]:
    """Return what is told of a plan beside its document."""
    return _head(kept)


def _add(here: Here, session: Session, programme_id: str, asked: NewPlan) -> Answer:
    programme = load(here, session, programme_id)
    extract = programme.document.get("extract")
    if extract is None or session.get(Network, (here.caller.organisation_id, str(extract))) is None:
        raise ConflictError(
            "network_missing",
            "the programme names no extract that is here",
            where="/extract",
            remedy="upload it (PUT /v1/networks/{network_id}), and name it in the programme",
        )
    plan_id = here.opened.plans.add(
        session,
        here.caller.organisation_id,
        programme_id,
        asked.date.isoformat(),
        programme_version=programme.version,
        asked_by=here.caller.user_id,
        asked=asked.model_dump(mode="json", exclude={"date"}),
    )
    kept = _headed(here, session, programme_id, plan_id)
    headers = {"Location": f"/v1/programmes/{programme_id}/plans/{plan_id}", "Retry-After": str(ASK_AGAIN_S)}
    return Answer(body=_head(kept), status=202, headers=headers)


def _headed(here: Here, session: Session, programme_id: str, plan_id: str) -> KeptPlan:
    """Return a plan of a programme without its document."""
    head = here.opened.plans.head(session, here.caller.organisation_id, plan_id)
    if head.programme_id != programme_id:
        raise not_found()
    return head


def _kept(here: Here, session: Session, programme_id: str, plan_id: str) -> KeptPlan:
    kept = here.opened.plans.load(session, here.caller.organisation_id, plan_id)
    if kept.programme_id != programme_id:
        raise not_found()
    return kept


def _head(kept: KeptPlan) -> dict[str, object]:
    return {
        "plan_id": kept.plan_id,
        "programme_id": kept.programme_id,
        "date": kept.date,
        "state": kept.state,
        "code": kept.code,
        "version": kept.version,
        "violations": kept.violations,
        "published_version": kept.published_version,
        "is_current": kept.is_current,
        "predecessor_id": kept.predecessor_id,
        "programme_version": kept.programme_version,
        "asked_at": kept.asked_at.isoformat(),
    }


def _place(row: PlanRow) -> str:
    """Return what the newest come first by."""
    return f"{10**11 - int(row.asked_at.timestamp()):012d}/{row.plan_id}"


def _event(event: Event) -> Mapping[str, object]:
    return {"number": event.number, "at": event.at.isoformat(), "kind": event.kind, "figures": event.figures}


async def _stream(here: Here, plan_id: str, after: int) -> AsyncIterator[bytes]:
    """Tell what happens until the plan has ended, and nobody's database connection is held meanwhile."""
    runner = runner_of(here.request)
    told = -1
    ends_at = asyncio.get_running_loop().time() + WATCHED_FOR_S
    quiet_s = 0.0
    while asyncio.get_running_loop().time() < ends_at and not runner.is_ending:
        known = runner.told(plan_id)
        if known != told:
            told = known
            events, state = await run_in_threadpool(_news, here, plan_id, after)
            for event in events:
                after, quiet_s = event.number, 0.0
                yield f"id: {event.number}\nevent: {event.kind}\ndata: {json.dumps(_event(event))}\n\n".encode()
            if state in ENDED:
                return
        await asyncio.sleep(LOOKS_EVERY_S)
        quiet_s += LOOKS_EVERY_S
        if quiet_s >= STILL_THERE_S:
            quiet_s, told = 0.0, -1  # look again, whatever was announced
            yield b": still there\n\n"


def _news(here: Here, plan_id: str, after: int) -> tuple[Sequence[Event], State]:
    with here.reading() as session:
        kept = here.opened.plans.head(session, here.caller.organisation_id, plan_id)
        return here.opened.plans.events(session, here.caller.organisation_id, plan_id, after), kept.state
