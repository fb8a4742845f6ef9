"""What the fields of a programme refuse, walked over every key: wrong types, limits, words, impossible pairs."""

import json
import math
from datetime import date, time

import pytest
from annotated_types import Le
from pydantic import AwareDatetime

from routing.domain.base import Day, Identifier, Instant, LocalTime, Text
from routing.domain.reading import pointer
from routing.domain.references import at_path
from tests.domain.models import Key, holds, keys, limits
from tests.domain.stories import SQUARE, found, good, places, problems_in, spoilt

# Values: each type of key refuses what is not of its type, at its place.


@pytest.mark.parametrize("key", [key for key in keys() if key.name != "type"], ids=lambda key: key.path)
def test_an_object_is_no_value_of_any_key_unless_it_holds_one(key: Key):
    where = places(key)[0]
    codes = {code for code, place in found(spoilt((where, {"?": 1}))) if place.startswith(where)}
    assert codes or where == "/schema"
    assert codes <= {"wrong_type", "bad_date_or_time", "missing_key", "unknown_key", "unknown_value", "schema_unknown"}


def bounds(key: Key) -> list[tuple[object, bool]]:
    """Return values at and just beyond the limits of a numeric key, and whether they are within."""
    values: list[tuple[object, bool]] = []
    for each in limits(key.hint):
        whole = holds(key.hint, int)
        for limit, inwards, included in (
            (getattr(each, "ge", None), 1, True),
            (getattr(each, "gt", None), 1, False),
            (getattr(each, "le", None), -1, True),
            (getattr(each, "lt", None), -1, False),
        ):
            if limit is not None:
                step = inwards if whole else math.nextafter(limit, inwards * math.inf) - limit
                values += [(limit, included), (limit + step, True), (limit - step, False)]
    return values


BOUNDED = [
    (key, value, within)
    for key in keys()
    if key.name not in {"coordinates", "line"} and not key.path.endswith("/*")
    for value, within in bounds(key)
]


def test_every_number_of_the_programme_has_a_limit():
    numbers = {key.path for key in keys() if any(holds(key.hint, kind) for kind in (int, float))}
    unlimited = numbers - {key.path for key, _, _ in BOUNDED}
    # positions: below; strengths of tablets: a list, whose entries are numbers above 0
    assert {path.split("/")[-2] for path in unlimited} == {"coordinates", "line", "tablets_mg"}


def test_every_number_of_the_programme_has_an_upper_limit():
    numbers = {key.path: key.hint for key in keys() if any(holds(key.hint, kind) for kind in (int, float))}
    assert [path for path, hint in numbers.items() if not any(isinstance(each, Le) for each in limits(hint))] == []


@pytest.mark.parametrize(("strength", "within"), [(0.0009, False), (0.001, True), (10**6, True), (10**6 + 1, False)])
def test_the_strengths_of_tablets_have_limits(strength: float, within: bool):
    where = "/products/1/tablets_mg/0"
    assert found(spoilt((where, strength))) == ([] if within else [("out_of_range", where)])


@pytest.mark.parametrize(
    ("key", "value", "within"), BOUNDED, ids=[f"{key.path}={value!r}" for key, value, _ in BOUNDED]
)
def test_a_number_is_taken_at_its_limit_and_refused_beyond(key: Key, value: float, within: bool):
    where = places(key)[0]
    assert (("out_of_range", where) not in found(spoilt((where, value)))) == within


@pytest.mark.parametrize(
    ("lon", "lat", "within"), [(180, 90, True), (-180, -90, True), (180.1, 0, False), (0, -90.1, False)]
)
def test_positions_of_areas_have_limits(lon: float, lat: float, within: bool):
    where = "/zones/0/area/coordinates/0"
    ring = [[lon, lat], [1.0, 1.0], [1.5, 0.0], [lon, lat]]
    assert (not found(spoilt((where, ring)))) == within


@pytest.mark.parametrize("key", [key for key in keys() if holds(key.hint, Text)], ids=lambda key: key.path)
def test_a_text_may_have_500_characters(key: Key):
    if key.path == "timezone":
        pytest.fail("a time zone is a name, not a text")
    where = places(key)[0]
    assert ("too_long", where) not in found(spoilt((where, "é" * 500)))
    assert ("too_long", where) in found(spoilt((where, "é" * 501)))


@pytest.mark.parametrize("key", [key for key in keys() if holds(key.hint, Identifier)], ids=lambda key: key.path)
@pytest.mark.parametrize("value", ["", "-a", ".a", "_a", "a b", "a/b", "é", "a\n", "a" * 65])
def test_each_identifier_is_held_to_its_form(key: Key, value: str):
    where = places(key)[0]
    assert ("bad_identifier", where) in found(spoilt((where, value)))


