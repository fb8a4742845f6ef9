"""Checkpoints: in the travel time, in the plan, and asked for by the checker.

The way from the site at (0, 0) to c1 at (3, 0) is 333.585 m; a motorcycle rides it in 48.04 s, and there is no shorter
one. A way round by y = 1 is 222.39 m longer, 32.03 s, and has two turns of 3 s; on the way back three, as both places
lie on the street along y = 0.
"""

import pytest
from shapely import Point

from routing.checking import ViolationCode, check
from routing.domain.passes import Checkpoint
from routing.domain.plan import StepType
from routing.domain.volunteers import Mode, Vehicle
from routing.passes.areas import checkpoint_shape
from tests.continuity.stories import noon
from tests.passes.test_areas import metres_east, metres_north
from tests.solver.town import area, at, checkpoint, day, hours, plan, rider, served, town, wanting


def told(*checkpoints, **fields):
    return day(wanting("c1", at(3)), checkpoints=checkpoints, **fields)


def legs(found):
    """Return (travel_s, checkpoint_s) of the ways from the site to c1 and back."""
    steps = [step for route in found.routes for step in route.steps]
    number = next(index for index, step in enumerate(steps) if step.type is StepType.VISIT)
    return [(step.leg.travel_s, step.leg.checkpoint_s) for step in steps[number : number + 2]]


def test_without_checkpoints_nothing_is_counted():
    assert legs(plan(told())) == [(49, 0), (49, 0)]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"line": ((0.0025, -0.0001), (0.0025, 0.0001))},
        {"area": area(2.4, -0.1, 2.6, 0.1)},
    ],
)
def test_a_checkpoint_on_the_only_short_way_costs_its_time_or_a_way_round(where):
    # 20 s are less than the way round; with 300 s the way round takes ceil(48.04 + 32.03 + 6) s, and 3 s more back
    assert legs(plan(told(checkpoint(delay_s=20, **where)))) == [(69, 20), (69, 20)]
    assert legs(plan(told(checkpoint(delay_s=300, **where)))) == [(87, 0), (90, 0)]


def test_a_checkpoint_at_the_door_cannot_be_gone_round():
    # c1 lies in the circle: every way there and back begins or ends within it
    assert legs(plan(told(checkpoint(3.0, delay_s=300)))) == [(349, 300), (349, 300)]


def test_two_checkpoints_add_up():
    pair = (checkpoint(0.5, delay_s=10), checkpoint(2.5, delay_s=15, checkpoint_id="k2"))
    assert legs(plan(told(*pair))) == [(74, 25), (74, 25)]


def test_a_junction_is_one_checkpoint_for_each_street_driven_through_it():
    # the circle around (1, 0) touches the street to it and the one away from it
    assert legs(plan(told(checkpoint(1.0, delay_s=10)))) == [(69, 20), (69, 20)]


@pytest.mark.parametrize(("opens", "counted"), [("08:00", 20), ("00:00", 0)])
def test_who_goes_before_it_is_manned_is_not_slowed(opens, counted):
    # manned from 08:00 .. 12:00, or from 00:00 .. 04:00
    spans = (hours(opens, "12:00" if counted else "04:00"),)
    assert legs(plan(told(checkpoint(delay_s=20, hours=spans))))[0] == (49 + counted, counted)


def test_it_stops_the_modes_it_names():
    walker = rider(vehicles=(Vehicle(mode=Mode.FOOT, max_mass_g=9000, max_volume_ml=9000),))
    bikes_only = checkpoint(delay_s=20, modes=(Mode.MOTORCYCLE,))
    assert legs(plan(told(bikes_only)))[0][1] == 20
    assert legs(plan(told(bikes_only, volunteers=(walker,))))[0][1] == 0


def test_a_window_that_the_wait_makes_too_short_is_missed():
    # Ready to leave the site at 08:05:00; with the wait of an hour nobody is there by 09:00.
    client = wanting("c1", at(3), windows=(hours("08:00", "09:00"),))
    assert served(plan(day(client))) == {"c1"}
    assert served(plan(day(client, checkpoints=(checkpoint(3.0, delay_s=3600),)))) == set()


