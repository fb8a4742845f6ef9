"""What reports come to: the same in every order, and as a simple oracle counts it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from api.visits.ledger_entries import ledger_entries
from api.visits.verdicts import verdicts
from api.visits.words import Told, words_of
from tests.api.service.visit_oracle import ON, oracle, reports


@st.composite
def days(draw):
    count = draw(st.integers(1, 7))
    told = [draw(reports(number, "c1")) for number in range(1, count + 1)]
    return told, draw(st.permutations(told))


def entries_of(told):
    kept = [Told(report=report, on=ON, reporter=reporter.name) for report, reporter in told]
    return ledger_entries("c1", verdicts(words_of(kept, ())), ())


@settings(max_examples=250, deadline=None)
@given(days())
def test_reports_in_any_order_come_to_what_the_oracle_counts(told):
    first, mixed = map(entries_of, told)
    assert first == mixed
    at_home, differ = oracle(told[0])
    latest = {}
    for entry in first:
        for number in range((entry.to_on - entry.from_on).days + 1):
            latest[entry.from_on.toordinal() + number] = entry.state  # in the order of `at`
    assert {on for on, state in latest.items() if state == "handed_over"} == {on.toordinal() for on in at_home}
    assert {on for on, state in latest.items() if state == "issued"} == {on.toordinal() for on in differ}
