"""Areas that are none, and pins in the notations people write."""

import pytest

from routing.domain.loading import load_programme
from routing.domain.pins import to_digipin, to_plus_code
from tests.domain.stories import HOLE, SQUARE, document, found, good, problems_in, spoilt

BOW_TIE = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
OUTSIDE = [[116.0, -8.0], [116.1, -8.0], [116.1, -7.9], [116.0, -8.0]]
AREAS = ("/zones/0/area", "/passes/0/areas/0", "/passes/0/areas/1", "/checkpoints/2/area")
LINES = ("/passes/0/corridors/0/coordinates", "/checkpoints/1/line")
SWAPPED = [[lat, lon] for lon, lat in SQUARE]


def polygon(*rings: list[list[float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def several(*polygons: list[list[list[float]]]) -> dict[str, object]:
    return {"type": "MultiPolygon", "coordinates": list(polygons)}


@pytest.mark.parametrize("where", AREAS)
@pytest.mark.parametrize(
    ("area", "code"),
    [
        (polygon(BOW_TIE), "area_not_valid"),
        (polygon(SQUARE, OUTSIDE), "area_not_valid"),
        (polygon(SQUARE, HOLE, HOLE), "area_not_valid"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "area_not_valid"),
        (polygon([[0, 0], [0, 0], [0, 0], [0, 0]]), "area_not_valid"),
        (polygon(), "area_not_valid"),
        (several(), "area_not_valid"),
        (several([SQUARE], []), "area_not_valid"),
        (several([SQUARE], [SQUARE]), "area_not_valid"),
        (several([SQUARE], [HOLE]), "area_not_valid"),
        (several([SQUARE], [BOW_TIE]), "area_not_valid"),
        (polygon(SQUARE[:-1]), "area_ring_open"),
        (polygon(SQUARE[:2] + SQUARE[:1]), "area_ring_open"),
        (polygon([]), "area_ring_open"),
        (polygon(SQUARE, HOLE[:-1]), "area_ring_open"),
        (several([SQUARE], [OUTSIDE[:-1]]), "area_ring_open"),
    ],
)
def test_what_is_no_area_is_refused(where: str, area: object, code: str):
    assert found(spoilt((where, area))) == [(code, where)]


@pytest.mark.parametrize(
    "area",
    [
        polygon(SQUARE),
        polygon(SQUARE[::-1]),
        polygon(SQUARE, HOLE),
        polygon([[0, 0], [1, 0], [0, 1], [0, 0]]),
        polygon([[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]),
        several([SQUARE, HOLE], [OUTSIDE]),
    ],
)
def test_what_is_an_area_is_taken_whichever_way_its_ring_runs(area: object):
    assert found(spoilt(("/zones/0/area", area))) == []


@pytest.mark.parametrize("where", AREAS)
def test_a_latitude_beyond_90_that_would_be_a_longitude_is_said_once(where: str):
    # the field checks would say of each of five corners that it is out of range
    (problem,) = problems_in(spoilt((where, polygon(SWAPPED))))
    assert (problem.code, problem.where) == ("coordinates_swapped", where)
    assert problem.remedy == "write each position as [lon, lat]"


@pytest.mark.parametrize("ring", [[[0, 0], [0, 91], [91, 91], [0, 0]], [[0, 0], [1, 0], [1, 181], [0, 0]]])
def test_what_is_wrong_either_way_round_is_not_called_swapped(ring: list[list[float]]):
    # 91, 91 fits neither way; nor does 181
    assert {code for code, _ in found(spoilt(("/zones/0/area", polygon(ring))))} == {"out_of_range"}


@pytest.mark.parametrize("where", LINES)
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ([[115.2, -8.7], [115.2, -8.7]], "line_without_length"),
        ([[-8.7, 115.2], [-8.6, 115.2]], "coordinates_swapped"),
        ([[115.2, -8.7], [115.2, -8.7], [115.3, -8.7]], None),
    ],
)
def test_a_line_leads_somewhere(where: str, line: object, code: str | None):
    assert found(spoilt((where, line))) == ([] if code is None else [(code, where)])


@pytest.mark.parametrize(
    ("area", "remedy"),
    [
        (polygon(BOW_TIE), "two lines of a ring cross"),
        (polygon(SQUARE, OUTSIDE), "draw the hole within the first ring"),
        (polygon(SQUARE, HOLE, HOLE), "two lines of a ring cross"),
        (several([SQUARE], [HOLE]), "draw one polygon around both"),
        (polygon(SQUARE[:-1]), "repeat the first position at the end"),
        (polygon(SQUARE[:2] + SQUARE[:1]), "give four positions at least"),
        (polygon(SQUARE[:2]), "give four positions at least"),
        (polygon(), "draw a ring of three corners at least"),
    ],
)
def test_each_fault_has_a_remedy_of_its_own(area: object, remedy: str):
    (problem,) = problems_in(spoilt(("/zones/0/area", area)))
    assert problem.remedy.startswith(remedy)


def test_the_message_names_the_fault_and_no_coordinate():
    (problem,) = problems_in(spoilt(("/zones/0/area", polygon(BOW_TIE))))
    assert problem.message == "not an area: self-intersection"


@pytest.mark.parametrize(
    ("area", "wanted"),
    [
        (None, ("wrong_type", "")),
        ({"type": "Polygon"}, ("missing_key", "/coordinates")),
        ({"coordinates": [SQUARE]}, ("missing_key", "")),
        ({"type": "Point", "coordinates": [1, 1]}, ("unknown_value", "")),
        ({"type": "Polygon", "coordinates": [[1, 2]]}, ("wrong_type", "/coordinates/0/0")),
        ({"type": "Polygon", "coordinates": "here"}, ("wrong_type", "/coordinates")),
        ({"type": "Polygon", "coordinates": [["ab", "cd"]]}, ("wrong_type", "/coordinates/0/0")),
        (polygon([[0, 0, 5], [1, 0, 5], [0, 1, 5], [0, 0, 5]]), ("wrong_type", "/coordinates/0/0")),
        (polygon([[10**400, 0], [1, 0], [0, 1], [10**400, 0]]), ("out_of_range", "/coordinates/0/0/0")),
    ],
)
def test_a_wrong_structure_is_named_by_the_field_checks(area: object, wanted: tuple[str, str]):
    assert (wanted[0], "/zones/0/area" + wanted[1]) in found(spoilt(("/zones/0/area", area)))


# Pins

LON, LAT = 115.2126, -8.6705
INDIA_LON, INDIA_LAT = 72.8777, 19.0760


def read(where: str, pin: str, near: object = None) -> tuple[float, float]:
    """Return the location that the reader fills in for a pin, as (lon, lat)."""
    raw = spoilt((where, {"pin": pin}), ("/near", near))
    if where.startswith("/volunteers"):
        raw["volunteers"][0]["pairs_with"] = None
    site, client, volunteer = (load_programme(document(raw)).model_dump()[key][0] for key in good_lists)
    named = {"sites": site, "clients": client, "volunteers": volunteer}
    location = named[where.split("/")[1]][where.split("/")[3]]["location"]
    return location["lon"], location["lat"]


good_lists = ("sites", "clients", "volunteers")
PLACES = ("/sites/0/place", "/clients/0/place", "/clients/0/edge_place", "/volunteers/0/start", "/volunteers/0/end")


@pytest.mark.parametrize("where", PLACES)
def test_a_pin_fills_the_location_of_every_place(where: str):
    assert read(where, "-8.6705, 115.2126") == (LON, LAT)


@pytest.mark.parametrize(
    ("pin", "tolerance"),
    [
        ("8.6705 S 115.2126 E", 1e-9),
        ("8°40'13.8\"S 115°12'45.4\"E", 1e-4),
        ("8.6705 LS, 115.2126 BT", 1e-9),
        ("geo:-8.6705,115.2126", 1e-9),
        (to_plus_code(LON, LAT), 1e-4),
        (to_plus_code(LON, LAT).lower(), 1e-4),
    ],
)
def test_a_pin_may_be_written_in_several_notations(pin: str, tolerance: float):
    assert read("/clients/0/place", pin) == pytest.approx((LON, LAT), abs=tolerance)


def test_a_digipin_is_read_in_india():
    assert read("/clients/0/place", to_digipin(INDIA_LON, INDIA_LAT)) == pytest.approx((INDIA_LON, INDIA_LAT), abs=1e-4)


def test_a_short_plus_code_means_the_match_nearest_to_near():
    short = to_plus_code(LON, LAT)[4:]
    near = {"lon": 115.2, "lat": -8.6}
    assert read("/clients/0/place", short, near) == pytest.approx((LON, LAT), abs=1e-4)


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "pin_unreadable"),
        ("by the well", "pin_unreadable"),
        ("ABC-DEF-GHIJ", "pin_unreadable"),
        ("91, 115", "pin_out_of_range"),
        ("115.2126, -8.6705", "pin_out_of_range"),
        ("8,67,115,21", "pin_ambiguous"),
        ("3945945894", "pin_ambiguous"),
        ("6P3Q0000+", "pin_ambiguous"),
        ("86HX+W9", "pin_needs_reference"),
    ],
)
@pytest.mark.parametrize("where", PLACES)
def test_a_pin_that_cannot_be_read_is_refused_at_its_key(where: str, pin: str, code: str):
    assert found(spoilt((f"{where}/pin", pin), ("/near", None))) == [(code, f"{where}/pin")]