# The checker reads the checkpoint anew.


@pytest.mark.parametrize(("delay_s", "wrong"), [(19, False), (20, False), (21, True)])
def test_the_checker_asks_for_the_whole_delay(delay_s, wrong):
    found = plan(told(checkpoint(delay_s=20)))
    codes = violations(found, told(checkpoint(delay_s=delay_s)))
    assert (ViolationCode.CHECKPOINT_NOT_COUNTED in codes) is wrong


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        # the leg leaves the site at 08:05:00 and arrives at 08:05:49
        ({"valid_to_at": noon(0).replace(hour=0, minute=5, second=0)}, False),
        ({"valid_to_at": noon(0).replace(hour=0, minute=5, second=1)}, True),
        ({"hours": (hours("08:05:49", "08:05:55"),)}, False),
        ({"hours": (hours("08:05:48", "08:05:55"),)}, True),
        ({"modes": (Mode.CAR,)}, False),
        ({"modes": (Mode.CAR, Mode.MOTORCYCLE)}, True),
        # 15 m beside the street: 20 m reach it, 14 m do not
        ({"radius_m": 14.0}, False),
        ({"radius_m": 16.0}, True),
    ],
)
def test_the_checker_knows_whom_when_and_where_it_stops(fields, wrong):
    beside = 0.0 if "radius_m" not in fields else -0.1349  # 15 m
    usual = checkpoint(2.5, beside, delay_s=20)
    found = plan(told(elsewhere()))
    written = Checkpoint(**{**dict(usual), **fields})
    assert (ViolationCode.CHECKPOINT_NOT_COUNTED in violations(found, told(written, elsewhere()))) is wrong


def elsewhere():
    """Return a checkpoint elsewhere, so that both programmes have one."""
    return checkpoint(6.0, 3.0, checkpoint_id="k9")


def violations(found, programme):
    return {each.code for each in check(found, programme, town()[0])}


def test_the_time_must_be_in_the_leg():
    found = plan(told(checkpoint(delay_s=20)))
    (route,) = found.routes
    steps = list(route.steps)
    number = next(index for index, step in enumerate(steps) if step.type is StepType.VISIT)
    for less, wrong in ((1, False), (3, True)):
        leg = steps[number].leg
        hurried = steps[number].changed(leg=leg.changed(travel_s=leg.travel_s - less))
        spoiled = found.changed(routes=(route.changed(steps=(*steps[:number], hurried, *steps[number + 1 :])),))
        assert (ViolationCode.LEG_TOO_FAST in violations(spoiled, told(checkpoint(delay_s=20)))) is wrong


# Its shape is a metre larger than written.


@pytest.mark.parametrize("lat", [0.0, -8.65, 51.5])
@pytest.mark.parametrize(("metres", "inside"), [(30.9, True), (31.1, False)])
def test_a_circle_is_as_wide_as_it_says_on_the_ground(lat, metres, inside):
    found = checkpoint_shape(checkpoint(10_000.0, lat * 1000, radius_m=30.0))
    assert found.covers(metres_north(10.0, lat, metres)) is inside
    assert found.covers(metres_east(10.0, lat, metres)) is inside


def test_a_line_and_an_area_are_grown_too():
    line = checkpoint_shape(checkpoint(line=((0.0, 0.0), (0.0, 0.001))))
    assert line.covers(metres_east(0.0, 0.0005, 0.9))
    assert not line.covers(metres_east(0.0, 0.0005, 1.1))
    square = checkpoint_shape(checkpoint(area=area(0, 0, 1, 1)))
    assert square.covers(metres_east(0.001, 0.0005, 0.9))
    assert square.covers(Point(0.0005, 0.0005))
    assert not square.covers(metres_east(0.001, 0.0005, 1.1))
