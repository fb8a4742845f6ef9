"""A table of points: what is read, and how every bad row is named."""

import pytest

from api.exchange.points import MOST_POINTS, NamedPoint, read_point, read_points
from routing.domain.errors import InputError, PointsError
from routing.domain.pins import to_plus_code


def read(text: str) -> list[tuple[str, float, float]]:
    return [(point.point_id, point.lon, point.lat) for point in read_points(text.encode())]


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PointsError) as caught:
        read_points(text.encode())
    return [(problem.code, problem.where) for problem in caught.value.problems]


def test_longitude_and_latitude_are_read_with_their_place():
    assert read_points(b"id,lon,lat\na,115.21,-8.65\n") == (NamedPoint("a", 115.21, -8.65, "row 2, column lon"),)


@pytest.mark.parametrize(
    "text", ["ID;Longitude;Latitude\na;115.21;-8.65", "point\tlat\tlng\tnote\na\t-8.65\t115.21\tx"]
)
def test_columns_are_known_by_their_names_in_any_order_and_dialect(text):
    assert read(text) == [("a", 115.21, -8.65)]


def test_a_pin_stands_for_both_and_comes_before_them():
    [(_, lon, lat), (_, *other)] = read("id,lon,lat,pin\na,1,2,6P3Q8679+VR\nb,115.2,-8.6,\n")
    assert to_plus_code(lon, lat) == "6P3Q8679+VR"
    assert other == [115.2, -8.6]


def test_a_table_of_pins_alone_is_enough():
    (point,) = read_points(b'id,pin\na,"-8.6705, 115.2126"\n')
    assert (point.pin, point.where) == ((115.2126, -8.6705), "row 2, column pin")


def test_empty_rows_are_passed_over():
    assert len(read("id,lon,lat\n\na,1,2\n,,\n")) == 1


def test_every_bad_row_is_named_by_row_and_column():
    text = "id,lon,lat\n,1,2\na,east,2\nb,181,2\nc,1,-90.1\nd,nan,1\nd,1,2\nok,1,2\n" + "x" * 65 + ",1,2\ne,1,2,3\n"
    assert faults(text) == [
        ("point_id_missing", "row 2, column id"),
        ("point_bad_degrees", "row 3, column lon"),
        ("point_bad_degrees", "row 4, column lon"),
        ("point_bad_degrees", "row 5, column lat"),
        ("point_bad_degrees", "row 6, column lon"),
        ("point_id_twice", "row 7, column id"),
        ("point_id_missing", "row 9, column id"),
        ("row_broken", "row 10"),
    ]


@pytest.mark.parametrize(
    ("pin", "code"),
    [("nowhere", "pin_unreadable"), ("115.2126 -8.6705", "pin_out_of_range"), ("79+VR", "pin_needs_reference")],
)
def test_a_bad_pin_has_the_code_of_pins(pin, code):
    assert faults(f"id,pin\na,{pin}\n") == [(code, "row 2, column pin")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x00\x01\x02\x03", "points_unreadable"),
        (b"", "points_without_columns"),
        (b"a,1,2\n", "points_without_columns"),
        (b"id,lon\na,1\n", "points_without_columns"),
        (b"id,lon,lat\n", "points_none"),
    ],
)
def test_what_is_no_table_of_points_is_refused_as_a_whole(data, code):
    with pytest.raises(InputError) as caught:
        read_points(data)
    assert caught.value.code == code


def test_five_thousand_points_are_the_most():
    rows = [f"p{number},1,2\n" for number in range(MOST_POINTS + 1)]
    assert len(read("id,lon,lat\n" + "".join(rows[:-1]))) == MOST_POINTS
    with pytest.raises(InputError) as caught:
        read("id,lon,lat\n" + "".join(rows))
    assert caught.value.code == "points_too_many"


@pytest.mark.parametrize("text", ["115.2126,-8.6705", " 115.2126 , -8.6705 ", "8.6705 S 115.2126 E"])
def test_one_point_has_longitude_first_unless_letters_say_which(text):
    assert read_point(text, "--to").pin == (115.2126, -8.6705)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-8.6705,115.2126", "point_bad_degrees"),
        ("nan,1", "point_bad_degrees"),
        ("here", "pin_unreadable"),
        ("", "pin_unreadable"),
    ],
)
def test_one_bad_point_is_told_with_its_option(text, code):
    with pytest.raises(InputError) as caught:
        read_point(text, "--to")
    assert (caught.value.code, caught.value.where) == (code, "--to")
