"""Fetch a place's streets from OpenStreetMap's servers. The only code in Doorstep that opens a connection.

Law: only when somebody asks for it by name, and what leaves the machine is that name and the outline of the place.
OSMnx does the talking (it waits its turn and cuts a large place up); its answers are taken as they come, before it
makes a graph of them, since turn restrictions and barriers are not in its graphs. Nothing is cached, and no name server
but the machine's own is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

import osmnx
import shapely
from osmnx._errors import CacheOnlyInterruptError, InsufficientResponseError
from shapely.geometry.base import BaseGeometry

from routing.domain.errors import FetchError
from routing.network.projection import Projection

NOMINATIM = "https://nominatim.openstreetmap.org"
OVERPASS = "https://overpass-api.de/api"
MOST_KM2 = 10_000.0
MOST_CORNERS = 400
SLACK_M = 25.0
"""An outline's corners may lie so far off, or twice that, or twice again, until there are few enough of them."""
MOST_REFUSALS = 2
"""So often a busy server may say no before we give up; OSMnx waits about a minute after each."""
AGENT = "Doorstep (by way of OSMnx)"

# Streets, what restricts turning, and what people find their way by.
_WANTED: dict[str, bool | str | list[str]] = {
    "highway": True,
    "type": "restriction",
    "amenity": True,
    "shop": True,
    "tourism": True,
    "historic": True,
    "healthcare": True,
    "railway": ["station", "halt", "tram_stop"],
}

