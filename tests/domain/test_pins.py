"""Pins: every writing of one place, the published vectors, the edges of the globe and of each grid."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.domain.pins import Pin, PinError, parse_pin, to_digipin, to_plus_code

METRES_PER_DEGREE = 111_195.08
LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
CODES = {"pin_unreadable", "pin_out_of_range", "pin_ambiguous", "pin_needs_reference"}

# One door in Denpasar: 8.6705 S is 8°40'13.8" (0.6705 * 60 = 40.23; 0.23 * 60 = 13.8), 115.2126 E is 115°12'45.36".
DECIMAL_WRITINGS = [
    "-8.6705, 115.2126",
    "-8.6705,115.2126",
    "-8.6705 115.2126",
    "(-8.6705, 115.2126)",
    "−8.6705; +115.2126",
    "8.6705 S 115.2126 E",
    "8.6705S115.2126E",
    "8.6705° S, 115.2126° E",
    "8.6705 s 115.2126 e",
    "S8.6705 E115.2126",
    "S 8.6705 E 115.2126",
    "E115.2126 S8.6705",
    "8.6705 LS, 115.2126 BT",
    "8.6705 South, 115.2126 East",
    "8,6705 S; 115,2126 E",
    "8,6705 S, 115,2126 E",
    "-8,6705 115,2126",
    "-8,6705, 115,2126",
    "\u200e-8.6705,\u00a0115.2126\u200f",
    "-８.６７０５，１１５.２１２６",
    "geo:-8.6705,115.2126",
    "geo:-8.6705,115.2126,30;crs=wgs84;u=20",
    "geo:0,0?q=-8.6705,115.2126(Clinic)",
    "@-8.6705,115.2126,17z",
    "https://www.google.com/maps/@-8.6705,115.2126,17z",
    "https://www.google.com/maps/search/?api=1&query=-8.6705%2C115.2126",
    "https://www.google.com/maps/place/X/@-8.7,115.3,17z/data=!3m1!4b1!3d-8.6705!4d115.2126",
]
SEXAGESIMAL_WRITINGS = [
    "8°40'13.8\"S 115°12'45.36\"E",
    "8°40′13.8″S115°12′45.36″E",
    "8º40’13.8”S, 115º12’45.36”E",
    "8° 40' 13.8'' S 115° 12' 45.36'' E",
    "S 8°40'13.8\" E 115°12'45.36\"",
    "-8°40'13.8\", 115°12'45.36\"",
    "8°40'13,8\"S; 115°12'45,36\"E",
    "8d40m13.8s S 115d12m45.36s E",
    "8d40m13.8S 115d12m45.36E",
    "8 40 13.8 S 115 12 45.36 E",
    "-8 40 13.8 115 12 45.36",
    "8°40.23'S 115°12.756'E",
    "8 40.23 S, 115 12.756 E",
    "8° 40.23 S, 115.2126 E",
]
REFUSED = [
    ("", "pin_unreadable"),
    ("Jalan Gajah Mada 1", "pin_unreadable"),
    ("-8.6705", "pin_unreadable"),
    ("nan, 115", "pin_unreadable"),
    ("inf, -inf", "pin_unreadable"),
    ("-8.67.05, 115.2126", "pin_unreadable"),
    ("8.5°40'S 115°12'E", "pin_unreadable"),
    ("-8.67, 115.21, 17", "pin_unreadable"),
    ("8 40 115", "pin_unreadable"),
    ("12/24", "pin_unreadable"),  # a house number or a date
    ("-8.6²05, 115.2126", "pin_unreadable"),
    ("geo:47.6,-122.3?q=restaurants", "pin_unreadable"),
    ("geo:-8.67,115.21;crs=moon-2011", "pin_unreadable"),
    ("https://example.org/", "pin_unreadable"),
    ("9" * 2000, "pin_unreadable"),
    ("9 " * 200, "pin_unreadable"),
    ("90.01, 115", "pin_out_of_range"),
    ("-90.00000000000000000001, 115", "pin_out_of_range"),
    ("-8.67, 180.01", "pin_out_of_range"),
    ("95, 200", "pin_out_of_range"),
    ("geo:115.21,-8.67", "pin_out_of_range"),
    ("91 N 115 E", "pin_out_of_range"),
    ("8°60'S 115°12'E", "pin_out_of_range"),
    ("8,115", "pin_ambiguous"),
    ("-8,67", "pin_ambiguous"),
    ("-8,6705,115,2126", "pin_ambiguous"),
    ("-8.67 S 115.21 E", "pin_ambiguous"),
    ("8.67 S, 115.21", "pin_ambiguous"),
    ("8.67 S 115.21 S", "pin_ambiguous"),
    ("8.67 N 115.21 O", "pin_ambiguous"),
    ("https://maps.example/!3d-8.6!4d115.2!3d-8.7!4d115.3", "pin_ambiguous"),
    ("9876543298", "pin_ambiguous"),
    ("7FG49Q00+", "pin_ambiguous"),
    ("8FVC9G8F+6", "pin_unreadable"),
    ("8FVC9G8+6X", "pin_unreadable"),
    ("8FVC9A8F+6X", "pin_unreadable"),
    ("WC2300+G6", "pin_unreadable"),
    ("+", "pin_unreadable"),
    ("F2222222+22", "pin_out_of_range"),
    ("2W222222+22", "pin_out_of_range"),
    ("9626+5X", "pin_needs_reference"),
    ("9626+5X Denpasar, Bali", "pin_needs_reference"),
    ("39J-49L-L8TX", "pin_unreadable"),
    ("39J-49L-L8T", "pin_unreadable"),
]
# From the specification's own test data (google/open-location-code, test_data/encoding.csv, Apache-2.0).
PLUS_CODES = [
    (47.365590, 8.524997, 10, "8FVC9G8F+6X"),
    (20.375, 2.775, 6, "7FG49Q00+"),
    (20.3700625, 2.7821875, 10, "7FG49QCJ+2V"),
    (20.3701125, 2.782234375, 11, "7FG49QCJ+2VX"),
    (20.3701135, 2.78223535156, 13, "7FG49QCJ+2VXGJ"),
    (-41.2730625, 174.7859375, 10, "4VCPPQGP+Q9"),
    (-89.9999375, -179.9999375, 10, "22222222+22"),
    (90, 1, 4, "CFX30000+"),
    (90, 1, 10, "CFX3X2X2+X2"),
    (1, 180, 4, "62H20000+"),
    (1.2, 3.4, 10, "6FH56C22+22"),
    (37.539669125, -122.375069724, 15, "849VGJQF+VX7QR3J"),
    (35.6, 3.033, 10, "8F75J22M+26"),
    (-48.71, 142.78, 8, "4R347QRJ+"),
    (-2.804, 7.003, 13, "6F9952W3+C6222"),
    (80.0100000001, 58.57, 15, "CHGW2H6C+2222222"),
    (80.0099999999, 58.57, 15, "CHGW2H5C+X2RRRRR"),
    (-80.0099999999, 58.57, 15, "2HFWXHRC+2222222"),
    (-28.1217794010122, -154.066811473758, 15, "5337VWHM+77PR2GR"),
    (-80.0, -170.0, 2, "22000000+"),
]
# test_data/shortCodeTests.csv of the same: full code, reference latitude and longitude, short code.
SHORT_CODES = [
    ("9C3W9QCJ+2VX", 51.3701125, -1.217765625, "+2VX"),
    ("9C3W9QCJ+2VX", 51.3708675, -1.217765625, "CJ+2VX"),
    ("9C3W9QCJ+2VX", 51.3852125, -1.217765625, "9QCJ+2VX"),
    ("8FJFW222+", 42.899, 9.012, "22+"),
    ("796RXG22+", 14.95125, -23.5001, "22+"),
    ("8FRCXGRF+PM", 47.00, 8.55, "XGRF+PM"),
    ("CFX22222+22", 89.6, 0.0, "2222+22"),
    ("2CXXXXXX+XX", -81.0, 0.0, "XXXXXX+XX"),
]


def degrees_lat(pin: Pin) -> float:
    """Return the pin's half height in degrees; true while a cell is no wider than it is high."""
    return pin.half_width_m / METRES_PER_DEGREE


