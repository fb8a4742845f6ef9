"""The page of remedies tells of every kind, in the order of the ladder, and of what is tried for which reason."""

import re
import string
from pathlib import Path

import pytest

from api.exchange.proposals import FEWEST_TOLD, WHAT
from routing.domain.reasons import ReasonCode
from routing.domain.remedies import RemedyCode, RemedySearch
from routing.explaining.changes.change import UNITS, Change
from routing.explaining.changes.kinds import KINDS
from routing.explaining.ladder import LADDER
from routing.explaining.remedy_messages import REMEDY_MESSAGES, remedy_text
from routing.explaining.served import Holding

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "remedies.md").read_text("utf-8")
# Every id that a change may name; a message names no other.
IDS = {
    "volunteer_id": "v1",
    "partner_id": "v2",
    "pass_id": "q1",
    "site_id": "s1",
    "rule_id": "curfew",
    "zone_id": "z1",
    "mode": "car",
    "purposes": "food",
}


def test_the_page_has_a_heading_for_every_code_in_the_order_of_the_ladder():
    assert re.findall(r"^### `(\w+)`$", PAGE, flags=re.MULTILINE) == list(RemedyCode)


def test_every_kind_can_be_tried_and_said():
    assert set(KINDS) == set(REMEDY_MESSAGES) == set(RemedyCode)
    assert {RemedyCode(code) for code in WHAT} == {code for code in RemedyCode if code.of_authorities}


def test_every_reason_has_a_ladder_and_the_page_tells_it():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.split("## What is tried")[1], flags=re.MULTILINE))
    assert set(rows) == set(LADDER) == set(ReasonCode)
    for code, kinds in LADDER.items():
        told = [] if code is ReasonCode.RULES_COMBINED else re.findall(r"`(\w+)`", rows[code])
        assert told == sorted(kinds, key=lambda kind: kind.step)


@pytest.mark.parametrize("words", [RemedySearch, Holding])
def test_the_page_explains_how_far_a_search_came_and_what_holds_a_visit(words):
    assert all(f"| `{word}` |" in PAGE for word in words)


def test_the_page_says_from_where_on_a_number_is_told():
    assert f"fewer than {FEWEST_TOLD}" in PAGE


@pytest.mark.parametrize("code", list(RemedyCode))
def test_a_message_is_made_from_the_parameters(code: RemedyCode):
    named = {field for _, field, _, _ in string.Formatter().parse(REMEDY_MESSAGES[code]) if field}
    ids = tuple((name, IDS[name]) for name in sorted(named & set(IDS))) or (("pass_id", "q1"),)
    params = Change(code=code, ids=ids, size=15).params
    assert named <= {*params, "about"}
    assert UNITS.get(code) in {None, *named}
    assert not re.search(r"[{}]", remedy_text(code, params))


def test_a_message_reads_names_where_there_are_any():
    text = remedy_text(RemedyCode.LONGER_SHIFT, {"volunteer_id": "v1", "minutes": 15}, {"v1": "Heron"})
    assert text == "the shift of Heron ends 15 minutes later"
