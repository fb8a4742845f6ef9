"""Reports in any order, twice, late, corrected, contradicting, with clients erased in between: none is lost.

After each step the doses at home are those that a simple oracle counts from all that was told, one dose-day and one
line at a time; and whoever is not held is due from the first dose-day that nobody has brought or claimed.
`make states` tries more, and longer ones (`DOORSTEP_LIVES`).
"""

import os
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from api.storage.visit_tables import VisitReport
from api.visits.books import Books
from api.visits.discrepancies import open_rows
from api.visits.keeping import told_of
from api.visits.reporting import take_reports
from api.visits.reports import Report, Reporter
from routing.continuity import needs_of
from routing.domain.orders import HoldCode
from routing.passes import reach_of
from tests.api.service.village import Village, village_of
from tests.api.service.visit_oracle import FROM, REPORTERS, oracle, reports

TOMORROW, CLIENTS = FROM, ("c1", "c2", "c3")
LIVES, STEPS = int(os.environ.get("DOORSTEP_LIVES", "12")), 40 if "DOORSTEP_LIVES" in os.environ else 30


class Reports(RuleBasedStateMachine):
    """One programme; what was made and not yet sent waits, so that reports come late and in any order."""

    village: Village

    @initialize()
    def begin(self) -> None:
        self.village = self.start()
        self.waiting: list[tuple[Report, Reporter]] = []
        self.sent: list[tuple[Report, Reporter]] = []
        self.erased: set[str] = set()
        self.count = 0

    @rule(data=st.data(), count=st.integers(1, 3), client_id=st.sampled_from(["c1", "c1", "c2"]))
    def happen(self, data, count, client_id) -> None:
        """Something happens, and is told some time."""
        for _ in range(count):
            self.count += 1
            self.waiting.append(data.draw(reports(self.count, client_id)))

    @rule(numbers=st.lists(st.integers(0, 10), min_size=1, max_size=4), again=st.booleans())
    def arrive(self, numbers, again) -> None:
        """Some of what waits arrives, in any order, and perhaps something that came before."""
        for number in numbers:
            pool = self.sent if again and self.sent else self.waiting
            if pool:
                report, reporter = pool[number % len(pool)]
                (outcome,) = take_reports(*self.where, [report], reporter)
                known = (report, reporter) in self.sent
                assert outcome.taken is (known or report.client_id not in self.erased)
                if outcome.taken and not known:
                    self.sent.append((report, reporter))
                self.waiting = [pair for pair in self.waiting if pair[0] is not report]

    @rule()
    def all_arrive(self) -> None:
        """All that waits comes in one batch of each reporter, last things first."""
        for reporter in REPORTERS:
            batch = [pair for pair in reversed(self.waiting) if pair[1] == reporter]
            for (report, _), outcome in zip(
                batch, take_reports(*self.where, [report for report, _ in batch], reporter), strict=True
            ):
                assert outcome.taken is (report.client_id not in self.erased)
                if outcome.taken:
                    self.sent.append((report, reporter))
        self.waiting = []

    @rule()
    def erase(self) -> None:
        """The second client is erased."""
        if not self.erased and len(self.sent) > 3:
            gone = self.village.ask("DELETE", "/clients/c2", "clinician", headers={"If-Match": "*"})
            assert gone.status_code == 204
            self.erased = {"c2"}

    @property
    def where(self):
        return self.village.service.opened, "north", self.village.programme_id

    @invariant()
    def nothing_is_lost_and_doses_are_those_of_the_oracle(self) -> None:
        opened = self.village.service.opened
        with opened.store.reading("north") as session:
            books = Books.of(opened, session, "north", self.village.programme_id)
            rows = session.scalars(select(VisitReport).where(VisitReport.programme_id == books.programme_id)).all()
            readable = {row.report_id: told_of(books, row).report for row in rows if books.is_readable(row.key_id)}
            disputed = {books.client_ids[row.key_id] for row in open_rows(books) if row.code == "reports_contradict"}
        assert {row.report_id for row in rows} == {report.report_id for report, _ in self.sent}
        assert readable == {report.report_id: report for report, _ in self.sent if report.client_id not in self.erased}
        needs = needs_of(books.programme, TOMORROW, reach_of(books.programme, TOMORROW))
        for client_id in set(CLIENTS) - self.erased:
            told = [pair for pair in self.sent if pair[0].client_id == client_id]
            at_home, claimed = oracle(told)
            assert handed_over(books.programme, client_id) == at_home
            assert bool(claimed) <= (client_id in disputed)
            held = {hold.code for hold in needs.holds if hold.client_id == client_id}
            assert held == ({HoldCode.UNRECONCILED_DELIVERY} if claimed else set())
            if not claimed:
                free = next(on for number in range(20) if (on := FROM + timedelta(days=number)) not in at_home)
                due = [order.covers_from_on for order in needs.orders if order.client_id == client_id]
                # A refill may come two days before the first dose-day that is free.
                assert due == ([free] if free <= TOMORROW + timedelta(days=2) else [])


def handed_over(programme, client_id: str) -> set[date]:
    """The dose-days that the ledger says are at home: the latest entry about each decides."""
    latest: dict[date, tuple[datetime, str]] = {}
    for entry in programme.ledger:
        if entry.client_id == client_id:
            for number in range((entry.to_on - entry.from_on).days + 1):
                on = entry.from_on + timedelta(days=number)
                if on not in latest or entry.at >= latest[on][0]:
                    latest[on] = entry.at, entry.state
    return {on for on, (_, state) in latest.items() if state == "handed_over"}


def test_no_report_is_lost_and_doses_at_home_are_those_of_a_simple_oracle(service):
    class OfThis(Reports):
        def start(self) -> Village:
            return village_of(service)

    run_state_machine_as_test(
        OfThis,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
