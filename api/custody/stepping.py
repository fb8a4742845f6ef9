"""Take in a step of custody. Law: once, with two persons; what leaves a shelf is taken from it at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from api.custody.accounts import reckon
from api.custody.effects import Effect
from api.custody.persons import witness_problem
from api.custody.records import CustodyKind, CustodyStep
from api.custody.refusals import id_taken, product_unknown, site_unknown, too_early
from api.custody.stock_movements import is_controlled, issue
from api.storage.visit_tables import CustodyRecord
from api.visits.books import Books
from api.visits.discrepancies import Finding, note_goods
from api.visits.keeping import put_step
from api.visits.reporting import Outcome
from api.visits.reports import Reporter
from api.visits.settling import settle
from routing.domain.errors import Problem

LATEST_RETURN = timedelta(days=400)


def take_steps(books: Books, steps: Sequence[CustodyStep], user_id: str) -> list[Outcome]:
    """Keep steps, and bring shelves, ledger and accounts to them; return what became of each, in their order."""
    outcomes, clients, days = [], dict[str, None](), set[date]()
    for step in steps:
        outcome = _taken_before(books, step) or _checked(books, step, user_id)
        outcomes.append(outcome)
        if outcome.is_new:
            _keep(books, step, user_id)
            days.add(_on(books, step))
            clients |= {} if step.client_id is None else {step.client_id: None}
    settle(books, clients)
    reckon(books, days)
    return outcomes


def _keep(books: Books, step: CustodyStep, user_id: str) -> None:
    on, effects = _on(books, step), list[Effect]()
    missing: list[Finding] = []
    for goods in step.goods if step.kind is CustodyKind.ISSUED else ():
        done, short = issue(books, step.site_id, goods.product_id, goods.quantity, step.at)
        effects += done
        if short > 0:
            params = {"site_id": step.site_id, "product_id": goods.product_id, "quantity": short}
            name = f"{step.record_id}/{goods.product_id}"
            missing.append(Finding(code="not_in_stock", on=on, name=name, params=params))
    put_step(books, step, on, Reporter(user_id=user_id), _content_hash(books, step), effects)
    if missing:
        note_goods(books, on, (), missing)


def _taken_before(books: Books, step: CustodyStep) -> Outcome | None:
    row = books.session.get(CustodyRecord, (books.organisation_id, books.programme_id, step.record_id))
    if row is None:
        return None
    same = row.content_hash == _content_hash(books, step)
    return Outcome(report_id=step.record_id, problem=None if same else id_taken("/record_id"))


def _checked(books: Books, step: CustodyStep, user_id: str) -> Outcome:
    problem = (
        _unknown(books, step)
        or witness_problem(books, user_id, step.witness)
        or _not_the_witness(step)
        or too_early(step.at)
        or _of_another_day(books, step)
        or _blocked(books, step)
    )
    return Outcome(report_id=step.record_id, problem=problem, is_new=problem is None)


def _unknown(books: Books, step: CustodyStep) -> Problem | None:
    if ("sites", step.site_id) not in books.kept.rows:
        return site_unknown()
    if any(("products", one.product_id) not in books.kept.rows for one in step.goods):
        return product_unknown("/goods")
    if step.client_id is not None and books.key_id(step.client_id) is None:
        return Problem(
            code="client_unknown", where="/client_id", message="there is no such client", remedy="correct the id"
        )
    if step.kind is CustodyKind.ISSUED and ("volunteers", step.volunteer_id) not in books.kept.rows:
        return Problem(
            code="volunteer_unknown",
            where="/volunteer_id",
            message="there is no such volunteer",
            remedy="correct the id",
        )
    return None


def _not_the_witness(step: CustodyStep) -> Problem | None:
    """Whoever hands over or takes goods may sign for them: then they are one of the two, and the caller the other."""
    if step.kind is not CustodyKind.HANDED_OVER or step.witness.volunteer_id != step.volunteer_id:
        return None
    return Problem(
        code="witness_same_person",
        where="/witness",
        message="the volunteer who hands over is no witness of it",
        remedy="name somebody else who saw it, or report the visit",
    )


def _of_another_day(books: Books, step: CustodyStep) -> Problem | None:
    local, on = books.day_of(step.at), _on(books, step)
    back = LATEST_RETURN if step.kind is CustodyKind.RETURNED else timedelta(days=1)
    if on <= local <= on + back:
        return None
    return Problem(
        code="day_differs",
        where="/on",
        message="`on` is not the date of `at`, nor one before it that the step can belong to",
        remedy="leave `on` out; for what is returned, name the day of issue",
    )


def _blocked(books: Books, step: CustodyStep) -> Problem | None:
    if step.kind is not CustodyKind.ISSUED or not any(is_controlled(books, one.product_id) for one in step.goods):
        return None
    volunteer = next(one for one in books.programme.volunteers if one.volunteer_id == step.volunteer_id)
    if not volunteer.custody_blocked:
        return None
    return Problem(
        code="volunteer_blocked",
        where="/volunteer_id",
        message="the volunteer has controlled goods unaccounted for, and is issued no more",
        remedy="two persons decide about the discrepancy first",
    )


def _on(books: Books, step: CustodyStep) -> date:
    return books.day_of(step.at) if step.on is None else step.on


def _content_hash(books: Books, step: CustodyStep) -> bytes:
    return books.content_hash("step", step.model_dump_json(exclude_defaults=True))
