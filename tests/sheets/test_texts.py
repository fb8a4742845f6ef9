"""Free text: what steers a page is taken out, what tells something is withheld."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.sheets.texts import Guard, Withheld, clean, covered
from tests.sheets.town import programme


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("green gate", "green gate"),
        ("green\tgate\r\nsecond floor", "green gate second floor"),
        ("green\x00\x07\x1b[31m gate", "green[31m gate"),
        ("gate \U0001f600 here ❤️", "gate here"),
        ("\u202egreen\u2066 gate\u2069", "green gate"),
        ("<script>alert(1)</script> #x $y$ *z* _w_ `v`", "<script>alert(1)</script> #x $y$ *z* _w_ `v`"),
        ("کوچه\u200cی سبز", "کوچه\u200cی سبز"),
        ("क्\u200dष", "क्\u200dष"),
        ("e\u0301tage", "étage"),
        ("", ""),
    ],
)
def test_a_text_is_cleaned(text: str, printed: str):
    assert clean(text).text == printed
    assert clean(text).withheld is None


@pytest.mark.parametrize("text", ["ꯃꯅꯤꯄꯨꯔ", "মণিপুর", "gate 北", "ราม"])
def test_a_script_without_glyphs_is_withheld(text: str):
    assert clean(text).withheld is Withheld.NO_GLYPHS
    assert clean(text).text == ""


@given(st.text())
def test_whatever_is_printed_has_a_glyph_and_no_line_of_its_own(text: str):
    printed = clean(text).text
    assert {ord(sign) for sign in printed} <= covered()
    assert not set(printed) & set("\n\r\t\u2028\u2029\u2066\u2069\u202e\x00")


GUARD = Guard(programme(2))


@pytest.mark.parametrize(
    "text",
    [
        "ask for methadone",
        "bring the METHADONE",
        "the HIV ward",
        "Canary clinic, back door",
        "the canary syrup",
        "for Canary 1",
        "CANARY\u200b 1",
        "canary guardian opens",
        "say canary word",
        "canary address 2",
        "call 62 812-3456-789",
        "call +62 ۸۱۲ ۳۴۵۶ ۷۸۹",
        "متادون",
        "एचआईवी केंद्र",
        "needs jarum suntik",
        "Ｍethadone",
        "behind the clinic (canary-address: 2)",
        "HIV+",
        "the TB ward",
        "کلینیک سل",
    ],
)
def test_what_tells_something_is_withheld(text: str):
    assert GUARD.passed(text).withheld is Withheld.TELLS
    assert GUARD.passed(text).text == ""


@pytest.mark.parametrize(
    "text",
    ["green gate", "opposite the ghost house", "hivemind cafe", "house 62", "raids", "नशीला नहीं", "a canary sings"],
)
def test_what_only_looks_like_it_passes(text: str):
    assert GUARD.passed(text).text == text


def test_a_programme_of_many_names_is_no_slower_to_ask():
    guard = Guard(programme(400))
    assert [guard.passed(f"for Canary {number}").withheld for number in (1, 400, 401)] == [
        Withheld.TELLS,
        Withheld.TELLS,
        None,
    ]
