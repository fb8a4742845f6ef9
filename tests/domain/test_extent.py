"""Areas, corridors and checkpoints beside the map. The map: Denpasar, 115.20 .. 115.25 E, 8.70 .. 8.65 S."""

import pytest

from routing.domain.errors import ProgrammeError
from routing.domain.extent import extent_problems, refuse_beside
from routing.domain.loading import load_programme
from tests.domain.stories import SQUARE, document, spoilt

BOUNDS = (115.20, -8.70, 115.25, -8.65)
# Fits as written: a latitude of 77 is one. In Delhi, at 28 N, swapped coordinates look like this.
DELHI = (77.1, 28.5, 77.3, 28.7)
FAR = [[11.5, 10.0], [11.6, 10.0], [11.6, 10.1], [11.5, 10.0]]


def polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


def moved(east, north=0.0):
    return [[round(lon + east, 7), round(lat + north, 7)] for lon, lat in SQUARE]


def problems(*edits, bounds=BOUNDS):
    programme = load_programme(document(spoilt(*edits)))
    return [(each.code, each.where) for each in extent_problems(programme, bounds)]


def test_the_story_lies_on_its_map():
    assert problems() == []


@pytest.mark.parametrize(
    ("where", "value", "place"),
    [
        ("/zones/0/area", polygon(FAR), "/zones/0/area"),
        ("/checkpoints/0/location", {"lon": 11.5, "lat": 10.0}, "/checkpoints/0/location"),
        ("/checkpoints/1/line", FAR[:2], "/checkpoints/1/line"),
        ("/checkpoints/2/area", polygon(FAR), "/checkpoints/2/area"),
    ],
)
def test_what_lies_beside_the_map_is_found_at_its_place(where, value, place):
    assert problems((where, value)) == [("outside_map", place)]


SWAPPED = [[28.5, 77.1], [28.5, 77.2], [28.6, 77.2], [28.5, 77.1]]


@pytest.mark.parametrize(
    ("where", "far", "swapped", "place"),
    [
        ("/passes/0/areas/1", polygon(FAR), polygon(SWAPPED), "/passes/0/areas/1"),
        ("/passes/0/corridors/0/coordinates", FAR[:2], SWAPPED[:2], "/passes/0/corridors/0"),
    ],
)
def test_a_pass_for_elsewhere_does_no_harm_unless_it_is_swapped(where, far, swapped, place):
    assert problems((where, far)) == []
    assert ("coordinates_swapped", place) in problems((where, swapped), bounds=DELHI)


@pytest.mark.parametrize(("east", "codes"), [(0.0499, []), (0.05, []), (0.0501, ["outside_map"])])
def test_an_area_that_touches_the_map_is_on_it(east, codes):
    assert [code for code, _ in problems(("/zones/0/area", polygon(moved(east))))] == codes


@pytest.mark.parametrize(("metres", "codes"), [(1000.0, []), (900.0, ["outside_map"])])
def test_a_circle_reaches_as_far_as_its_radius(metres, codes):
    # 0.0088 degrees east of the map are 967 m at 8.67 S
    near = ("/checkpoints/0/location", {"lon": 115.2588, "lat": -8.67}), ("/checkpoints/0/radius_m", metres)
    assert [code for code, _ in problems(*near)] == codes


def test_swapped_coordinates_that_fit_are_told_by_the_map():
    # The rest of the story lies in Bali, beside this map.
    found = problems(("/zones/0/area", polygon(SWAPPED)), bounds=DELHI)
    assert ("coordinates_swapped", "/zones/0/area") in found
    assert {code for code, where in found if where != "/zones/0/area"} == {"outside_map"}


def test_all_of_them_are_said_at_once_with_what_to_do():
    told = load_programme(document(spoilt(("/zones/0/area", polygon(FAR)), ("/checkpoints/1/line", FAR[:2]))))
    with pytest.raises(ProgrammeError) as caught:
        refuse_beside(told, BOUNDS)
    assert [each.where for each in caught.value.problems] == ["/zones/0/area", "/checkpoints/1/line"]
    assert all(each.remedy for each in caught.value.problems)
    refuse_beside(load_programme(document(spoilt())), BOUNDS)