@pytest.mark.parametrize("value", ["a", "7", "A.b_c-d", "a" * 64])
def test_a_good_identifier_is_taken(value: str):
    assert found(spoilt(("/programme_id", value))) == []


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("/products/0/kind", "unknown_value"),
        ("/sites/0/hours/0/weekdays/0", "unknown_value"),
        ("/zones/0/area/type", "unknown_value"),
        ("/passes/0/valid_to_at", "bad_date_or_time"),
        ("/calendar/closed_days/0/on", "bad_date_or_time"),
        ("/sites/0/ready_from_time", "bad_date_or_time"),
        ("/timezone", "impossible_value"),
        ("/clients/0/regimens/0/steps/0/doses_a_day", "wrong_type"),
        ("/clients/0/regimens", "wrong_type"),
        ("/calendar", "wrong_type"),
        ("/made_up", "wrong_type"),
    ],
)
def test_a_word_out_of_place_is_refused(where: str, code: str):
    wanted = where.removesuffix("/type")  # the type decides about the whole area
    assert (code, wanted) in found(spoilt((where, "word")))


@pytest.mark.parametrize("name", ["", "Bali", "Asia", "asia/makassar", "../UTC", "localtime", "a" * 300, "UTC\0"])
def test_a_time_zone_is_one_of_the_tz_database(name: str):
    assert found(spoilt(("/timezone", name))) == [("impossible_value", "/timezone")]


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("/calendar/closed_days/0/on", "20261123"),
        ("/calendar/closed_days/0/on", "0"),
        ("/calendar/closed_days/0/on", "2026-11-31"),
        ("/calendar/closed_days/0/on", "23.11.2026"),
        ("/sites/0/closed_on/0", "86400"),
        ("/volunteers/0/absent_on/0", "20261123"),
        ("/ledger/0/at", "1795392000"),
        ("/ledger/0/at", "-1.5"),
        ("/ledger/0/at", "2026-11-23T25:00:00Z"),
        ("/zones/0/valid_from_at", "20261123"),
        ("/sites/0/ready_from_time", "0900"),
        ("/sites/0/ready_from_time", "9:00"),
        ("/sites/0/ready_from_time", "24:00"),
    ],
)
def test_a_date_or_time_is_written_in_full(where: str, value: str):
    # Pydantic reads "20261123" as so many seconds since 1970.
    (problem,) = problems_in(spoilt((where, value)))
    assert (problem.code, problem.where) == ("bad_date_or_time", where)


# Calendar: sentinels such as 9999-12-31 would overflow in the arithmetic of dates later.
DAYS = [key.path for key in keys() if holds(key.hint, Day)]
MOMENTS = [key.path for key in keys() if holds(key.hint, Instant)]
CLOCKS = [key.path for key in keys() if holds(key.hint, LocalTime)]


def test_every_date_and_time_of_the_programme_has_its_limits():
    paths = {kind: [key.path for key in keys() if holds(key.hint, kind)] for kind in (date, AwareDatetime, time)}
    assert paths == {date: DAYS, AwareDatetime: MOMENTS, time: CLOCKS}


@pytest.mark.parametrize("path", DAYS)
@pytest.mark.parametrize(
    ("on", "within"),
    [
        ("0001-01-01", False),
        ("1899-12-31", False),
        ("1900-01-01", True),
        ("2200-01-01", True),
        ("2200-01-02", False),
        ("9999-12-31", False),
    ],
)
def test_a_date_lies_in_the_calendar(path: str, on: str, within: bool):
    where = pointer(*next(at_path(good(), path))[0])
    assert (("bad_date_or_time", where) not in found(spoilt((where, on)))) == within


@pytest.mark.parametrize("path", MOMENTS)
@pytest.mark.parametrize(
    ("instant", "within"),
    [
        ("0001-01-01T00:00:00+14:00", False),
        ("1899-12-31T23:59:59Z", False),
        ("1900-01-01T00:00:00Z", True),
        ("1900-01-01T07:59:59+08:00", False),
        ("2200-01-01T08:00:00+08:00", True),
        ("2200-01-01T00:00:01Z", False),
        ("9999-12-31T23:59:59-12:00", False),
    ],
)
def test_an_instant_lies_in_the_calendar(path: str, instant: str, within: bool):
    where = pointer(*next(at_path(good(), path))[0])
    assert (("bad_date_or_time", where) not in found(spoilt((where, instant)))) == within


def test_what_lies_outside_the_calendar_is_told_what_to_do():
    (problem,) = problems_in(spoilt(("/volunteers/0/authorisations/0/valid_to_on", "9999-12-31")))
    assert problem.message == "should lie between 1900-01-01 and 2200-01-01"
    assert "leave its key out" in problem.remedy