def code_of(text: str, near: tuple[float, float] | None = None) -> str:
    with pytest.raises(PinError) as caught:
        parse_pin(text, near=near)
    return caught.value.code


def outcome_of(text: str, near: tuple[float, float] | None) -> Pin | PinError:
    try:
        return parse_pin(text, near=near)
    except PinError as error:
        return error


@pytest.mark.parametrize("text", DECIMAL_WRITINGS)
def test_every_decimal_writing_names_the_same_door(text: str) -> None:
    pin = parse_pin(text)
    assert (pin.lon, pin.lat, pin.notation) == (115.2126, -8.6705, "decimal")
    assert pin.half_width_m == pytest.approx(5.56, abs=0.01)  # half of 0.0001 degrees


@pytest.mark.parametrize("text", SEXAGESIMAL_WRITINGS)
def test_every_sexagesimal_writing_names_the_same_door(text: str) -> None:
    pin = parse_pin(text)
    assert (pin.lon, pin.lat, pin.notation) == (115.2126, -8.6705, "dms")


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_an_impossible_or_ambiguous_writing_is_refused_with_its_code(text: str, code: str) -> None:
    assert code_of(text) == code


def test_one_comma_inside_and_a_space_between_is_a_decimal_comma() -> None:
    assert parse_pin("8,5 115") == parse_pin("8.5, 115")


