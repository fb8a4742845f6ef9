"""Edits and publishing. Law: what is kept was judged; what breaks a rule is kept and shown, and never published.

What takes time (streets, schedules, the checker) is done before the database is written to; the version asked for with
`If-Match` is the one that is changed, or nothing is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.identity.callers import Allowed, Here
from api.manners.answers import Answer, answered_before, once
from api.manners.bodies import body_of
from api.manners.conditions import require_match, tag
from api.manners.errors import ConflictError
from api.manners.openapi import told
from api.plans.endpoints import PLAN, kept_plan, plan_document, plan_head
from api.plans.examples import EDITED, EDITS, PUBLICATION, PUBLISHED, VIOLATION
from api.plans.kept_plans import KeptPlan
from api.plans.subjects import Subject, key_ids, locks_as_json, newest
from api.plans.violations import kept_violations, shown_violations
from api.storage.plan_tables import PlanRow
from routing.domain.base import Document, Identifier
from routing.domain.edits import Edits

router = APIRouter(tags=["plans"])
_OF_CLIENTS = frozenset({"broken", "plan"})  # lies under the day's key and goes with it, so no answer keeps it


@router.post(f"{PLAN}/edits", summary="Edit a plan", **told(EDITED, asks=Edits, example=EDITS))
def edit_plan(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """Lock, move, exclude, add; every rule is judged at once, and what is broken is told.

    No edits at all put the plan on the programme as it is now. Needs If-Match.
    """
    with here.reading() as session:
        kept_plan(here, session, programme_id, plan_id)
        again = answered_before(here, session)
        if again is not None:
            return _whole(here, session, plan_id, again).response()
        asked = body_of(here.request, Edits)
        subject = newest(here, session, programme_id, plan_id)
        require_match(here.request, subject.kept.version)
    answer = _edited(here, subject, asked)
    return answer.response()


@router.get(f"{PLAN}/violations", summary="Show what a plan breaks", **told({"version": 2, "items": [VIOLATION]}))
def list_violations(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """Return what the checker says about the newest version."""
    with here.reading() as session:
        kept = kept_plan(here, session, programme_id, plan_id)
    return Answer(
        body={"version": kept.version, "items": _shown(here, kept)}, headers={"ETag": tag(kept.version)}
    ).response()


class Publication(Document):
    """What is said where a plan is published.

    Attributes
    ----------
    replaces
        The plan that is published of the day, where it is another one that this one does not go on from.
    """

    replaces: Identifier | None = None


@router.post(
    f"{PLAN}/publish",
    summary="Publish a plan",
    **told(PUBLISHED, asks=Publication, example=PUBLICATION),
)
def publish_plan(here: Allowed, programme_id: str, plan_id: str) -> Response:
    """Freeze the newest version, which is the day's plan from now on; once is as good as twice. Needs If-Match."""
    with here.writing() as session:
        kept_plan(here, session, programme_id, plan_id)
        asked = body_of(here.request, Publication)
        answer = once(here, session, lambda: _published(here, session, programme_id, plan_id, asked.replaces))
    return answer.response()


def _edited(here: Here, subject: Subject, asked: Edits) -> Answer:
    from routing.editing import apply_edits

    made = apply_edits(subject.plan, subject.programme, asked.edits, subject.desk(here))
    day = made.programme.so_far(made.plan.date)
    note = {
        "kind": "edited",
        "edits": [edit.model_dump(mode="json", exclude_none=True) for edit in asked.edits],
        "locks": locks_as_json(() if day is None else day.locks),
        "violations": kept_violations(made.violations),
    }

    def keep() -> Answer:
        organisation_id, plan_id = here.caller.organisation_id, subject.kept.plan_id
        version = here.opened.plans.keep_version(
            session,
            organisation_id,
            plan_id,
            made.plan,
            expected_version=subject.kept.version,
            made_by=here.caller.user_id,
            violations=len(made.violations),
            note=note,
        )
        figures = {"version": version, "violations": len(made.violations)}
        here.opened.plans.tell(session, organisation_id, plan_id, "edited", figures)
        kept = here.opened.plans.load(session, organisation_id, plan_id)
        body = {**plan_head(kept), "broken": _shown(here, kept), "plan": plan_document(kept, here)}
        return Answer(body=body, headers={"ETag": tag(version)}, unkept=_OF_CLIENTS)

    with here.writing() as session:
        return _whole(here, session, subject.kept.plan_id, once(here, session, keep))


def _whole(here: Here, session: Session, plan_id: str, answer: Answer) -> Answer:
    """Return an answer with what was not kept of it, unless the plan has gone on to another version since."""
    if not answer.is_replayed or not isinstance(answer.body, dict):
        return answer
    kept = here.opened.plans.load(session, here.caller.organisation_id, plan_id)
    if kept.version != answer.body["version"]:
        return answer
    return replace(answer, body={**answer.body, "broken": _shown(here, kept), "plan": plan_document(kept, here)})


def _published(here: Here, session: Session, programme_id: str, plan_id: str, replaces: str | None) -> Answer:
    kept = kept_plan(here, session, programme_id, plan_id)
    require_match(here.request, kept.version)
    if not (kept.is_current and kept.published_version == kept.version):
        subject = newest(here, session, programme_id, plan_id)
        _refuse_unfit(subject)
        row = session.get_one(PlanRow, (here.caller.organisation_id, plan_id))
        keys = key_ids(here, session, programme_id)
        here.opened.bases.keep(session, row, kept.version, subject.programme, keys)
        here.opened.plans.publish(session, here.caller.organisation_id, plan_id, kept.version, replaces)
        kept = kept_plan(here, session, programme_id, plan_id)
    return Answer(body=plan_head(kept), headers={"ETag": tag(kept.version)})


def _refuse_unfit(subject: Subject) -> None:
    """Refuse what breaks rules, and what is about the programme as it was."""
    broken = sorted({str(each["code"]) for each in _violations(subject.kept)})
    if subject.kept.violations:
        raise ConflictError(
            "plan_breaks_rules",
            f"the plan breaks {subject.kept.violations} rules: {', '.join(broken)}",
            remedy="change it until the checker passes it",
            params={"violations": subject.kept.violations, "codes": broken},
        )
    if not subject.is_of_programme:
        raise ConflictError(
            "plan_out_of_date",
            "the programme has changed since the plan was made",
            remedy='put the plan on it ({"edits": []}) and look at what comes out, or plan anew',
        )


def _violations(kept: KeptPlan) -> list[Mapping[str, Any]]:
    found = kept.note.get("violations") or []
    return list(found) if isinstance(found, list) else []


def _shown(here: Here, kept: KeptPlan) -> list[dict[str, object]]:
    return shown_violations(_violations(kept), here.caller.roles)
