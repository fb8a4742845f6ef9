"""Reports at random, and what they come to, counted by hand: one dose-day and one line at a time."""

import json
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from api.visits.reports import Report, Reporter

MORNING = datetime.fromisoformat("2026-11-23T08:00:00+08:00")
ON, FROM = date(2026, 11, 23), date(2026, 11, 24)
REPORTERS = (Reporter(user_id="u1"), Reporter(user_id="u2"))

spans = st.tuples(st.integers(0, 3), st.integers(1, 3)).map(
    lambda pair: {
        "product_id": "p1",
        "from_on": str(FROM + timedelta(days=pair[0])),
        "to_on": str(FROM + timedelta(days=pair[0] + pair[1] - 1)),
        "quantity": 12.0 * pair[1],
    }
)


@st.composite
def reports(draw, number: int, client_id: str) -> tuple[Report, Reporter]:
    """One report, at one of few instants, so that many collide; it may correct one made shortly before or after."""
    kind = draw(st.sampled_from(["done", "done", "partly", "failed", "failed", "not_safe_to_hand_over"]))
    value = {
        "report_id": f"r{number}",
        "kind": kind,
        "at": (MORNING + timedelta(hours=draw(st.integers(0, 2)))).isoformat(),
        "sequence": draw(st.integers(0, 2)),
        "client_id": client_id,
        "volunteer_id": draw(st.sampled_from(["v1", "v1", "v2"])),
        "corrects": draw(st.lists(st.integers(number - 3, number + 1).map(lambda one: f"r{max(one, 0)}"), max_size=1)),
    }
    if kind == "failed":
        value["reason"] = "not_home"
    goods = draw(
        st.lists(spans, min_size=1, max_size=2) if kind == "partly" else st.none() | st.lists(spans, max_size=2)
    )
    if goods is not None:
        value["goods"] = goods
    return Report.model_validate_json(json.dumps(value)), draw(st.sampled_from(REPORTERS))


def oracle(told) -> tuple[set[date], set[date]]:
    """Return the dose-days at home, and those of which reports differ, from the reports alone."""
    standing = [
        (report, reporter)
        for report, reporter in told
        if not any(
            report.report_id in other.corrects and (other.sequence, other.at) > (report.sequence, report.at)
            for other, _ in told
        )
    ]
    at_home, differ = set(), set()
    for on in (FROM + timedelta(days=number) for number in range(10)):
        best: tuple[datetime, bool] | None = None  # when, and whether it is disputed
        for volunteer_id in ("v1", "v2"):
            line = [pair for pair in standing if pair[0].volunteer_id == volunteer_id]
            # "Nothing was handed over" speaks of whatever else of the line is spoken of.
            if not any(said(report, on) is not None for report, _ in line if report.goods is not None):
                continue
            last = [word for reporter in REPORTERS for word in last_words(line, reporter, on)]
            answers = {gave for _, gave in last}
            at = max(at for at, _ in last)
            if True in answers:
                here = (at, False in answers)
                best = here if best is None else max(best, here)
        if best is not None:
            (differ if best[1] else at_home).add(on)
    return at_home, differ


def said(report: Report, on: date) -> bool | None:
    gives = report.kind in {"done", "partly"}
    if report.goods is None:
        return None if gives else False
    return gives if any(one.from_on <= on <= one.to_on for one in report.goods) else None


def last_words(line, reporter: Reporter, on: date) -> list[tuple[datetime, bool]]:
    own = [report for report, by in line if by == reporter and said(report, on) is not None]
    last = max(((report.at, report.sequence) for report in own), default=None)
    return [(report.at, said(report, on)) for report in own if (report.at, report.sequence) == last]
