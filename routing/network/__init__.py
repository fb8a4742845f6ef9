"""Streets: from an OpenStreetMap extract to legal travel times and the ways behind them."""

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
