"""Streets for the village of `story.py`, and a programme on them in which somebody is due and can be reached.

The streets are a grid of lanes, a block apart, on which anybody may go both ways.
"""

import time

import httpx

from tests.api.service.story import LAT, LON, client, programme

NETWORK = "village.osm"
BLOCK_DEG, BLOCKS = 0.001, 12


def extract() -> bytes:
    """Return the village as an extract."""
    west, south = round(LON - BLOCK_DEG * BLOCKS / 2, 3), round(LAT - BLOCK_DEG * BLOCKS / 2, 3)
    nodes = [
        f'<node id="{_node(row, column)}" version="1" lat="{south + row * BLOCK_DEG:.7f}" '
        f'lon="{west + column * BLOCK_DEG:.7f}"/>'
        for row in range(BLOCKS + 1)
        for column in range(BLOCKS + 1)
    ]
    lines = [[_node(row, column) for column in range(BLOCKS + 1)] for row in range(BLOCKS + 1)]
    lines += [[_node(row, column) for row in range(BLOCKS + 1)] for column in range(BLOCKS + 1)]
    ways = [
        f'<way id="{number}" version="1">{"".join(f"""<nd ref="{node}"/>""" for node in line)}'
        '<tag k="highway" v="residential"/></way>'
        for number, line in enumerate(lines, start=1)
    ]
    return f'<?xml version="1.0"?><osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'.encode()


def put_network(client: httpx.Client, network_id: str, content: bytes) -> None:
    """Upload an extract, and wait until it is ready: on a busy machine that is longer than a PUT waits."""
    client.put(f"/v1/networks/{network_id}", content=content).raise_for_status()
    ends = time.monotonic() + 120
    while (state := client.get(f"/v1/networks/{network_id}").json()["state"]) == "building":
        assert time.monotonic() < ends
        time.sleep(0.1)
    assert state == "ready"


def _node(row: int, column: int) -> int:
    return 1 + row * (BLOCKS + 1) + column


def reachable(programme_id: str, due: int = 9) -> dict[str, object]:
    """Return a programme in which so many are due on the 24th, c3 the first, and v1 may carry what they need."""
    document = programme(programme_id)
    document["clients"] += [_due(number) for number in range(3, 3 + due)]
    document["volunteers"][0]["custody"] = [{"product_id": "p1", "quantity": 1000}]
    return {**document, "extract": NETWORK}


def _due(number: int) -> dict[str, object]:
    """Return a client who took the last dose there was on the day before, at a door of their own."""
    found = client(f"c{number}", f"Egret {number}")
    found["place"]["location"] = {"lon": LON + BLOCK_DEG * (number % 3), "lat": LAT - BLOCK_DEG * (number // 3)}
    found["regimens"][0] |= {"home": {"doses": 0, "as_of_on": "2026-11-23"}, "last_taken_on": "2026-11-23"}
    return found
