"""Headings, turns and their words, at and around each limit."""

import pytest

from routing.network.headings import (
    Manoeuvre,
    Side,
    heading_deg,
    manoeuvre_of,
    point_along,
    side_of,
    turn_deg,
)


@pytest.mark.parametrize(
    ("end", "expected"),
    # from (10, 60), where a degree of longitude is half as long as one of latitude: cos 60° = 0.5
    [((10, 60.001), 0), ((10.002, 60), 90), ((10, 59.999), 180), ((9.998, 60), 270), ((10.002, 60.001), 45)],
)
def test_a_heading_counts_from_north_by_east(end, expected):
    assert heading_deg((10, 60), end) == pytest.approx(expected, abs=0.01)


def test_a_heading_crosses_the_date_line_the_short_way():
    assert heading_deg((179.999, 0), (-179.999, 0)) == pytest.approx(90)


@pytest.mark.parametrize(
    ("before", "after", "turn"),
    [
        (0, 90, 90),
        (90, 0, -90),
        (350, 10, 20),
        (10, 350, -20),
        (0, 180, 180),
        (180, 0, 180),
        (90, 90, 0),
        (0, 181, -179),
    ],
)
def test_a_turn_is_to_the_right_and_never_more_than_half_a_circle(before, after, turn):
    assert turn_deg(before, after) == pytest.approx(turn)


@pytest.mark.parametrize(
    ("turn", "word"),
    [
        (0, "straight"),
        (19.9, "straight"),
        (20, "slight_right"),
        (44.9, "slight_right"),
        (45, "right"),
        (119.9, "right"),
        (120, "sharp_right"),
        (164.9, "sharp_right"),
        (165, "turn_round"),
        (180, "turn_round"),
        (-19.9, "straight"),
        (-20, "slight_left"),
        (-45, "left"),
        (-120, "sharp_left"),
        (-165, "turn_round"),
    ],
)
def test_each_limit_belongs_to_the_sharper_word(turn, word):
    assert manoeuvre_of(turn) is Manoeuvre(word)


@pytest.mark.parametrize(
    ("towards", "side"),
    [
        (90, "ahead"),
        (134.9, "ahead"),
        (135, "right"),
        (224.9, "right"),
        (225, "behind"),
        (314.9, "behind"),
        (315, "left"),
        (45, "ahead"),
        (44.9, "left"),
    ],
)
def test_a_side_is_a_quarter_of_the_circle(towards, side):
    assert side_of(90, towards) is Side(side)


def test_a_point_along_a_line_lies_on_it_and_no_farther_than_its_end():
    # one thousandth of a degree at the equator is 111.195 m on the mean sphere
    line = [(0.0, 0.0), (0.001, 0.0), (0.001, 0.001)]
    assert point_along(line, 55.5975) == pytest.approx((0.0005, 0.0), abs=1e-8)
    assert point_along(line, 166.7925) == pytest.approx((0.001, 0.0005), abs=1e-8)
    assert point_along(line, 1000) == (0.001, 0.001)
    assert point_along([(0.0, 0.0), (0.0, 0.0)], 0) == (0.0, 0.0)
