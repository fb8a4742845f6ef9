"""A server on this machine that answers like Nominatim and Overpass, for the real OSMnx to talk to.

Law: it listens on the loopback address alone, and keeps what it was asked, so that tests can say what left.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

# About 1.1 km of the equator each way.
OUTLINE = [[0.0, 0.0], [0.01, 0.0], [0.01, 0.01], [0.0, 0.01], [0.0, 0.0]]

# OSMnx looks at the fifth line.
FREE = "Connected as: 1\nCurrent time: …\nAnnounced endpoint: none\nRate limit: 2\n2 slots available now."


def place(geometry: dict[str, object]) -> list[dict[str, object]]:
    """Return Nominatim's answer: one place."""
    box = ["0.0", "0.01", "0.0", "0.01"]
    return [{"place_id": 1, "importance": 0.5, "boundingbox": box, "lat": "0", "lon": "0", "geojson": geometry}]


TOWN = place({"type": "Polygon", "coordinates": [OUTLINE]})

STREETS = {
    "version": 0.6,
    "osm3s": {"timestamp_osm_base": "2026-11-20T10:00:00Z"},
    "elements": [
        {"type": "way", "id": 11, "nodes": [2, 3], "tags": {"highway": "residential", "name": 'Jalan "Dua" & <Tiga>'}},
        {"type": "way", "id": 10, "nodes": [1, 2], "tags": {"highway": "residential", "name": "Jalan Satu"}},
        {"type": "node", "id": 3, "lat": 0.004, "lon": 0.004},
        {"type": "node", "id": 1, "lat": 0.0, "lon": 0.0},
        {"type": "node", "id": 2, "lat": 0.0, "lon": 0.004, "tags": {"barrier": "gate"}},
        {"type": "node", "id": 1, "lat": 0.0, "lon": 0.0},
        {"type": "node", "id": 4, "lat": 0.001, "lon": 0.004, "tags": {"amenity": "pharmacy", "name": "Apotek \u0001"}},
        {
            "type": "relation",
            "id": 20,
            "members": [
                {"type": "way", "ref": 10, "role": "from"},
                {"type": "node", "ref": 2, "role": "via"},
                {"type": "way", "ref": 11, "role": "to"},
            ],
            "tags": {"type": "restriction", "restriction": "no_left_turn"},
        },
    ],
}


@dataclass
class Asked:
    """What the server answers (status and body), and what it was asked. `moved`: it sends everybody on, once."""

    outline: tuple[int, object] = (200, TOWN)
    streets: tuple[int, object] = (200, STREETS)
    status: str = FREE
    moved: bool = False
    questions: list[str] = field(default_factory=list)
    agents: set[str | None] = field(default_factory=set)


@contextmanager
def server(asked: Asked) -> Iterator[str]:
    """Serve until left; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlparse(self.path)
            if asked.moved and not url.path.startswith("/moved"):
                self._send_on()
            elif url.path.endswith("/status"):
                self._answer(200, asked.status)
            else:
                asked.questions.append(parse_qs(url.query)["q"][0])
                self._answer(*asked.outline)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked.questions.append(parse_qs(self.rfile.read(length).decode())["data"][0])
            self._answer(*asked.streets)

        def _send_on(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"/moved{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(self, code: int, body: object) -> None:
            asked.agents.add(self.headers["User-Agent"])
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()
