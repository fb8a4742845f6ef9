"""What a plan is about, for whoever edits, publishes, replans or prints it. Law: read here, decided elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from api.identity.callers import Here
from api.manners.errors import ConflictError
from api.plans.bases import AS_ASKED
from api.plans.endpoints import kept_plan
from api.plans.forgetting import without_gaps
from api.plans.kept_plans import KeptPlan
from api.programmes.endpoints import load
from routing.domain.day_so_far import Lock
from routing.domain.loading import dump_programme
from routing.domain.plan import Plan
from routing.domain.programme import Programme

if TYPE_CHECKING:
    from routing.editing import Desk

_LOCKS = TypeAdapter(tuple[Lock, ...])


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A plan with its document, and the programme it is about."""

    kept: KeptPlan
    plan: Plan
    programme: Programme
    extract: tuple[Path, str]

    @property
    def is_of_programme(self) -> bool:
        """Whether the plan was made from the programme as it is."""
        return self.plan.inputs.programme_sha256 == sha256(dump_programme(self.programme)).hexdigest()

    def desk(self, here: Here) -> Desk:
        """Return the streets, from memory if they were needed lately."""
        return here.opened.desks.open(here.caller.organisation_id, *self.extract)


def newest(here: Here, session: Session, programme_id: str, plan_id: str) -> Subject:
    """Return a plan in its newest version, with the programme as it is now and the plan's own locks.

    Raises
    ------
    NotFoundError
        `not_found`.
    ConflictError
        `plan_not_made`, `network_missing`.
    """
    kept = kept_plan(here, session, programme_id, plan_id)
    plan = without_gaps(_made(kept))
    from routing.editing import with_locks  # takes a second: not for what is not there

    organisation_id = here.caller.organisation_id
    asked = here.opened.bases.load(session, organisation_id, plan_id, AS_ASKED)
    programme = load(here, session, programme_id).programme if asked is None else asked
    locks = kept.note.get("locks")
    if locks is not None:
        programme = with_locks(programme, date.fromisoformat(kept.date), _LOCKS.validate_python(locks, strict=False))
    return _subject(here, session, kept, plan, programme)


def published(here: Here, session: Session, programme_id: str, plan_id: str) -> Subject:
    """Return a plan as it was published, with the programme of then; who was erased since is in neither.

    Raises
    ------
    NotFoundError
        `not_found`.
    ConflictError
        `plan_not_published`, `network_missing`.
    """
    kept = kept_plan(here, session, programme_id, plan_id)
    organisation_id, version = here.caller.organisation_id, kept.published_version
    programme = None
    if version is not None:
        programme = here.opened.bases.load(session, organisation_id, plan_id, version)
    if version is None or programme is None:
        raise ConflictError(
            "plan_not_published",
            "no version of the plan is published",
            remedy="publish it first (POST …/publish)",
        )
    plan = _of_others(here.opened.plans.version_of(session, organisation_id, plan_id, version), programme)
    return _subject(here, session, replace(kept, plan=plan, version=version), plan, programme)


def key_ids(here: Here, session: Session, programme_id: str) -> Mapping[str, str]:
    """Return the key of each client of a programme."""
    rows = load(here, session, programme_id).rows
    return {entry_id: row.key_id for (kind, entry_id), row in rows.items() if kind == "clients" and row.key_id}


def locks_as_json(locks: Sequence[Lock]) -> list[dict[str, object]]:
    """Return locks as a plan's note keeps them."""
    return [lock.model_dump(mode="json", exclude_defaults=True) for lock in locks]


def _of_others(plan: Plan, programme: Programme) -> Plan:
    """Return a plan that is about the programme as it is left once somebody was erased; else it is the same."""
    digest = sha256(dump_programme(programme)).hexdigest()
    return without_gaps(plan).changed(inputs=plan.inputs.changed(programme_sha256=digest))


def _made(kept: KeptPlan) -> Plan:
    if kept.plan is None:
        raise ConflictError(
            "plan_not_made", "there is no plan yet, or it failed", remedy="wait until its state is `done`"
        )
    return kept.plan


def _subject(here: Here, session: Session, kept: KeptPlan, plan: Plan, programme: Programme) -> Subject:
    extract = here.opened.desks.path_of(session, here.caller.organisation_id, programme)
    return Subject(kept=kept, plan=plan, programme=programme, extract=extract)