def test_a_swapped_pair_is_not_repeated_by_the_remedy():
    (problem,) = problems_in(spoilt(("/clients/0/place/pin", "115.2126, -8.6705")))
    assert problem.remedy == "check both numbers; latitude comes first"


@pytest.mark.parametrize(("pin", "agree"), [("-8.6724, 115.2126", True), ("-8.6726, 115.2126", False)])
def test_pin_and_location_agree_within_two_thousandths_of_a_degree(pin: str, agree: bool):
    codes = found(spoilt(("/clients/0/place/pin", pin)))
    assert codes == ([] if agree else [("pin_contradicts_location", "/clients/0/place/pin")])


def test_a_digipin_of_a_place_outside_the_grid_contradicts_its_location():
    pin = to_digipin(INDIA_LON, INDIA_LAT)
    assert found(spoilt(("/clients/0/place/pin", pin))) == [("pin_contradicts_location", "/clients/0/place/pin")]


def test_where_both_agree_the_written_location_stays():
    programme = load_programme(document(spoilt(("/clients/0/place/pin", "-8.671, 115.213"))))
    location = programme.clients[0].place.location
    assert location is not None
    assert location.point == (LON, LAT)


def test_a_place_without_pin_and_location_is_kept():
    assert load_programme(document(good())).clients[1].place.location is None


@pytest.mark.parametrize("location", [{"lon": "x", "lat": 1}, {"lon": 10**400, "lat": 1}, {}, 3, []])
def test_a_wrong_location_is_named_by_the_field_checks_and_not_filled(location: object):
    codes = {code for code, _ in found(spoilt(("/clients/0/place/location", location)))}
    assert codes
    assert codes <= {"wrong_type", "out_of_range", "missing_key"}


@pytest.mark.parametrize("pin", [3, None, ["-8, 115"], True])
def test_a_pin_that_is_no_text_is_left_to_the_field_checks(pin: object):
    assert found(spoilt(("/clients/0/place/pin", pin))) == (
        [] if pin is None else [("wrong_type", "/clients/0/place/pin")]
    )
