"""What is left of a day, planned after something has happened; and what differs, and why things are as they are.

Law: a replan goes on from what is published, and is a plan of its own that is made as any other. Each role tells of
what it knows: doses are the clinician's to change, the counter is the dispenser's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.identity.roles import CARE, Role
from api.manners.answers import Answer, answered_before, once
from api.manners.bodies import body_of
from api.manners.errors import ConflictError, ForbiddenError
from api.manners.openapi import told
from api.manners.problems import not_found
from api.plans.bases import AS_ASKED
from api.plans.endpoints import ASK_AGAIN_S, PLAN, kept_plan, plan_head, runner_of
from api.plans.examples import DIFFERENCES, EVENTS, EXPLANATIONS, REPLANNED
from api.plans.kept_plans import KeptPlan
from api.plans.subjects import Subject, key_ids, newest, published
from api.storage.plan_tables import PlanRow
from routing.domain.base import Document
from routing.domain.events import Events
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.domain.reading import pointer

router = APIRouter(tags=["plans"])
LONGEST_S, MOST_ITERATIONS = 120.0, 10_000
_DISPATCH = frozenset({Role.DISPATCHER})
# Who may tell of what; what is not here is for dispatchers.
TOLD_BY: Mapping[str, frozenset[Role]] = {
    "dispensed_at_site": frozenset({Role.DISPENSER}),
    "dose_changed": frozenset({Role.CLINICIAN}),
    "status_changed": frozenset({Role.CLINICIAN, Role.DISPATCHER}),
    "new_client": CARE,
}


class NewReplan(Document):
    """What has happened, and how long to search.

    Attributes
    ----------
    events
        A document `doorstep.events/1`.
    """

    events: Events
    time_limit_s: Annotated[float, Field(gt=0, le=LONGEST_S)] = 3.0
    iterations: Annotated[int, Field(ge=1, le=MOST_ITERATIONS)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1


@router.post(
    f"{PLAN}/replans",
    summary="Plan what is left of a day",
    **told(REPLANNED, status=202, asks=NewReplan, example=EVENTS),
)
def create_replan(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """Have the rest of the day planned, from the plan that is published and from what has happened since."""
    with here.reading() as session:
        kept_plan(here, session, programme_id, plan_id)
        again = answered_before(here, session)
        if again is not None:
            return again.response()
        asked = body_of(here.request, NewReplan)
        _refuse_others(asked.events, here.caller.roles)
        subject = published(here, session, programme_id, plan_id)
    _refuse_replaced(subject.kept)
    from routing.replanning import apply_events

    applied = apply_events(subject.programme, subject.plan, asked.events, subject.desk(here).extract)
    with here.writing() as session:
        answer = once(here, session, lambda: _add(here, session, subject, asked, applied.programme, applied.exposed))
    runner_of(here.request).look()
    return answer.response()


@router.get(f"{PLAN}/differences", summary="Show what differs", **told(DIFFERENCES))
def show_differences(
    here: Allowed,
    programme_id: str,
    plan_id: str,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Than this version of the plan.")] = None,
    tolerance_s: Annotated[int | None, Query(ge=0, le=86_400, description="So much is the same time.")] = None,
) -> Response:
    """Say what differs from the plan before, who has to be told, and the figures of both.

    The plan before is the one that a replan goes on from; of any other plan, the version that was made first.
    """
    with here.reading() as session:
        subject = newest(here, session, programme_id, plan_id)
        before = _before(here, session, subject.kept, version)
    from api.cli.differences import as_object
    from routing.replanning import difference_of

    day = subject.programme.so_far(subject.plan.date)
    done = () if day is None else [order_id for each in day.served for order_id in each.order_ids]
    usual = 1800 if day is None else day.tolerance_s
    exposed = subject.kept.asked.get("exposed") if version is None else None
    found = difference_of(
        before,
        subject.plan,
        tolerance_s=usual if tolerance_s is None else tolerance_s,
        done=done,
        exposed=exposed if isinstance(exposed, dict) else None,
    )
    return Answer(body=as_object(found, subject.programme)).response()


@router.get(f"{PLAN}/explanations", summary="Say why", **told(EXPLANATIONS))
def explain_plan(
    here: Allowed,
    programme_id: str,
    plan_id: str,
    client_id: Annotated[str | None, Query(max_length=64, description="Of this client alone.")] = None,
) -> Response:
    """Say why somebody is left out, and of one client why the visit is where it is."""
    with here.reading() as session:
        subject = newest(here, session, programme_id, plan_id)
    from api.cli.explain_report import as_document
    from routing.explaining import Patience
    from routing.explaining.served import visits_of
    from routing.explaining.trials import Trials

    if client_id is None:
        return Answer(body=as_document(subject.plan, None, ())).response()
    if client_id not in {client.client_id for client in subject.programme.clients}:
        raise not_found()
    trials = Trials(subject.programme, subject.plan, subject.desk(here).streets, Patience())
    return Answer(body=as_document(subject.plan, client_id, visits_of(trials, client_id))).response()


def _add(
    here: Here,
    session: Session,
    subject: Subject,
    asked: NewReplan,
    programme: Programme,
    exposed: Mapping[str, tuple[str, ...]],
) -> Answer:
    organisation_id, before = here.caller.organisation_id, subject.kept
    _refuse_replaced(kept_plan(here, session, before.programme_id, before.plan_id))
    plan_id = here.opened.plans.add(
        session,
        organisation_id,
        before.programme_id,
        before.date,
        programme_version=before.programme_version,
        asked_by=here.caller.user_id,
        asked=_asked(asked, before.version, exposed),
        predecessor_id=before.plan_id,
    )
    row = session.get_one(PlanRow, (organisation_id, plan_id))
    here.opened.bases.keep(session, row, AS_ASKED, programme, key_ids(here, session, before.programme_id))
    kept = kept_plan(here, session, before.programme_id, plan_id)
    headers = {
        "Location": f"/v1/programmes/{before.programme_id}/plans/{plan_id}",
        "Retry-After": str(ASK_AGAIN_S),
    }
    return Answer(body=plan_head(kept), status=202, headers=headers)


def _asked(asked: NewReplan, before_version: int, exposed: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {
        **asked.model_dump(mode="json", exclude={"events"}),
        "remedies_s": 0.0,
        "bound": False,
        "resilience": False,
        "before_version": before_version,
        "exposed": {volunteer_id: list(clients) for volunteer_id, clients in exposed.items()},
    }


def _refuse_replaced(kept: KeptPlan) -> None:
    if not kept.is_current:
        raise ConflictError(
            "plan_replaced",
            "another plan was published since in its place",
            remedy="go on from that one",
        )


def _refuse_others(events: Events, roles: frozenset[Role]) -> None:
    """Refuse events that somebody with these roles cannot know of."""
    for number, event in enumerate(events.events):
        may = TOLD_BY.get(event.type, _DISPATCH)
        whole = event.type == "new_client"
        if not (may <= roles if whole else may & roles):
            raise ForbiddenError(
                "event_not_yours",
                "this is for another role to tell",
                where=pointer("events", "events", number),
                remedy="have whoever knows it tell it",
                params={"roles": sorted(may)},
            )


def _before(here: Here, session: Session, kept: KeptPlan, version: int | None) -> Plan:
    plans, organisation_id = here.opened.plans, here.caller.organisation_id
    if version is not None:
        return plans.version_of(session, organisation_id, kept.plan_id, version)
    if kept.predecessor_id is None:
        return plans.version_of(session, organisation_id, kept.plan_id, 1)
    return plans.version_of(session, organisation_id, kept.predecessor_id, int(str(kept.asked["before_version"])))
