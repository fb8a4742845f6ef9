"""Whom to ask what: each question asked where it is uncertain, and not where it is known."""

from __future__ import annotations

from typing import Any

import pytest

from routing.domain.clients import ClientStatus, Confidence, Consent, HomeSupply, StatusChange
from routing.domain.ledger import LedgerState
from routing.horizon import Call, Question, calls_of
from tests.continuity.stories import MONDAY, TABLETS, client, day, entry, noon, policy, programme, regimen


def only(who: Any, **fields: Any) -> Call | None:
    found = calls_of(programme(who, **fields), MONDAY)
    return found[0] if found else None


def questions(*regimens: Any, **fields: Any) -> list[Question]:
    call = only(client("c1", *regimens), **fields)
    return [ask.question for ask in call.asks] if call else []


def known(**fields: Any) -> Any:
    """Return a regimen about which all is known, and nothing due for a week."""
    home = fields.pop("home", HomeSupply(doses=9, as_of_on=MONDAY))
    return regimen(**{"last_taken_on": day(-1), **fields}).changed(home=home)


def test_nobody_is_asked_where_all_is_known_and_nothing_due():
    assert questions(known()) == []


def test_who_is_due_is_asked_for_hours():
    assert questions(known(home=HomeSupply(doses=0, as_of_on=MONDAY))) == [Question.WINDOWS]
    early = (policy(early_days=2),)  # a buffer of one day: three doses at home are due on Wednesday
    call = only(client("c1", known(home=HomeSupply(doses=3, as_of_on=MONDAY))), policies=early)
    assert call is not None
    assert (call.tier, call.due_on) == (None, day(2))
    assert questions(known(home=HomeSupply(doses=4, as_of_on=MONDAY)), policies=early) == []


@pytest.mark.parametrize(("as_of", "asked"), [(-3, False), (-4, True)])
def test_an_old_count_is_asked_again(as_of: int, asked: bool):
    found = questions(known(home=HomeSupply(doses=20, as_of_on=day(as_of))))
    assert found == ([Question.DOSES_LEFT] if asked else [])


def test_a_computed_count_is_asked_again():
    home = HomeSupply(doses=20, as_of_on=MONDAY, confidence=Confidence.COMPUTED)
    assert questions(known(home=home)) == [Question.DOSES_LEFT]


def test_the_last_dose_is_asked_where_it_is_unknown_or_not_yesterdays():
    assert questions(known(last_taken_on=None)) == [Question.LAST_TAKEN]
    assert Question.LAST_TAKEN in questions(known(last_taken_on=day(-2)))
    assert questions(known(last_taken_on=day(0))) == []


def test_a_delivery_nobody_reported_is_asked_about():
    call = only(client("c1", known()), ledger=(entry(LedgerState.ISSUED, -1, 9, 11),))
    assert call is not None
    assert [ask.text for ask in call.asks if ask.question is Question.DELIVERY_ARRIVED] == [
        "did the delivery of 2026-11-22 arrive?"
    ]
    reported = (entry(LedgerState.ISSUED, -1, 9, 11), entry(LedgerState.HANDED_OVER, -1, 9, 11))
    assert questions(known(), ledger=reported) == []


def test_a_clearance_is_asked_for_on_the_day_it_is_needed():
    missed = known(
        home=HomeSupply(doses=0, as_of_on=MONDAY), last_taken_on=day(-3)
    )  # two missed: up to 2 with clearance
    assert Question.CLEARANCE in questions(missed)
    assert Question.CLEARANCE not in questions(missed.changed(last_taken_on=day(-2)))


def test_the_price_of_a_day_is_said_where_the_policy_knows_it():
    empty = known(home=HomeSupply(doses=0, as_of_on=MONDAY), affordable_days=3)

    def asked(**fields: Any) -> list[str]:
        call = only(client("c1", empty), policies=(policy(**fields),))
        return [ask.text for ask in call.asks if ask.question is Question.PAYMENT] if call else []

    assert asked() == ["for how many days can be paid?"]
    assert asked(price_a_day=15_000.0) == ["for how many days can be paid? (15000 a day)"]


def test_who_is_followed_up_is_asked_for_hours_alone():
    ended = StatusChange(status=ClientStatus.ENDED, from_at=noon(-9))
    unknown = known(last_taken_on=None)
    call = only(client("c1", unknown, status=(ended,), follow_up_on=MONDAY))
    assert call is not None
    assert [ask.question for ask in call.asks] == [Question.WINDOWS]
    assert only(client("c1", unknown, status=(ended,))) is None
    assessed = StatusChange(status=ClientStatus.ASSESSED, from_at=noon(-9))
    before = only(client("c1", unknown, status=(assessed,)))
    assert before is not None
    assert [ask.question for ask in before.asks] == [Question.LAST_TAKEN, Question.WINDOWS]


def test_payment_is_asked_where_it_binds():
    empty = known(home=HomeSupply(doses=0, as_of_on=MONDAY), affordable_days=3)
    assert Question.PAYMENT in questions(empty)
    assert Question.PAYMENT not in questions(empty.changed(subsidised=True))


def test_who_is_away_is_not_asked():
    change = StatusChange(status=ClientStatus.HOSPITAL, from_at=noon(0))
    assert only(client("c1", regimen(), status=(change,))) is None


def test_the_most_urgent_come_first():
    empty = HomeSupply(doses=0, as_of_on=MONDAY)
    told = programme(
        client("unsure", known(last_taken_on=None)),
        client("soon", known(home=HomeSupply(doses=2, as_of_on=MONDAY))),
        client("today", known(home=empty)),
        client("held", known(home=empty, last_taken_on=day(-3))),
        client("crossing", known(home=empty, last_taken_on=day(-2))),
        policies=(policy(early_days=0),),
    )
    found = calls_of(told, MONDAY)
    assert [call.client.client_id for call in found] == ["crossing", "held", "today", "soon", "unsure"]


def test_a_call_needs_consent_and_a_number():
    asked = {"safe": Consent(safe_to_call=True), "unsafe": Consent(safe_to_call=False)}
    for phone in (None, "0812"):
        for name, consent in asked.items():
            call = only(client("c1", regimen(), consent=consent, phone=phone))
            assert call is not None
            assert call.by_phone is (phone is not None and name == "safe")


def test_questions_about_two_products_are_told_apart():
    call = only(client("c1", known(last_taken_on=None), known(product=TABLETS, dose_mg=8.0, last_taken_on=None)))
    assert call is not None
    assert [(ask.question, ask.product_id) for ask in call.asks] == [
        (Question.LAST_TAKEN, "p1"),
        (Question.LAST_TAKEN, "p2"),
    ]