@pytest.mark.parametrize("text", ["८.५, ११५.२", "٨٫٥، ١١٥٫٢", "৮.৫, ১১৫.২"])
def test_digits_of_other_scripts_are_read(text: str) -> None:
    assert parse_pin(text) == parse_pin("8.5, 115.2")


def test_the_half_width_is_that_of_the_coarser_number() -> None:
    assert parse_pin("0.5, 115.2126").half_width_m == pytest.approx(0.05 * METRES_PER_DEGREE)
    # At 60 degrees a tenth of a degree eastward is half as long as on the equator.
    assert parse_pin("60.0000, 10.5").half_width_m == pytest.approx(0.05 * METRES_PER_DEGREE / 2)
    assert parse_pin("8°40'S 115°12'E").half_width_m == pytest.approx(METRES_PER_DEGREE / 120)


def test_longitude_first_is_refused_and_the_remedy_shows_it_swapped() -> None:
    with pytest.raises(PinError) as caught:
        parse_pin("115.2126, -8.6705")
    assert caught.value.code == "pin_out_of_range"
    assert caught.value.remedy.endswith("-8.6705, 115.2126")
    assert "-8.6705" not in caught.value.message


@pytest.mark.parametrize("text", ["90, 180", "-90, -180", "90.0, 0", "0, -180.0", "90 N 180 W"])
def test_the_edges_of_the_globe_are_places(text: str) -> None:
    assert abs(parse_pin(text).lat) in {0, 90}


def test_a_pin_error_survives_a_process_pool() -> None:
    with pytest.raises(PinError) as caught:
        parse_pin("9626+5X")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (copy.code, copy.message, copy.remedy, str(copy)) == (
        caught.value.code,
        caught.value.message,
        caught.value.remedy,
        str(caught.value),
    )


@pytest.mark.parametrize(("lat", "lon", "length", "code"), PLUS_CODES)
def test_plus_codes_match_the_published_vectors(lat: float, lon: float, length: int, code: str) -> None:
    assert to_plus_code(lon, lat, length) == code


@pytest.mark.parametrize(("full", "lat", "lon", "short"), SHORT_CODES)
def test_short_codes_recover_the_published_full_codes(full: str, lat: float, lon: float, short: str) -> None:
    assert code_of(short) == "pin_needs_reference"
    assert parse_pin(short.lower(), near=(lon, lat)) == parse_pin(full)


def test_a_short_code_with_a_place_name_is_not_recovered_near_another_place() -> None:
    assert code_of("9626+5X Ubud", near=(115.2126, -8.6705)) == "pin_needs_reference"


@pytest.mark.parametrize("near", [(math.nan, 0.0), (0.0, math.nan), (181.0, 0.0), (0.0, 90.1), (0.0, math.inf)])
def test_a_reference_off_the_globe_is_refused(near: tuple[float, float]) -> None:
    assert code_of("9626+5X", near=near) == "pin_out_of_range"


def test_a_short_code_is_recovered_across_the_antimeridian() -> None:
    full = parse_pin(to_plus_code(-179.999, -16.5))
    for near_lon in (179.999, 180.0, -180.0):
        recovered = parse_pin(to_plus_code(-179.999, -16.5)[4:], near=(near_lon, -16.5))
        assert recovered == full


def test_signed_whole_numbers_are_not_a_short_plus_code() -> None:
    assert parse_pin("+22 +77") == parse_pin("22, 77")


@pytest.mark.parametrize("length", [-1, 0, 1, 3, 9, 16])
def test_a_plus_code_of_an_unknown_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        to_plus_code(0, 0, length)


def test_digits_after_the_fifteenth_change_nothing() -> None:
    assert parse_pin("849VGJQF+VX7QR3JW") == parse_pin("849VGJQF+VX7QR3J")


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (28.622788, 77.213033, "39J-49L-L8T4"),  # Dak Bhawan, New Delhi: the Department's own example
        (12.9716, 77.5946, "4P3-JK8-52C9"),  # Bengaluru: INDIAPOST-gov/digipin, tests/digipin.test.js
        # The corners stay in one corner of the labelling grid at every level.
        (2.5, 63.5, "LLL-LLL-LLLL"),
        (38.5, 99.5, "888-888-8888"),
        (38.5, 63.5, "FFF-FFF-FFFF"),
        (2.5, 99.5, "TTT-TTT-TTTT"),
        # The middle of the grid belongs to the cell north-east of it: 2, then the south-west corner.
        (20.5, 81.5, "2LL-LLL-LLLL"),
    ],
)
def test_digipins_match_known_places_and_corners(lat: float, lon: float, code: str) -> None:
    assert to_digipin(lon, lat) == code
    for text in (code, code.lower(), code.replace("-", " "), code.replace("-", "\u2011")):
        pin = parse_pin(text)
        assert pin.notation == "digipin"
        assert pin.lat == pytest.approx(lat, abs=2e-5)
        assert pin.lon == pytest.approx(lon, abs=2e-5)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(77, 2.4999999), (77, 38.5000001), (63.4999999, 20), (99.5000001, 20), (math.nan, 20), (77, math.inf)],
)
def test_a_place_beyond_the_digipin_grid_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(PinError) as caught:
        to_digipin(lon, lat)
    assert caught.value.code == "pin_out_of_range"