@pytest.mark.parametrize(
    ("where", "whole"),
    [*((path, "12:00:00") for path in CLOCKS), *((path, "2026-11-01T00:00:00") for path in MOMENTS)],
)
def test_times_are_in_whole_seconds(where: str, whole: str):
    where = pointer(*next(at_path(good(), where))[0])
    offset = "Z" if "T" in whole else ""
    for fraction, code in (("", None), (".000", None), (".000001", "bad_date_or_time"), (".5", "bad_date_or_time")):
        problems = [each for each in problems_in(spoilt((where, whole + fraction + offset))) if each.where == where]
        assert [each.code for each in problems] == ([code] if code else [])
        assert all(each.remedy == "write whole seconds" for each in problems)


def test_a_text_of_digits_is_a_text():
    assert found(spoilt(("/passes/0/number", "20261123"), ("/coordinator/phone", "0361"))) == []


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("/clients/0/regimens/1/steps", []),
        ("/volunteers/1/shifts", []),
        ("/volunteers/1/vehicles", []),
        ("/passes/0/purposes", []),
        ("/passes/0/corridors/0/coordinates", [SQUARE[0]]),
    ],
)
def test_some_lists_need_entries(where: str, value: object):
    assert found(spoilt((where, value))) == [("too_few", where)]


def test_too_few_is_not_said_of_a_list_whose_entry_is_wrong():
    assert found(spoilt(("/volunteers/1/vehicles/0/mode", "ox"))) == [
        ("unknown_value", "/volunteers/1/vehicles/0/mode")
    ]


@pytest.mark.parametrize(
    ("where", "value", "place"),
    [
        ("/clients/0/regimens/0/steps/0/to_on", "2026-10-31", "/clients/0/regimens/0/steps/0"),
        ("/clients/0/supplies/0/latest_on", "2026-11-22", "/clients/0/supplies/0"),
        ("/policies/0/min_days_a_delivery", 8, "/policies/0"),
        ("/policies/0/valid_to_on", "2025-12-31", "/policies/0"),
        ("/policies/0/missed_doses/0/clearance_up_to", 0, "/policies/0/missed_doses/0"),
        ("/passes/0/valid_to_at", "2026-11-01T00:00:00+08:00", "/passes/0"),
        ("/movement_rules/0/valid_to_at", "2026-10-31T16:00:00Z", "/movement_rules/0"),
        ("/zones/0/valid_to_at", "2026-11-01T00:00:00+08:00", "/zones/0"),
        ("/volunteers/0/breaks/0/latest_time", "11:59", "/volunteers/0/breaks/0"),
        ("/volunteers/0/shifts/0/weekdays", [], "/volunteers/0/shifts/0"),
        ("/ledger/0/to_on", "2026-11-19", "/ledger/0"),
        ("/ledger/0/to_on", None, "/ledger/0"),
        ("/ledger/1/supply_id", None, "/ledger/1"),
        ("/products/0/strength_mg_per_ml", None, "/products/0"),
        ("/products/1/tablets_mg", [], "/products/1"),
        ("/products/2/pack_days", None, "/products/2"),
        ("/sites/0/ready_from_time", "09:00Z", "/sites/0/ready_from_time"),
    ],
)
def test_values_that_cannot_go_together_are_refused(where: str, value: object, place: str):
    assert found(spoilt((where, value))) == [("impossible_value", place)]


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("/clients/0/regimens/0/steps/0/to_on", "2026-11-01"),
        ("/clients/0/supplies/0/latest_on", "2026-11-23"),
        ("/policies/0/min_days_a_delivery", 7),
        ("/policies/0/valid_to_on", "2026-01-01"),
        ("/policies/0/missed_doses/0/clearance_up_to", 1),
        ("/passes/0/valid_to_at", "2026-11-01T00:00:01+08:00"),
        ("/volunteers/0/breaks/0/latest_time", "12:00"),
        ("/ledger/0/to_on", "2026-11-20"),
    ],
)
def test_values_that_just_go_together_are_taken(where: str, value: object):
    assert found(spoilt((where, value))) == []


BENT = (None, [], {}, "", 10**400, -1, 1e999, [None], [[]], {"type": "Polygon"}, {"": {}}, "\0", True)


def test_a_document_is_refused_or_read_never_a_crash_however_it_is_bent():
    for index, key in enumerate(keys()):
        for shift in (0, 6):
            value = BENT[(index + shift) % len(BENT)]
            found(json.dumps(spoilt((places(key)[0], value))).encode().replace(b"Infinity", b"1e999"))
