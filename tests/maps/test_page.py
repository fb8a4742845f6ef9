"""The map page as text: complete in itself, and silent about people. `tests/browser` opens it."""

import re
from pathlib import Path

from routing.domain.plan import StepType
from routing.domain.volunteers import Mode
from routing.maps.page import map_page
from routing.network.extract import read_extract

DENPASAR = Path(__file__).resolve().parents[2] / "scenarios/denpasar/denpasar.osm.pbf"


def test_the_page_asks_nothing_of_another_machine(plan, extract):
    page = map_page(plan, extract)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|src=|<link|<iframe|fetch\(|XMLHttpRequest", page)
    assert "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'" in page


def test_nothing_of_a_person_is_on_it(plan, extract):
    page = map_page(plan, extract)
    assert "canary" not in page
    assert not any(word in page for word in ("T0a", "review_due", "on hold"))


def test_no_line_reaches_a_home(plan, extract):
    # The frame's middle is 115.21; a home at 115.19 would lie 0.02 degrees, some 2198 m, to the west of it.
    xs = [int(x) for x in re.findall(r'class="drive"[^>]* d="M(-?\d+)', map_page(plan, extract))]
    assert xs
    assert min(xs) >= -1100


def test_the_legend_tells_number_mode_stops_hours_and_kilometres(plan, extract):
    page = map_page(plan, extract)
    assert "Routes, Monday 23 November 2026" in page
    assert "2 routes, 3 stops" in page
    assert "Motorcycle · 2 stops" in page
    assert "08:15–09:05 · 0 h 50 · 4.4 km" in page
    assert "Foot · 1 stop<" in page


def test_the_licence_of_the_streets_is_shown(plan, extract):
    assert "© OpenStreetMap contributors, ODbL 1.0" in map_page(plan, extract)


def test_names_of_streets_are_escaped(plan, extract):
    page = map_page(plan, extract)
    assert "<Utama>" not in page


def test_a_route_beside_another_has_a_line_and_no_numbers_of_its_own(plan, make_day, make_route, extract):
    calls = [(StepType.START, 115.19), (StepType.VISIT, 115.21), (StepType.VISIT, 115.22), (StepType.END, 115.19)]
    beside = make_route("v03", Mode.CAR, calls, accompanies=plan.routes[0].volunteer_id)
    page = map_page(make_day(plan.routes[0], beside), extract)
    assert "with route 1" in page
    assert re.findall(r'class="marker" data-route="(\d)"', page) == ["1", "1"]


def test_a_day_without_routes_shows_the_streets_alone(make_day, extract):
    page = map_page(make_day(), extract)
    assert "0 routes, 0 stops" in page
    assert 'id="s-main"' in page


def test_the_page_of_a_town_stays_small(plan):
    assert len(map_page(plan, read_extract(DENPASAR)).encode()) < 3_000_000
