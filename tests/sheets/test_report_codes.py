"""Report codes: what is typed wrongly never passes for another stop."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.domain.errors import InputError
from routing.sheets.report_codes import (
    Outcome,
    Report,
    check_digits,
    grouped,
    nearest,
    read_report,
    route_code,
    stop_code,
)

STOPS = {"4821": 12, "7310": 40, "5555": 1}


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_report(text, STOPS)
    return caught.value


def test_the_check_digits_are_those_of_mod_97_10():
    # 1 4821 07 1 -> 14821071; 14821071 * 100 = 1482107100; 97 * 15279454 = 1482107038; rest 62; 98 - 62 = 36
    assert check_digits("14821071") == "36"
    # the example of ISO 7064 for this system: 794 -> 44
    assert check_digits("794") == "44"


def test_a_stop_s_code_says_route_stop_and_outcome():
    assert stop_code("4821", 7, Outcome.HANDED_OVER) == "1482107136"
    assert read_report("1482107136", STOPS) == (Report(route="4821", stop=7, outcome=Outcome.HANDED_OVER),)


def test_a_route_s_code_has_an_outcome_for_every_stop():
    outcomes = (Outcome.HANDED_OVER, Outcome.NOBODY_THERE, *[Outcome.NOT_YET] * 10)
    told = read_report(route_code("4821", outcomes), STOPS)
    assert [report.outcome for report in told] == list(outcomes)
    assert [report.stop for report in told] == list(range(1, 13))


@pytest.mark.parametrize(
    "text", ["1482 1071 36", "1482-1071-36", " 1482107136\n", "۱۴۸۲ ۱۰۷۱ ۳۶", "१४८२१०७१३६", "\u20661482 1071 36\u2069"]
)
def test_a_code_is_read_however_it_is_written(text: str):
    assert read_report(text, STOPS)[0].stop == 7


@pytest.mark.parametrize("text", ["", "hello", "1482 1071 3X", "36", "1" * 97])
def test_what_is_no_code_is_refused(text: str):
    assert refused(text).code == "report_code_mistyped"


@pytest.mark.parametrize(
    ("route", "stop"),
    [("4822", 1), ("4821", 13), ("4821", 0), ("5555", 2)],
)
def test_a_code_of_no_stop_of_the_day_is_refused(route: str, stop: int):
    assert refused(stop_code(route, stop, Outcome.HANDED_OVER)).code == "report_code_unknown"


def test_the_last_stop_is_still_one():
    assert read_report(stop_code("4821", 12, Outcome.REFUSED), STOPS)[0].stop == 12


def test_a_route_code_with_a_stop_too_few_or_too_many_is_refused():
    for count in (11, 13):
        assert refused(route_code("4821", (Outcome.HANDED_OVER,) * count)).code == "report_code_unknown"


def test_an_outcome_that_does_not_exist_is_refused():
    digits = "1" + "4821" + "07" + "8"
    assert refused(digits + check_digits(digits)).code == "report_code_unknown"


def test_what_a_code_has_no_room_for_has_none():
    assert len(stop_code("4821", 99, Outcome.REFUSED)) == 10
    assert stop_code("4821", 100, Outcome.REFUSED) == ""
    assert len(route_code("4821", (Outcome.NOT_YET,) * 89)) == 96
    assert route_code("4821", (Outcome.NOT_YET,) * 90) == ""


def codes() -> st.SearchStrategy[str]:
    stops = st.sampled_from(sorted(STOPS)).flatmap(
        lambda route: st.builds(stop_code, st.just(route), st.integers(1, STOPS[route]), st.sampled_from(Outcome))
    )
    routes = st.sampled_from(sorted(STOPS)).flatmap(
        lambda route: st.builds(route_code, st.just(route), st.tuples(*[st.sampled_from(Outcome)] * STOPS[route]))
    )
    return stops | routes


@given(codes())
def test_every_code_that_is_made_is_read(code: str):
    assert read_report(grouped(code), STOPS)


def mutated(code: str, dice: random.Random) -> str:
    """Return a code with one wrong digit, or two digits (neighbours or not) swapped; never the same code."""
    at = dice.randrange(len(code))
    if dice.random() < 0.5:
        return code[:at] + dice.choice([sign for sign in "0123456789" if sign != code[at]]) + code[at + 1 :]
    others = [place for place in range(len(code)) if code[place] != code[at]]
    other = dice.choice(others)
    first, last = sorted((at, other))
    return code[:first] + code[last] + code[first + 1 : last] + code[first] + code[last + 1 :]


def test_of_ten_thousand_wrong_codes_none_is_taken():
    dice = random.Random(97)  # noqa: S311
    made = [stop_code("4821", number, outcome) for number in range(1, 13) for outcome in Outcome]
    made += [route_code("7310", tuple(dice.choice(list(Outcome)) for _ in range(40))) for _ in range(100)]
    codes_of = {f"{code[:-2]}{check_digits(code[:-2])}" for code in made}
    for _ in range(10_000):
        wrong = mutated(dice.choice(made), dice)
        assert wrong[-2:] != check_digits(wrong[:-2])
        assert wrong not in codes_of


def test_every_single_slip_in_a_code_is_refused_as_mistyped():
    code = stop_code("4821", 7, Outcome.HANDED_OVER)
    wrong = {code[:at] + sign + code[at + 1 :] for at in range(len(code)) for sign in "0123456789"} - {code}
    assert len(wrong) == 90
    assert {refused(text).code for text in wrong} == {"report_code_mistyped"}


def test_the_nearest_code_is_named():
    error = refused("1482 1017 36")  # 7 and 1 swapped
    assert error.params["nearest"] == ["1482107136"]
    assert "perhaps 1482 1071 36?" in error.remedy


@pytest.mark.parametrize("typed", ["148210713", "14821071366", "1482107137", "1492107136"])
def test_a_digit_missing_too_many_or_wrong_has_a_nearest_code(typed: str):
    assert "1482107136" in nearest(typed, STOPS)
    assert all(read_report(code, STOPS) for code in nearest(typed, STOPS))


def test_codes_that_are_equally_near_are_all_named():
    # refused is 1482101316, somebody else 1482101413: what was typed is one digit from either
    refused_code, other = stop_code("4821", 1, Outcome.REFUSED), stop_code("4821", 1, Outcome.SOMEBODY_ELSE)
    assert (refused_code, other) == ("1482101316", "1482101413")
    assert {refused_code, other} <= set(nearest("1482101416", STOPS))
    assert " or " in refused("1482101416").remedy


def test_two_slips_still_find_the_code_when_no_single_one_does():
    assert nearest("9482107166", STOPS) != ()


def test_where_nothing_is_near_none_is_named():
    error = refused("99999999")
    assert error.params["nearest"] == []
    assert error.remedy == "ask for the code again, digit by digit"
