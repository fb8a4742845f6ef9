"""The layers of a map: projection, streets, shared routes, numbers that make room."""

import numpy as np
import pytest

from routing.maps import street_layer
from routing.maps.frame import bar_m, frame_of, path_data
from routing.maps.journeys import journeys
from routing.maps.placing import offsets
from routing.maps.route_layer import COLOURS, ink, stretches
from routing.maps.street_layer import street_names, street_paths


def test_the_middle_of_what_is_shown_is_the_origin_and_south_is_down(extract):
    frame = frame_of([(115.2, -8.66), (115.22, -8.64)], extract.bounds)
    assert frame.point(frame.centre) == (0.0, 0.0)
    # A hundredth of a degree of latitude is 1111.95 m.
    assert frame.point((115.21, -8.66))[1] == pytest.approx(1111.95, abs=0.01)
    assert frame.point((115.22, -8.65))[0] == pytest.approx(1111.95 * np.cos(np.radians(8.65)), abs=0.01)


def test_a_single_place_still_has_surroundings(extract):
    frame = frame_of([(115.2, -8.65)], extract.bounds)
    assert min(frame.width_m, frame.height_m) >= 600


def test_path_data_are_whole_metres_relative_and_without_steps_on_the_spot():
    assert (
        path_data([[(0.2, 0.0), (0.4, 0.1), (10.0, -5.0), (12.0, 0.0)], [(3.0, 3.0), (3.1, 3.1)]]) == "M0 0l10 -5 2 5"
    )


@pytest.mark.parametrize(("m_per_px", "length"), [(1.0, 100), (1.42, 100), (1.43, 200), (3.6, 500), (10.0, 1000)])
def test_a_scale_bar_has_the_longest_round_length_that_fits_in_140_pixels(m_per_px: float, length: int):
    assert bar_m(m_per_px) == length


def test_streets_are_sorted_by_size_and_unlocated_nodes_are_skipped(extract):
    paths = street_paths(extract, frame_of([(115.2, -8.65), (115.22, -8.65)], extract.bounds))
    assert list(paths)[:2] == ["main", "second"]
    assert paths["local"].count("M") == 1


def test_narrow_streets_are_left_out_where_there_is_no_room(extract, monkeypatch):
    monkeypatch.setattr(street_layer, "MOST_BYTES", 40)
    assert "local" not in street_paths(extract, frame_of([(115.2, -8.65), (115.22, -8.65)], extract.bounds))


def test_a_name_stands_clear_of_what_is_taken(extract):
    frame = frame_of([(115.2, -8.65), (115.22, -8.65)], extract.bounds)
    street = frame.points([(115.18, -8.65), (115.23, -8.65)])
    assert [written.name for written in street_names(extract, frame, [])] == ["Jalan <Utama> & Co"]
    assert street_names(extract, frame, [street]) == []


def test_a_street_that_two_routes_share_is_drawn_once_for_both(plan, extract):
    drawn = stretches(journeys(plan), frame_of([(115.2, -8.65), (115.22, -8.65)], extract.bounds))
    assert [stretch.routes for stretch in drawn] == [(1,), (1, 2)]


def test_numbers_are_legible_on_every_colour():
    def luminance(code: str) -> float:
        parts = [int(code[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for number, colour in enumerate(COLOURS, start=1):
        low, high = sorted([luminance(colour), 0.0 if ink(number) == "#000" else 1.0])
        assert (high + 0.05) / (low + 0.05) >= 3.0, colour


def test_markers_with_room_stay_where_they_are():
    assert not offsets(np.array([[0.0, 0.0], [21.0, 0.0]]), np.array([10.0, 10.0])).any()


def test_markers_on_one_spot_move_apart_and_fixed_ones_stay():
    points = np.zeros((4, 2))
    moved = points + offsets(points, np.array([-12.0, 10.0, 10.0, 10.0]))
    between = np.hypot(*(moved[:, None] - moved[None]).transpose(2, 0, 1)) + 100 * np.eye(4)
    assert not moved[0].any()
    assert between.min() > 18  # of the 20 that two radii are, the last tenth may remain


def test_no_markers_no_offsets():
    assert offsets(np.zeros((0, 2)), np.zeros(0)).shape == (0, 2)
