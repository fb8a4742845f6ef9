"""Streets: from an OpenStreetMap extract to legal travel times and the ways behind them.

The modules in the order in which an extract goes through them:

- read: `extract` (the file's facts), `access`, `speeds`, `restrictions` (what the tags mean), `fetching`, `osm_xml`;
- compile: `streets` (all of it), `street_arrays` (what comes out), `forbidden_turns`, `turns`, `islands`, `projection`;
- order: `ordering`, `elimination`, `topology` (the two graphs), kept by `street_cache` in a `network_file`;
- ask: `snapping`, `last_metres` (places), `legal`, `legal_streets` (what a pass leaves), `customizing`, `seeding`,
  `labels` (the matrix), `unpacking`, `runs`, `paths` (the ways); `street_engine` puts them together behind `travel`;
- tell: `directions` with `parts`, `courses`, `junctions`, `headings`; `landmarks`, `describing`, `unreached`.

`compiled` is the door to numba, and `warming` has its kernels ready before a clock runs.
"""

from routing.network.access import MODES
from routing.network.extract import Extract, Way, read_extract
from routing.network.legal import LegalArea
from routing.network.projection import haversine_m
from routing.network.snapping import Snap, snap, snap_all
from routing.network.street_engine import StreetEngine
from routing.network.streets import ATTRIBUTION, Streets, compile_streets, load_streets
from routing.network.travel import UNREACHABLE, Leg, Travel, TravelEngine

__all__ = [
    "ATTRIBUTION",
    "MODES",
    "UNREACHABLE",
    "Extract",
    "Leg",
    "LegalArea",
    "Snap",
    "StreetEngine",
    "Streets",
    "Travel",
    "TravelEngine",
    "Way",
    "compile_streets",
    "haversine_m",
    "load_streets",
    "read_extract",
    "snap",
    "snap_all",
]