Element = Mapping[str, Any]
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where to ask; by default the public servers of OpenStreetMap."""

    nominatim: str = NOMINATIM
    overpass: str = OVERPASS


@dataclass(frozen=True)
class Fetched:
    """What a place holds.

    Attributes
    ----------
    elements
        Nodes, ways and relations as Overpass writes them in JSON, each once: nodes, then ways, then relations, by id.
    dated
        The instant of the data, as the server says it; None: it does not.
    """

    elements: tuple[Element, ...]
    dated: str | None


def fetch_place(place: str, servers: Servers, tell: Tell) -> Fetched:
    """Fetch the streets within a place's outline.

    Parameters
    ----------
    place
        As people write it: "Denpasar, Indonesia". It is sent to a server, so it must not be anybody's address.
    tell
        Called with a sentence before each question and while a server makes us wait.

    Raises
    ------
    FetchError
        `no_connection`, `fetch_refused`, `place_not_found`, `place_without_outline`, `place_too_large`,
        `place_without_streets`.
    """
    answers = _Answers(tell)
    _settle(servers, answers)
    tell(f"asking {_host(servers.nominatim)} for the outline of the place")
    outline = _outline(place, servers)
    tell(f"asking {_host(servers.overpass)} for its streets; a large town takes some minutes")
    _ask(outline, servers)
    return answers.fetched()


def _settle(servers: Servers, answers: _Answers) -> None:
    """Set OSMnx, whose settings are global."""
    settings = osmnx.settings
    settings.use_cache, settings.cache_only_mode = False, True
    settings.doh_url_template = None  # else a stranger's name server is asked where ours has no answer
    settings.http_user_agent = settings.http_referer = AGENT
    settings.nominatim_url, settings.overpass_url = servers.nominatim, servers.overpass
    settings.requests_kwargs = {"hooks": {"response": answers.take}}


def _outline(place: str, servers: Servers) -> BaseGeometry:
    try:
        outline: BaseGeometry = osmnx.geocode_to_gdf(place).union_all()
    except InsufficientResponseError as error:
        raise FetchError(
            "place_not_found",
            "OpenStreetMap knows no place of this name",
            remedy='write town and country, like "Denpasar, Indonesia"',
        ) from error
    except TypeError as error:
        raise FetchError(
            "place_without_outline",
            "OpenStreetMap knows this place as a point, without an outline",
            remedy="name the town, district or quarter around it",
        ) from error
    except (OSError, ValueError, KeyError) as error:
        raise _no_answer(error, servers.nominatim) from error
    plane = _plane_of(outline)
    km2 = plane.geometry_to_m(outline).area / 1e6
    if km2 > MOST_KM2:
        raise FetchError(
            "place_too_large",
            f"the place covers {km2:,.0f} km², more than {MOST_KM2:,.0f}",
            remedy="name a smaller place, or download an extract of the country and cut it (osmium extract)",
            params={"km2": round(km2), "most_km2": round(MOST_KM2)},
        )
    return _plain(outline, plane)


def _plane_of(outline: BaseGeometry) -> Projection:
    west, south, east, north = outline.bounds
    return Projection((west + east) / 2, (south + north) / 2)


def _plain(outline: BaseGeometry, plane: Projection) -> BaseGeometry:
    """Return an outline a little larger and of few corners: a question repeats it for every tag, and must be short."""
    drawn, slack_m = plane.geometry_to_m(outline), SLACK_M
    while shapely.get_num_coordinates(plain := drawn.buffer(2 * slack_m).simplify(slack_m)) > MOST_CORNERS:
        slack_m *= 2
    return shapely.transform(plain, lambda xy: xy / plane.metres_per_degree + (plane.lon, plane.lat))


def _ask(outline: BaseGeometry, servers: Servers) -> None:
    try:
        osmnx.features_from_polygon(outline, _WANTED)  # type: ignore[arg-type]  # an outline is an area by now
    except CacheOnlyInterruptError:
        return  # how OSMnx says that it has asked for everything
    except (OSError, ValueError, KeyError) as error:
        raise _no_answer(error, servers.overpass) from error


def _no_answer(error: Exception, server: str) -> FetchError:
    """Tell what went wrong between us and a server, in our words: theirs repeat the place."""
    if isinstance(error, OSError):  # as all of the errors of `requests` are
        return FetchError(
            "no_connection",
            "the server cannot be reached",
            where=_host(server),
            remedy="connect this machine to the internet and try again, or bring an extract as a file from another one",
        )
    return FetchError(
        "fetch_refused",
        "the server gave an answer that is none",
        where=_host(server),
        remedy="try again later, or set another server (docs/settings.md)",
    )


def _host(server: str) -> str:
    return urlparse(server).hostname or server


@dataclass
class _Answers:
    """Every answer of a server on its way to OSMnx."""

    tell: Tell
    refusals: int = 0
    elements: dict[tuple[int, int], Element] = field(default_factory=dict)
    dated: str | None = None

    def take(self, response: Any, **_: object) -> None:
        """Look at one answer (a `requests.Response`): count refusals, keep streets."""
        if response.status_code in (429, 504) and self.refusals + 1 < MOST_REFUSALS:
            self.refusals += 1
            self.tell("the server is busy; waiting about a minute")
        elif not response.ok:
            raise _refused(response, f"the server answered with {response.status_code}")
        elif not response.is_redirect and not response.url.endswith("/status"):  # which is plain text
            self._keep(response)

    def _keep(self, response: Any) -> None:
        try:
            answer = response.json()
        except ValueError as error:
            raise _refused(response, "the server gave an answer that is none") from error
        if isinstance(answer, list):  # the outline
            return
        if "elements" not in answer or "remark" in answer:  # out of time or memory: what came is not all
            raise _refused(response, "the server broke off: the place is too much for it at the moment")
        self.dated = self.dated or answer.get("osm3s", {}).get("timestamp_osm_base")
        for element in answer["elements"]:
            if element.get("type") in _ORDER:
                self.elements[_ORDER.index(element["type"]), element["id"]] = element

    def fetched(self) -> Fetched:
        """Return all of it in order."""
        if not any(kind == 1 and "highway" in way.get("tags", {}) for (kind, _), way in self.elements.items()):
            raise FetchError(
                "place_without_streets",
                "OpenStreetMap has no streets there",
                remedy="name another place; the outline may be that of a lake or an island nobody lives on",
            )
        return Fetched(tuple(element for _, element in sorted(self.elements.items())), self.dated)


_ORDER = ("node", "way", "relation")


def _refused(response: Any, message: str) -> FetchError:
    response.close()  # nobody will read the rest
    return FetchError(
        "fetch_refused",
        message,
        where=_host(response.url),
        remedy="try again later, or set another server (docs/settings.md)",
        params={"status": int(response.status_code)},
    )
