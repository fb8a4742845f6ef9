"""Rules with a number, below, at and above it: the number itself is lawful."""

from __future__ import annotations

import pytest

from routing.checking import ViolationCode as Code
from routing.checking import check
from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network.extract import Extract
from tests.checking.spoils import Spoil
from tests.checking.test_spoils import put

# A path, the code, and three values: two that are lawful (more than enough, just enough), one that is not.
LIMITS = [
    # 7 bottles of 3 mL
    ("volunteers/0/custody/0/quantity", Code.CUSTODY_EXCEEDED, 21.1, 21.0, 20.9),
    # 12 labelled units of 40 g
    ("volunteers/0/vehicles/0/max_mass_g", Code.MASS_EXCEEDED, 481, 480, 479),
    ("volunteers/0/vehicles/0/max_volume_ml", Code.VOLUME_EXCEEDED, 601, 600, 599),
    ("volunteers/0/max_stops", Code.TOO_MANY_STOPS, 3, 2, 1),
    ("volunteers/1/clearance_to_on", Code.CLEARANCE_EXPIRED, "2026-11-24", "2026-11-23", "2026-11-22"),
    # v1 loads from 08:10:00 on, 12 units at 50 s each are ready then
    ("sites/0/prep_s_per_unit", Code.LOAD_NOT_READY, 49, 50, 51),
    ("sites/0/ready_from_time", Code.LOAD_NOT_READY, "08:09:59", "08:10:00", "08:10:01"),
    ("sites/0/stock/0/quantity", Code.STOCK_EXCEEDED, 21.1, 21.0, 20.9),
    ("sites/1/stock/0/expires_on", Code.STOCK_EXCEEDED, "2026-11-24", "2026-11-23", "2026-11-22"),
    ("sites/0/load_s", Code.SERVICE_TOO_SHORT, 299, 300, 301),
    ("clients/3/service_s", Code.SERVICE_TOO_SHORT, 299, 300, 301),
    # service at c4 begins at 09:00:00
    (
        "clients/3/windows",
        Code.OUTSIDE_TIME_WINDOW,
        [{"from_time": "08:00:00", "to_time": "10:00:00"}],
        [{"from_time": "09:00:00", "to_time": "09:00:01"}, {"from_time": "10:00:00", "to_time": "11:00:00"}],
        [{"from_time": "09:00:01", "to_time": "10:00:00"}],
    ),
    (
        "clients/3/windows",
        Code.OUTSIDE_TIME_WINDOW,
        [{"from_time": "08:00:00", "to_time": "09:00:01"}],
        [{"from_time": "08:00:00", "to_time": "09:00:00"}],
        [{"from_time": "08:00:00", "to_time": "08:59:59"}],
    ),
    # the shift of v1, whose route starts at 08:00:00
    *(
        (
            "volunteers/0/shifts",
            Code.OUTSIDE_SHIFT,
            [{"from_time": "07:59:59", "to_time": "12:00:00"}],
            [{"from_time": "08:00:00", "to_time": "12:00:00"}],
            [{"from_time": "08:00:01", "to_time": "12:00:00"}],
        ),
        (
            "passes/0/hours",
            Code.OUTSIDE_PASS_HOURS,
            [{"from_time": "07:59:59", "to_time": "12:00:00"}],
            [{"from_time": "08:00:00", "to_time": "12:00:00"}],
            [{"from_time": "08:00:00", "to_time": "09:00:00"}, {"from_time": "09:00:00", "to_time": "12:00:00"}],
        ),
        (
            "passes/0/valid_from_at",
            Code.OUTSIDE_PASS_HOURS,
            "2026-11-23T07:59:59+08:00",
            "2026-11-23T08:00:00+08:00",
            "2026-11-23T08:00:01+08:00",
        ),
        # 16:00 of the day before to 08:00: over midnight, and not at the curfew's last instant
        (
            "movement_rules/1/hours",
            Code.CURFEW,
            [{"from_time": "16:00:00", "to_time": "07:59:59"}],
            [{"from_time": "16:00:00", "to_time": "08:00:00"}],
            [{"from_time": "16:00:00", "to_time": "08:00:01"}],
        ),
    ),
    # c1 has nothing at home, run out on D
    ("policies/0/max_days_a_delivery", Code.DOSE_OVER_CAP, 8, 7, 6),
    ("policies/0/max_days_on_hand", Code.DOSE_OVER_CAP, 8, 7, 6),
    ("clients/0/regimens/0/affordable_days", Code.DOSE_OVER_CAP, 8, 7, 6),
    ("clients/0/regimens/0/review_on", Code.DOSE_OVER_CAP, "2026-12-01", "2026-11-30", "2026-11-29"),
    ("clients/0/regimens/0/prescription_ends_on", Code.DOSE_OVER_CAP, "2026-11-30", "2026-11-29", "2026-11-28"),
    # last taken on the 22nd: none missed; 21st: one, which is resumed; 20th: two, which need clearance
    ("clients/0/regimens/0/last_taken_on", Code.DELIVERED_UNDER_HOLD, "2026-11-22", "2026-11-21", "2026-11-20"),
    # c2 has 5 doses of ART at home: run out on the 28th
    ("policies/2/early_days", Code.TOO_EARLY, 6, 5, 4),
    # 5 at home and 60 delivered
    ("policies/2/max_days_on_hand", Code.DOSE_OVER_CAP, 66, 65, 64),
    # c7 is listed; c5 was handed a supply on its only day
    ("clients/4/supplies/0/due_on", Code.ORDER_NOT_DUE, "2026-11-22", "2026-11-23", "2026-11-24"),
]


