"""A village that plans in a moment: four crossings, one site, two clients who need soap, one volunteer on foot.

Everything that could tell of somebody carries the word "canary".
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli.main import main

PASSPHRASE = "four words nobody guesses"

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" version="1" lat="-8.650" lon="115.210"/>
 <node id="2" version="1" lat="-8.650" lon="115.215"/>
 <node id="3" version="1" lat="-8.655" lon="115.215"/>
 <node id="4" version="1" lat="-8.655" lon="115.210"/>
 <way id="10" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>
  <tag k="highway" v="residential"/><tag k="name" v="Jalan Satu"/></way>
</osm>
"""


def _place(lon: float, lat: float) -> dict[str, object]:
    return {"address": "canary street", "hint": "canary door", "location": {"lon": lon, "lat": lat}}


def _client(number: int, lon: float, lat: float) -> dict[str, object]:
    supply = {
        "supply_id": f"s{number}",
        "product_id": "p01",
        "site_id": "site-1",
        "quantity": 2,
        "due_on": "2026-11-20",
    }
    return {
        "client_id": f"c{number}",
        "code_name": f"Canary {number}",
        "phone": "canary phone",
        "place": _place(lon, lat),
        "supplies": [supply],
    }


def village(*, made_up: bool) -> dict[str, object]:
    """The programme's document."""
    hours = [{"from_time": "08:00:00", "to_time": "16:00:00"}]
    return {
        "schema": "doorstep.programme/1",
        "programme_id": "village",
        "name": "Canary programme",
        "timezone": "Asia/Makassar",
        "made_up": made_up,
        "extract": "village.osm",
        "products": [
            {
                "product_id": "p01",
                "name": "canary soap",
                "kind": "hygiene",
                "form": "item",
                "purpose": "hygiene",
                "mass_g": 250,
                "volume_ml": 300,
            }
        ],
        "sites": [
            {
                "site_id": "site-1",
                "name": "Canary clinic",
                "place": _place(115.210, -8.6505),
                "hours": hours,
                "stock": [{"product_id": "p01", "quantity": 100}],
            }
        ],
        "clients": [_client(1, 115.2125, -8.650), _client(2, 115.215, -8.6525)],
        "volunteers": [
            {
                "volunteer_id": "v01",
                "code_name": "Canary walker",
                "start": _place(115.2105, -8.655),
                "shifts": hours,
                "vehicles": [{"mode": "foot", "max_mass_g": 10000, "max_volume_ml": 30000}],
            }
        ],
    }


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, standard output and error."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for every test, no settings of whoever runs it, and nobody at the keyboard."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    settings = ("PASSPHRASE_FILE", "DEBUG", "SERVER", "SERVER_CA", "API_KEY_FILE")
    for name in (*(f"DOORSTEP_{name}" for name in settings), "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def doorstep(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line as the installed command does."""

    def run(*arguments: object) -> Done:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return run


def _write(folder: Path, document: dict[str, object]) -> Path:
    folder.mkdir()
    (folder / "village.osm").write_text(OSM, encoding="utf-8")
    path = folder / "programme.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """The village as a programme in which nobody exists."""
    return _write(tmp_path / "made_up", village(made_up=True))


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The village as a programme of real people."""
    return _write(tmp_path / "real", village(made_up=False))


@pytest.fixture
def passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A passphrase, in the file that the settings name."""
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    monkeypatch.setenv("DOORSTEP_PASSPHRASE_FILE", str(path))
    return PASSPHRASE


ISLAND = """ <node id="91" version="1" lat="-8.680" lon="115.210"/>
 <node id="92" version="1" lat="-8.680" lon="115.2101"/>
 <way id="99" version="1"><nd ref="91"/><nd ref="92"/><tag k="highway" v="residential"/></way>
</osm>"""


@pytest.fixture
def village_streets(tmp_path: Path) -> Path:
    """A ring of 0.005° each way (552 m north to south; 550 m east to west, at 8.65° south), and an island."""
    path = tmp_path / "village.osm"
    path.write_text(OSM.replace("</osm>", ISLAND), encoding="utf-8")
    return path


@pytest.fixture
def with_passes(made_up: Path) -> Path:
    """The village's programme with a pass for its west and its east, one for its west alone, and one revoked."""
    document = json.loads(made_up.read_text())
    west = [[115.209, -8.656], [115.211, -8.656], [115.211, -8.649], [115.209, -8.649], [115.209, -8.656]]
    east = [[lon + 0.005, lat] for lon, lat in west]
    permit = {
        "number": "1",
        "issuer": "office",
        "volunteer_id": "v01",
        "purposes": ["hygiene"],
        "valid_from_at": "2026-01-01T00:00:00+08:00",
        "valid_to_at": "2026-12-31T00:00:00+08:00",
    }
    areas = {name: {"type": "Polygon", "coordinates": [ring]} for name, ring in (("west", west), ("east", east))}
    document["passes"] = [
        {**permit, "pass_id": "both", "areas": [areas["west"], areas["east"]]},
        {**permit, "pass_id": "west", "areas": [areas["west"]], "modes": ["foot"]},
        {**permit, "pass_id": "gone", "status": "revoked"},
    ]
    made_up.write_text(json.dumps(document))
    return made_up