@pytest.mark.parametrize(
    ("lon", "lat"), [(0, 90.01), (0, -90.01), (180.01, 0), (-180.01, 0), (math.nan, 0), (0, -math.inf)]
)
def test_a_plus_code_beyond_the_globe_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(PinError) as caught:
        to_plus_code(lon, lat)
    assert caught.value.code == "pin_out_of_range"


@given(LONGITUDES, LATITUDES)
def test_a_ten_digit_plus_code_contains_its_place(lon: float, lat: float) -> None:
    pin = parse_pin(to_plus_code(lon, lat))
    assert degrees_lat(pin) == pytest.approx(1 / 16000)  # a cell of 1/8000 degree, 13.9 m
    assert abs(pin.lat - lat) <= 1 / 16000 + 1e-12
    assert abs((pin.lon - lon + 180) % 360 - 180) <= 1 / 16000 + 1e-12


@given(LONGITUDES, LATITUDES, st.sampled_from([8, 10, 11, 12, 13, 14, 15]))
def test_a_plus_code_read_and_written_again_is_the_same(lon: float, lat: float, length: int) -> None:
    code = to_plus_code(lon, lat, length)
    pin = parse_pin(code)
    assert to_plus_code(pin.lon, pin.lat, length) == code


@given(LONGITUDES, st.floats(-85, 85), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.sampled_from([2, 4, 6]))
def test_a_short_code_is_recovered_from_anywhere_near(
    lon: float, lat: float, east: float, north: float, dropped: int
) -> None:
    period = 20.0 ** (2 - dropped // 2)
    full = parse_pin(to_plus_code(lon, lat))
    near_lon = (full.lon + east * period + 180) % 360 - 180
    near_lat = full.lat + north * period
    if abs(near_lat) <= 90:
        assert parse_pin(to_plus_code(lon, lat)[dropped:], near=(near_lon, near_lat)) == full


@given(st.floats(63.5, 99.5), st.floats(2.5, 38.5))
def test_a_digipin_contains_its_place_and_is_written_again_the_same(lon: float, lat: float) -> None:
    code = to_digipin(lon, lat)
    if code.replace("-", "").isdecimal():
        assert code_of(code.replace("-", "")) == "pin_ambiguous"
    pin = parse_pin(code)
    assert pin.half_width_m == pytest.approx(1.909, abs=0.001)  # a cell of 36 / 4**10 degrees, 3.8 m
    assert max(abs(pin.lat - lat), abs(pin.lon - lon)) <= 18 / 4**10 + 1e-12
    assert to_digipin(pin.lon, pin.lat) == code


@given(LONGITUDES, LATITUDES)
def test_decimal_coordinates_come_back_unchanged(lon: float, lat: float) -> None:
    pin = parse_pin(f"{lat:.15f}, {lon:.15f}")
    assert (pin.lat, pin.lon) == (float(f"{lat:.15f}"), float(f"{lon:.15f}"))


@given(
    st.one_of(
        st.text(),
        st.text("0123456789 .,;-+°'\"NSEWOdms", max_size=40),
        st.text("23456789CFGHJMPQRVWX0+ ", max_size=14),
        st.text("23456789CFJKLMPT- ", min_size=10, max_size=12),
        st.from_regex(r"(geo:|@|https://x/[?]q=|https://x/@)[-0-9.,;?=!a-z]{0,30}"),
    ),
    st.none() | st.tuples(st.floats(), st.floats()),
)
def test_any_text_is_a_pin_on_the_globe_or_a_coded_error(text: str, near: tuple[float, float] | None) -> None:
    outcome = outcome_of(text, near)
    if isinstance(outcome, PinError):
        assert outcome.code in CODES
        assert outcome.message
        assert outcome.remedy
    else:
        assert abs(outcome.lat) <= 90
        assert abs(outcome.lon) <= 180
        assert 0 <= outcome.half_width_m < 80_000