@pytest.mark.parametrize(("path", "code", "ample", "enough", "wrong"), LIMITS)
def test_the_number_itself_is_lawful(
    path: str,
    code: Code,
    ample: object,
    enough: object,
    wrong: object,
    plan: Plan,
    programme: Programme,
    town: Extract,
) -> None:
    for value in (ample, enough, wrong):
        spoiled = Spoil(path, code, put(path, value))(plan, programme)
        assert spoiled is not None
        assert (code in {each.code for each in check(*spoiled, town)}) is (value is wrong)


def _seconds_of_leg(plan: Plan) -> int:
    step = plan.routes[0].steps[2]
    assert step.leg is not None
    return step.leg.travel_s


@pytest.mark.parametrize(("less", "found"), [(0, False), (1, False), (3, True)])
def test_a_leg_may_be_a_second_short(
    *, less: int, found: bool, plan: Plan, programme: Programme, town: Extract
) -> None:
    # `travel_s` is rounded up, so that one second less is within a second of the true time, three are not
    path = "plan/routes/0/steps/2/leg/travel_s"
    spoiled = Spoil(path, Code.LEG_TOO_FAST, put(path, _seconds_of_leg(plan) - less))(plan, programme)
    assert spoiled is not None
    assert (Code.LEG_TOO_FAST in {each.code for each in check(*spoiled, town)}) is found


@pytest.mark.parametrize(("clock", "found"), [("08:59:59", False), ("09:05:00", False), ("09:04:59", True)])
def test_handing_over_ends_by_the_latest_safe_moment(
    *, clock: str, found: bool, plan: Plan, programme: Programme, town: Extract
) -> None:
    # c4 has one dose at home, and runs out tomorrow; with none, today: its visit ends at 09:05:00
    def change(_: dict[str, object], known: dict[str, object]) -> bool:
        put("clients/3/regimens/0/home/doses", 1 if clock == "08:59:59" else 0)({}, known)
        put("policies/1/dose_time", clock)({}, known)
        return put("policies/1/grace_h", 0)({}, known)

    spoiled = Spoil(clock, Code.AFTER_LATEST_SAFE, change)(plan, programme)
    assert spoiled is not None
    assert (Code.AFTER_LATEST_SAFE in {each.code for each in check(*spoiled, town)}) is found


@pytest.mark.parametrize(("border_m", "found"), [(-0.4, False), (0.4, False), (0.6, True)])
def test_a_pass_holds_along_the_whole_leg(
    *, border_m: float, found: bool, plan: Plan, programme: Programme, town: Extract
) -> None:
    # v1 drives along way 110, the westernmost street, at 115.2; half a metre is left to rounding
    west = 115.2 + border_m / 109_930
    ring = [(west, -8.66), (115.22, -8.66), (115.22, -8.64), (west, -8.64), (west, -8.66)]
    area = [{"type": "Polygon", "coordinates": [ring]}]
    spoiled = Spoil("west", Code.OUTSIDE_PASS_AREA, put("passes/0/areas", area))(plan, programme)
    assert spoiled is not None
    assert (Code.OUTSIDE_PASS_AREA in {each.code for each in check(*spoiled, town)}) is found


def test_closed_days_move_the_latest_safe_moment_to_the_end_of_an_earlier_day(
    plan: Plan, programme: Programme, town: Extract
) -> None:
    # c4 runs out tomorrow, which is closed: tonight is the limit, and its visit this morning is in time
    spoiled = Spoil("closed", Code.CLOSED_DAY, put("calendar/closed_days", [{"on": "2026-11-24"}]))(plan, programme)
    assert spoiled is not None
    assert check(*spoiled, town) == ()
