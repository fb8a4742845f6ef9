"""What a volunteer reports by a link: the digits of their sheet. Law: it becomes a report of their own visit, or none.

The digits are all that a sheet has for it, on paper, by telephone or here; which client they are about, only the
service can tell. The same digits of the same instant are the same report, however often they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from api.visits.books import Books
from api.visits.reports import FailureReason, Report, ReportKind
from api.volunteers.links import EndedBy, end_links
from routing.domain.base import Document, Instant, Text
from routing.sheets.report_codes import Outcome

if TYPE_CHECKING:
    from routing.sheets.day_names import DayNames
    from routing.sheets.reports import Told

MOST_CODES = 100
_REASONS = {
    Outcome.NOBODY_THERE: FailureReason.NOT_HOME,
    Outcome.REFUSED: FailureReason.REFUSED,
    Outcome.SOMEBODY_ELSE: FailureReason.SOMEBODY_ELSE,
    Outcome.NOT_FOUND: FailureReason.NOT_FOUND,
    Outcome.STOPPED: FailureReason.STOPPED,
    Outcome.OTHER: FailureReason.OTHER,
}
_KINDS = {Outcome.HANDED_OVER: ReportKind.DONE, Outcome.NOT_SAFE: ReportKind.NOT_SAFE_TO_HAND_OVER}


class CodeReport(Document):
    """Digits of a sheet, for a stop or a whole route, and when what they say happened."""

    code: Text
    at: Instant


class Alarm(Document):
    """The sheet is in other hands, or the volunteer is held. The link dies with it."""

    kind: Literal["sheet_lost", "volunteer_detained"]
    at: Instant


class VolunteerReports(Document):
    """What a volunteer reports at once."""

    codes: Annotated[tuple[CodeReport, ...], Field(max_length=MOST_CODES)] = ()
    alarm: Alarm | None = None


def reports_of(names: DayNames, codes: Sequence[CodeReport]) -> list[tuple[Told, Report]]:
    """Return the reports that codes stand for; a stop that is not yet done has none.

    Raises
    ------
    InputError
        `report_code_mistyped`, `report_code_unknown`.
    """
    from routing.sheets.reports import told_by

    read = [(told, code.at) for code in codes for told in told_by(names, code.code)]
    return [(told, _report(names, told, at)) for told, at in read if told.outcome is not Outcome.NOT_YET]


def alarm_report(alarm: Alarm, volunteer_id: str, names: DayNames) -> Report:
    """Return the report of an alarm."""
    kind = ReportKind(alarm.kind)
    report_id = _id(kind.value, volunteer_id, alarm.at)
    return Report(report_id=report_id, kind=kind, at=alarm.at, on=names.plan.date, volunteer_id=volunteer_id)


def end_links_on_alarm(books: Books, report: Report) -> None:
    """Have a volunteer's links die when their sheet is lost or they are held, whoever reports it."""
    if report.kind in {ReportKind.SHEET_LOST, ReportKind.VOLUNTEER_DETAINED} and report.volunteer_id is not None:
        by = EndedBy(report.kind.value)
        end_links(books.session, books.organisation_id, books.programme_id, report.volunteer_id, by)


def _report(names: DayNames, told: Told, at: datetime) -> Report:
    reason = _REASONS.get(told.outcome)
    place = f"{told.volunteer_id}/{told.trip}/{told.stop}/{told.client_id}/{told.outcome:d}"
    return Report(
        report_id=_id(f"{names.plan.date.isoformat()}", place, at),
        kind=_KINDS.get(told.outcome, ReportKind.FAILED),
        at=at,
        on=names.plan.date,
        client_id=told.client_id,
        volunteer_id=told.volunteer_id,
        reason=reason,
    )


def _id(*parts: object) -> str:
    return sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]
