"""Where a pass holds: unions, holes, corridors measured in metres."""

import math

import pytest
from shapely import Point

from routing.domain.places import AreaPolygon, Corridor
from routing.passes.areas import METRES_PER_DEGREE, area_of, corridor_shape
from tests.solver.town import area, permit


def metres_north(lon, lat, metres):
    return Point(lon, lat + metres / METRES_PER_DEGREE)


def metres_east(lon, lat, metres):
    return Point(lon + metres / METRES_PER_DEGREE / math.cos(math.radians(lat)), lat)


def test_a_pass_without_areas_holds_everywhere():
    assert area_of(permit()) is None


def test_several_areas_are_one():
    found = area_of(permit(areas=(area(0, 0, 1, 1), area(1, 0, 2, 1))))
    assert found.geom_type == "Polygon"
    assert found.covers(Point(0.001, 0.0005))
    apart = area_of(permit(areas=(area(0, 0, 1, 1), area(5, 0, 6, 1))))
    assert not apart.covers(Point(0.003, 0.0005))
    assert apart.covers(Point(0.0055, 0.0005))


def test_a_hole_is_no_part_of_a_pass():
    ring = tuple((x / 1000, y / 1000) for x, y in ((0, 0), (4, 0), (4, 4), (0, 4), (0, 0)))
    hole = tuple((x / 1000, y / 1000) for x, y in ((1, 1), (2, 1), (2, 2), (1, 2), (1, 1)))
    found = area_of(permit(areas=(AreaPolygon(type="Polygon", coordinates=(ring, hole)),)))
    assert found.covers(Point(0.003, 0.003))
    assert not found.covers(Point(0.0015, 0.0015))


@pytest.mark.parametrize("lat", [0.0, -8.65, 51.5])
@pytest.mark.parametrize(("metres", "inside"), [(49.9, True), (50.1, False)])
def test_a_corridor_is_as_wide_as_it_says_on_the_ground(lat, metres, inside):
    eastward = corridor_shape(Corridor(coordinates=((10.0, lat), (10.01, lat)), half_width_m=50.0))
    northward = corridor_shape(Corridor(coordinates=((10.0, lat - 0.001), (10.0, lat + 0.001)), half_width_m=50.0))
    assert eastward.covers(metres_north(10.005, lat, metres)) is inside
    assert northward.covers(metres_east(10.0, lat, metres)) is inside


def test_a_corridor_joins_an_area():
    line = Corridor(coordinates=((0.0, 0.0005), (0.005, 0.0005)), half_width_m=20.0)
    found = area_of(permit(areas=(area(0, 0, 1, 1),), corridors=(line,)))
    assert found.geom_type == "Polygon"
    assert found.covers(Point(0.004, 0.0005))
