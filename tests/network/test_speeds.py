"""Speeds: the table, and the sign where it is lower."""

from __future__ import annotations

import numpy as np
import pytest

from routing.network.access import MODES
from routing.network.speeds import maxspeed_kph, speed_table, street_kph


@pytest.mark.parametrize(
    ("value", "kph"),
    [
        ("50", 50.0),
        ("30 mph", 48.28032),  # 30 * 1.609344
        ("30mph", 48.28032),
        ("40 km/h", 40.0),
        ("12.5", 12.5),
        ("10 knots", 18.52),
        ("walk", 7.0),
        ("50;30", 30.0),
        ("none", None),
        ("signals", None),
        ("IN:urban", None),
        ("0", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_maxspeed_units(value, kph):
    assert maxspeed_kph(value) == pytest.approx(kph)


@pytest.mark.parametrize(
    ("limit", "kph"), [("24", 24.0), ("25", 25.0), ("26", 25.0)]
)  # the table says 25 for a motorcycle in a residential street
def test_the_lower_of_table_and_sign_counts(limit, kph):
    assert street_kph({"highway": "residential", "maxspeed": limit}, "motorcycle") == kph


def test_signs_do_not_slow_walkers_or_bicycles():
    tags = {"highway": "residential", "maxspeed": "2"}
    assert street_kph(tags, "foot") == street_kph({"highway": "residential"}, "foot")
    assert street_kph(tags, "bicycle") == street_kph({"highway": "residential"}, "bicycle")


def test_every_class_open_by_default_has_a_speed():
    table = speed_table()
    assert set(table.modes) == set(MODES)
    for speeds in table.modes.values():
        assert speeds.usable_by_default <= set(speeds.kph)
        assert min(speeds.kph.values()) > 0
    assert table.last_metres_kph == 4.0


# The file: 45, 110 and 175 degrees; 4, 7 and 20 s for a car.
@pytest.mark.parametrize(
    ("angle_deg", "cost_s"),
    [(0, 0), (44.9, 0), (45, 4), (90, 4), (109.9, 4), (110, 7), (174.9, 7), (175, 20), (180, 20)],
)
def test_what_a_turn_costs_by_its_angle(angle_deg, cost_s):
    turns = speed_table().modes["car"].turns
    assert turns.seconds(angle_deg) == cost_s
    assert turns.seconds([[-angle_deg, angle_deg]]).tolist() == [[cost_s, cost_s]]


def test_turning_costs_walkers_nothing_and_every_vehicle_more_the_sharper():
    modes = speed_table().modes
    assert modes["foot"].turns is None
    for mode in set(MODES) - {"foot"}:
        costs = modes[mode].turns.seconds([0, 90, 150, 180])
        assert costs[0] == 0
        assert (np.diff(costs) > 0).all()
