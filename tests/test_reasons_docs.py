"""The page of reasons tells of every code, and every reason has words for its parameters."""

import re
import string
from pathlib import Path

import pytest

from routing.domain.orders import HoldCode, NoticeCode
from routing.domain.reasons import ReasonCode
from routing.explaining.messages import MESSAGES, reason

PAGE = Path(__file__).parents[1] / "docs" / "reasons.md"
# What the reasons' own parameters hold; a message names no other.
PARAMS = {
    ReasonCode.NO_VALID_PASS: {"volunteers": ["v1", "v2"]},
    ReasonCode.CURFEW: {"volunteers": ["v1"]},
    ReasonCode.PASS_PURPOSE: {"purposes": ["food", "medicine"]},
    ReasonCode.CUT_OFF_BY_PASS: {"volunteers": ["v1"], "passes": ["q1", "q2"], "zones": []},
    ReasonCode.RULES_COMBINED: {"rules": ["too_heavy"], "volunteers": ["v1"]},
    ReasonCode.DISPLACED_BY_HIGHER_TIER: {"volunteers": ["v1", "v2"]},
    ReasonCode.DISPLACED_BY_EQUAL_TIER: {"volunteers": []},
}


def sections() -> dict[str, str]:
    """Return the text under each code's heading."""
    parts = re.split(r"^### `(\w+)`\n", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_the_page_has_a_heading_for_every_code_and_no_other():
    headings = re.findall(r"^### `(\w+)`$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    assert sorted(headings) == sorted([*ReasonCode, *HoldCode, *NoticeCode])


def test_every_heading_is_followed_by_an_explanation():
    assert [code for code, text in sections().items() if len(text.split("\n## ")[0].strip()) < 40] == []


def test_every_reason_has_a_message():
    assert set(MESSAGES) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_message_is_made_from_the_parameters(code: ReasonCode):
    params = PARAMS.get(code, {})
    named = {field for _, field, _, _ in string.Formatter().parse(MESSAGES[code]) if field}
    assert named <= set(params)
    made = reason(code, params)
    assert made.code is code
    assert made.params == params
    assert not re.search(r"[{}\[\]]", made.message)


def test_lists_are_written_as_people_do():
    assert "(v1, v2)" in reason(ReasonCode.DISPLACED_BY_HIGHER_TIER, {"volunteers": ["v1", "v2"]}).message
