"""Take reports in. Law: each is kept once, whole, before it is answered; what cannot be is said to whoever sent it.

Who reports may be a user or a volunteer with a link; both come by here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from api.custody.accounts import is_closed, reckon
from api.installation import Opened
from api.storage.visit_tables import VisitReport
from api.visits.alarms import exposed_key_ids, raise_alarm
from api.visits.books import Books
from api.visits.keeping import put_report
from api.visits.planned import Planned, planned_visit
from api.visits.reports import ALARMS, VISITS, Report, Reporter, ReportKind
from api.visits.settling import settle
from api.visits.words import Told
from routing.domain.errors import Problem

AHEAD = timedelta(days=1)  # a clock that is wrong by more is put right before anything is told by it
NEXT_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one report. `problem` None: it is kept, and counts. `is_new`: it was not kept before."""

    report_id: str
    problem: Problem | None = None
    is_new: bool = False

    @property
    def taken(self) -> bool:
        """Whether it is kept."""
        return self.problem is None

    def document(self) -> dict[str, object]:
        """Return it as it is answered."""
        if self.problem is None:
            return {"report_id": self.report_id, "outcome": "taken"}
        problem = {"code": self.problem.code, "message": self.problem.message, "remedy": self.problem.remedy}
        return {"report_id": self.report_id, "outcome": "refused", "problem": problem}


def take_reports(
    opened: Opened, organisation_id: str, programme_id: str, reports: Sequence[Report], reporter: Reporter
) -> list[Outcome]:
    """Keep reports and bring the programme to what they come to, in one unit of work.

    Returns
    -------
    list of Outcome
        One for each report, in their order.

    Raises
    ------
    NotFoundError
        `not_found`: there is no such programme.
    UnavailableError
        `busy`, `database_away`: nothing was kept; send them again.
    """
    with opened.store.writing(organisation_id) as session:
        return take_in(session, opened, organisation_id, programme_id, reports, reporter)


def take_in(
    session: Session,
    opened: Opened,
    organisation_id: str,
    programme_id: str,
    reports: Sequence[Report],
    reporter: Reporter,
) -> list[Outcome]:
    """Do what `take_reports` does, in a unit of work that is open already."""
    books = Books.of(opened, session, organisation_id, programme_id)
    touched: dict[str, None] = {}
    days: set[date] = set()
    outcomes = []
    for report in reports:
        whole = _whole(report, reporter)
        outcome = _known_already(books, whole) or _checked(books, whole, reporter)
        if outcome.is_new:
            _put(books, whole, reporter)
            days.add(_on(books, whole))
            touched |= {} if whole.client_id is None else {whole.client_id: None}
        outcomes.append(outcome)
    settle(books, touched)
    reckon(books, [on for on in days if is_closed(books, on)])
    return outcomes


def _whole(report: Report, reporter: Reporter) -> Report:
    """Return a report that says whose visit it is: a volunteer's own, unless it says otherwise."""
    if report.volunteer_id is None and reporter.volunteer_id is not None:
        return report.changed(volunteer_id=reporter.volunteer_id)
    return report


def _put(books: Books, report: Report, reporter: Reporter) -> None:
    on = _on(books, report)
    planned = _planned(books, report, on)
    told = Told(
        report=report,
        on=on,
        reporter=reporter.name,
        planned=None if planned is None else planned.goods,
        planned_fetched=() if planned is None else planned.fetched,
    )
    exposed = exposed_key_ids(books, told) if report.kind in ALARMS else set()
    put_report(books, told, exposed, _content_hash(books, report))
    if report.kind in ALARMS:
        raise_alarm(books, report)


def _planned(books: Books, report: Report, on: date) -> Planned | None:
    """Return what the plan has for a visit that does not say what was handed over, or says that not all was."""
    says_all = report.goods is not None and report.kind is not ReportKind.PARTLY
    if says_all or report.kind not in VISITS or report.client_id is None or report.volunteer_id is None:
        return None
    return planned_visit(books, on, report.volunteer_id, report.client_id)


def _known_already(books: Books, report: Report) -> Outcome | None:
    row = books.session.get(VisitReport, (books.organisation_id, books.programme_id, report.report_id))
    if row is None:
        return None
    if row.content_hash == _content_hash(books, report):
        return Outcome(report_id=report.report_id)
    problem = Problem(
        code="report_id_taken",
        where="/report_id",
        message="another report has this id",
        remedy="give each report an id of its own; to correct one, name it in `corrects`",
    )
    return Outcome(report_id=report.report_id, problem=problem)


def _checked(books: Books, report: Report, reporter: Reporter) -> Outcome:
    checks = (_of_others(report, reporter), _unknown(books, report), _at_odds(books, report))
    problem = next((problem for problem in checks if problem is not None), None)
    return Outcome(report_id=report.report_id, problem=problem, is_new=problem is None)


def _of_others(report: Report, reporter: Reporter) -> Problem | None:
    if reporter.volunteer_id in (None, report.volunteer_id):
        return None
    return Problem(
        code="visit_of_another",
        where="/volunteer_id",
        message="a volunteer reports their own visits",
        remedy="leave `volunteer_id` out, or tell the dispatcher",
    )


def _unknown(books: Books, report: Report) -> Problem | None:
    if report.client_id is not None and books.key_id(report.client_id) is None:
        return Problem(
            code="client_unknown",
            where="/client_id",
            message="there is no such client: the id is wrong, or the client was erased and nothing may be kept",
            remedy="correct the id; of who was erased nothing is to be told any more",
        )
    goods = (*(report.goods or ()), *report.fetched)
    if any(("products", one.product_id) not in books.kept.rows for one in goods):
        return Problem(
            code="product_unknown",
            where="/goods",
            message="there is no such product in the programme",
            remedy="correct the id, or add the product first",
        )
    return None


def _at_odds(books: Books, report: Report) -> Problem | None:
    if report.at > datetime.now(UTC) + AHEAD:
        return Problem(
            code="event_in_future",
            where="/at",
            message="it is told of something that is to happen more than a day from now",
            remedy="put the clock of the device right, and tell when it happened",
        )
    local = books.day_of(report.at)
    if report.on is not None and not report.on <= local <= report.on + NEXT_DAY:
        return Problem(
            code="day_differs",
            where="/on",
            message="`on` is neither the date of `at` nor the day before",
            remedy="leave `on` out, or name the day whose route it was",
        )
    needs_volunteer = report.kind is not ReportKind.DISPENSED_AT_SITE
    if needs_volunteer is (report.volunteer_id is None):
        return Problem(
            code="volunteer_needed",
            where="/volunteer_id",
            message="everything but what was dispensed at the site names the volunteer, and that names none",
            remedy="say whose visit it was",
        )
    return None


def _on(books: Books, report: Report) -> date:
    return books.day_of(report.at) if report.on is None else report.on


def _content_hash(books: Books, report: Report) -> bytes:
    return books.content_hash("report", report.model_dump_json(exclude_defaults=True))
