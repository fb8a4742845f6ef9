"""Files for navigation apps: GPX, GeoJSON, CSV. Law: a stop's number and junction; never a door, a name, a time.

An app may hand what it opens to a map service, so these are made only where the organisation allows it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from routing.domain.places import Position
from routing.network.street_arrays import ATTRIBUTION
from routing.sheets.papers import VolunteerSheet

PLACES = 5  # decimals of a degree: a metre, enough for a junction
GPX_NAMESPACE = "http://www.topografix.com/GPX/1/1"
CSV_COLUMNS = ("stop", "lon", "lat")


def sheet_gpx(sheet: VolunteerSheet) -> bytes:
    """Return a GPX 1.1 document: a waypoint for each stop, and the route through them."""
    root = ET.Element("gpx", {"version": "1.1", "creator": "doorstep sheet", "xmlns": GPX_NAMESPACE})
    keywords = ET.SubElement(ET.SubElement(root, "metadata"), "keywords")
    keywords.text = ATTRIBUTION
    pins = list(_pins(sheet))
    for number, pin in pins:
        _point(root, "wpt", number, pin)
    if pins:
        route = ET.SubElement(root, "rte")
        for number, pin in pins:
            _point(route, "rtept", number, pin)
    ET.indent(root, " ")
    file = io.BytesIO()
    ET.ElementTree(root).write(file, encoding="UTF-8", xml_declaration=True)
    return file.getvalue() + b"\n"


def sheet_geojson(sheet: VolunteerSheet) -> bytes:
    """Return a GeoJSON feature collection: a point for each stop."""
    features = [
        {
            "type": "Feature",
            "properties": {"stop": number},
            "geometry": {"type": "Point", "coordinates": [round(value, PLACES) for value in pin]},
        }
        for number, pin in _pins(sheet)
    ]
    document = {
        "type": "FeatureCollection",
        "generator": "doorstep sheet",
        "attribution": ATTRIBUTION,
        "features": features,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def sheet_csv(sheet: VolunteerSheet) -> bytes:
    """Return a table: stop, longitude, latitude."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows((number, *(f"{value:.{PLACES}f}" for value in pin)) for number, pin in _pins(sheet))
    return text.getvalue().encode()


def _pins(sheet: VolunteerSheet) -> Iterator[tuple[int, Position]]:
    return ((stop.number, stop.junction) for stop in sheet.stops if stop.junction is not None)


def _point(parent: ET.Element, tag: str, number: int, pin: Position) -> None:
    lon, lat = pin
    point = ET.SubElement(parent, tag, {"lat": f"{lat:.{PLACES}f}", "lon": f"{lon:.{PLACES}f}"})
    ET.SubElement(point, "name").text = str(number)
