"""Fetching with the real OSMnx from a server on this machine: what is asked, what is kept, how it fails."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from routing.domain.errors import FetchError
from routing.network import compile_streets, read_extract
from routing.network.describing import dated
from routing.network.fetching import AGENT, MOST_CORNERS, Fetched, Servers, fetch_place
from routing.network.landmarks import read_landmarks
from routing.network.osm_xml import osm_xml
from routing.network.restrictions import read_restrictions
from tests.network.overpass import STREETS, Asked, place, server

NAME = "Kampung Canary, Nowhere"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let OSMnx's pauses (a second before each question, a minute after a refusal) take no time; return them."""
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    return paused


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """OSMnx pins the server's address for the process; take that back."""
    asks = socket.getaddrinfo
    yield
    socket.getaddrinfo = asks


Fetch = Callable[..., Fetched]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def fetch(told: list[str]) -> Fetch:
    def run(asked: Asked) -> Fetched:
        with server(asked) as address:
            return fetch_place(NAME, Servers(nominatim=address, overpass=f"{address}/api"), told.append)

    return run


def refused(fetch: Fetch, **answers: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(Asked(**answers))
    assert NAME not in f"{caught.value.message}{caught.value.where}{caught.value.remedy}"
    return caught.value


def asked_for(question: str) -> shapely.Polygon:
    """Return the area that Overpass was asked for: latitude comes first there."""
    numbers = [float(number) for number in re.search(r"poly:'([^']+)'", question)[1].split()]
    return shapely.Polygon(zip(numbers[1::2], numbers[::2], strict=True))


def test_each_element_is_kept_once_with_tags_and_members_in_order(fetch):
    fetched = fetch(Asked())
    assert [(one["type"], one["id"]) for one in fetched.elements] == [
        *(("node", number) for number in (1, 2, 3, 4)),
        *(("way", number) for number in (10, 11)),
        ("relation", 20),
    ]
    assert fetched.elements[1]["tags"] == {"barrier": "gate"}
    assert fetched.dated == "2026-11-20T10:00:00Z"


def test_the_name_and_the_outline_are_all_that_is_asked_with(fetch, told):
    asked = Asked()
    fetch(asked)
    assert asked.questions[0] == NAME
    assert len(asked.questions) == 2
    area = asked_for(asked.questions[1])
    assert area.covers(shapely.box(0, 0, 0.01, 0.01))
    assert area.within(shapely.box(-0.001, -0.001, 0.011, 0.011))  # no more than 111 m beyond
    for wanted in ("way['highway']", "relation['type'='restriction']", "node['amenity']"):
        assert wanted in asked.questions[1]
    assert asked.agents == {AGENT}
    assert [line.split()[:2] for line in told] == [["asking", "127.0.0.1"], ["asking", "127.0.0.1"]]


def test_a_shore_of_ten_thousand_corners_is_asked_with_few_that_hold_it(fetch):
    # A star around the place of 1.1 km, whose corners are 33 m in and out.
    turn = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    reach = 0.01 + 0.0003 * (-1.0) ** np.arange(len(turn))
    ring = np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])
    asked = Asked(outline=(200, place({"type": "Polygon", "coordinates": [[*ring.tolist(), ring[0].tolist()]]})))
    fetch(asked)
    area = asked_for(asked.questions[1])
    assert area.covers(shapely.Polygon(ring))
    assert area.within(shapely.Point(0, 0).buffer(0.0115))
    assert shapely.get_num_coordinates(area) <= MOST_CORNERS
    assert len(asked.questions[1]) < 500_000  # Overpass reads no question of more than a megabyte


def test_a_server_that_has_moved_is_followed(fetch):
    assert len(fetch(Asked(moved=True)).elements) == 7


def test_nothing_is_left_on_the_disk(fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    fetch(Asked())
    assert list(tmp_path.iterdir()) == []


def test_what_was_fetched_is_an_extract_with_streets_restrictions_landmarks_and_date(fetch, tmp_path: Path):
    fetched = fetch(Asked())
    path = tmp_path / "town.osm"
    path.write_bytes(osm_xml(fetched.elements, fetched.dated))
    extract = read_extract(path)
    assert extract.nodes == {1: (0.0, 0.0), 2: (0.004, 0.0), 3: (0.004, 0.004)}
    assert extract.node_tags == {2: {"barrier": "gate"}}
    assert compile_streets(extract).street_name(11) == 'Jalan "Dua" & <Tiga>'
    (turn,) = read_restrictions(extract).turns
    assert (turn.from_way, turn.via_node, turn.to_way) == (10, 2, 11)
    assert [one.name for one in read_landmarks(path)] == ["Apotek"]  # U+0001 is no sign that XML can hold
    assert dated(path) == "2026-11-20T10:00:00Z"


def test_without_a_date_none_is_written(tmp_path: Path):
    path = tmp_path / "town.osm"
    path.write_bytes(osm_xml([one for one in STREETS["elements"] if one["type"] != "relation"], None))
    assert dated(path) is None


def test_a_busy_server_is_asked_again_once(fetch, told, no_waiting):
    busy = refused(fetch, streets=(429, "busy"))
    assert (busy.code, busy.where, busy.params) == ("fetch_refused", "127.0.0.1", {"status": 429})
    assert told.count("the server is busy; waiting about a minute") == 1
    assert [pause for pause in no_waiting if pause > 10] == [55]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"outline": (200, [])}, "place_not_found"),
        ({"outline": (200, place({"type": "Point", "coordinates": [0, 0]}))}, "place_without_outline"),
        ({"outline": (400, {"error": "bad"})}, "fetch_refused"),
        ({"outline": (200, "<html>log in to this network first</html>")}, "fetch_refused"),
        ({"outline": (200, {"error": "Unable to geocode"})}, "fetch_refused"),
        ({"outline": (200, [{"nothing": "known"}])}, "fetch_refused"),
        ({"streets": (200, "not JSON at all")}, "fetch_refused"),
        ({"streets": (500, STREETS)}, "fetch_refused"),
        ({"streets": (200, {**STREETS, "remark": "runtime error: Query timed out"})}, "fetch_refused"),
        ({"streets": (200, {"elements": STREETS["elements"][2:]})}, "place_without_streets"),
    ],
)
def test_every_answer_that_is_none_has_a_code(fetch, answers, code):
    assert refused(fetch, **answers).code == code


@pytest.mark.parametrize(("side", "code"), [(0.8990, "place_without_streets"), (0.8996, "place_too_large")])
def test_ten_thousand_square_kilometres_are_the_most(fetch, side, code):
    # Around the equator a square of 100 km has sides of 100000 / 111195.08 = 0.89932° (its own half degree of latitude
    # narrows it by far less than the margin: cos 0.45° is 0.99997, taken at its middle, where it is 1).
    half = side / 2
    ring = [[-half, -half], [half, -half], [half, half], [-half, half], [-half, -half]]
    outline = (200, place({"type": "Polygon", "coordinates": [ring]}))
    assert refused(fetch, outline=outline, streets=(200, {"elements": []})).code == code


def test_nobody_listening_is_no_connection(told):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(FetchError) as caught:
            fetch_place(NAME, Servers(nominatim=address, overpass=address), told.append)
    assert (caught.value.code, caught.value.where) == ("no_connection", "127.0.0.1")
