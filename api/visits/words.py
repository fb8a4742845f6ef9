"""From reports and steps of custody to words about dose-days and supplies. Law: pure; nothing is made up.

A report that does not say what it is about means what was issued to the volunteer for that client and day, and where
nothing was, what the day's plan says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from api.custody.records import CustodyKind, CustodyStep
from api.visits.reports import Goods, Report, ReportKind
from api.visits.verdicts import Key, Said, Word, keys_of

CUSTODY = "custody"
_OF_CUSTODY = {CustodyKind.HANDED_OVER: Said.HANDED_OVER, CustodyKind.RETURNED: Said.RETURNED}
_OF_KIND = {
    ReportKind.DONE: Said.HANDED_OVER,
    ReportKind.PARTLY: Said.HANDED_OVER,
    ReportKind.DISPENSED_AT_SITE: Said.DISPENSED_AT_SITE,
    ReportKind.FAILED: Said.NOT_HANDED_OVER,
    ReportKind.NOT_SAFE_TO_HAND_OVER: Said.NOT_HANDED_OVER,
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A report about a client as it is kept.

    Attributes
    ----------
    on
        The day it belongs to.
    planned
        What the plan of that day has for this visit; None: there is no such visit in a plan.
    planned_fetched
        What it takes back there.
    """

    report: Report
    on: date
    reporter: str
    planned: tuple[Goods, ...] | None = None
    planned_fetched: tuple[Goods, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of custody for a client as it is kept."""

    step: CustodyStep
    on: date


def words_of(told: Iterable[Told], steps: Iterable[Step]) -> list[Word]:
    """Return all words about one client."""
    known = list(steps)
    issued = {(step.on, step.step.volunteer_id): issued_keys(known, step.on, step.step.volunteer_id) for step in known}
    words = [_word(one, issued.get((one.on, one.report.volunteer_id), {})) for one in told]
    return [*words, *(_of_step(step) for step in known if step.step.kind in _OF_CUSTODY)]


def issued_keys(steps: Iterable[Step], on: date, volunteer_id: str | None) -> dict[Key, float | None]:
    """Return what was issued to a volunteer on a day."""
    found: dict[Key, float | None] = {}
    for step in steps:
        if step.step.kind is CustodyKind.ISSUED and (step.on, step.step.volunteer_id) == (on, volunteer_id):
            found |= keys_of(goods.as_goods() for goods in step.step.goods)
    return found


def is_about_nothing_known(one: Told, steps: Iterable[Step]) -> bool:
    """Whether a visit is said to be done, and nobody has said with what."""
    unsaid = one.report.kind is ReportKind.DONE and one.report.goods is None and one.planned is None
    return unsaid and not issued_keys(steps, one.on, one.report.volunteer_id)


def _word(one: Told, issued: Mapping[Key, float | None]) -> Word:
    report, said = one.report, _OF_KIND[one.report.kind]
    expected = dict(issued) or keys_of(one.planned or ())
    named = expected if report.goods is None else keys_of(report.goods)
    says: dict[Key, Said] = {}
    if report.kind is ReportKind.PARTLY:
        says = dict.fromkeys(expected, Said.NOT_HANDED_OVER)
    says |= dict.fromkeys(named, said)
    if said is Said.HANDED_OVER:
        taken_back = report.fetched or (one.planned_fetched if report.kind is ReportKind.DONE else ())
        says |= dict.fromkeys(keys_of(taken_back, fetched=True), said)
    return Word(
        report_id=report.report_id,
        at=report.at,
        sequence=report.sequence,
        on=one.on,
        volunteer_id=report.volunteer_id,
        reporter=one.reporter,
        says=says,
        quantities=_known_quantities(expected, named),
        of_all=said is Said.NOT_HANDED_OVER and report.goods is None,
        corrects=report.corrects,
    )


def _known_quantities(expected: Mapping[Key, float | None], named: Mapping[Key, float | None]) -> dict[Key, float]:
    known = {key: quantity for key, quantity in expected.items() if quantity is not None}
    return known | {key: quantity for key, quantity in named.items() if quantity is not None}


def _of_step(one: Step) -> Word:
    step = one.step
    keys = keys_of(goods.as_goods() for goods in step.goods)
    return Word(
        report_id=f"{CUSTODY}/{step.record_id}",
        at=step.at,
        sequence=0,
        on=one.on,
        volunteer_id=step.volunteer_id,
        reporter=CUSTODY,
        says=dict.fromkeys(keys, _OF_CUSTODY[step.kind]),
        quantities=_known_quantities({}, keys),
    )
