"""What the process that makes a plan is given. Law: handed on as documents; a process opens no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from api.plans.bases import AS_ASKED
from api.plans.forgetting import without_gaps
from api.plans.kept_plans import KeptPlan
from routing.domain.loading import dump_programme
from routing.domain.plan import dump_plan

if TYPE_CHECKING:
    from api.installation import Opened


def programme_asked(opened: Opened, session: Session, kept: KeptPlan) -> tuple[Mapping[str, Any], int]:
    """Return the programme that a plan is asked for of, its own or as it is kept, and the version of that."""
    basis = opened.bases.load(session, kept.organisation_id, kept.plan_id, AS_ASKED)
    if basis is None:
        programme = opened.kept.load(session, kept.organisation_id, kept.programme_id)
        return programme.document, programme.version
    return json.loads(dump_programme(basis)), kept.programme_version


def plan_before(opened: Opened, session: Session, kept: KeptPlan) -> str | None:
    """Return the document of the plan that this one goes on from."""
    if kept.predecessor_id is None:
        return None
    version = int(str(kept.asked["before_version"]))
    before = opened.plans.version_of(session, kept.organisation_id, kept.predecessor_id, version)
    return dump_plan(without_gaps(before)).decode()
