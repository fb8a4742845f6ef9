"""The map of a day as one page that needs no connection and no script.

Law: nothing in it comes from another machine, and nothing in it is more than `journeys` lets through. The date, modes,
numbers, streets: no programme's name, no code name, no goods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files

import numpy as np

from routing.domain.places import Position
from routing.domain.plan import Plan
from routing.maps.frame import Frame, Point, bar_m, frame_of
from routing.maps.journeys import Journey, journeys, site_positions
from routing.maps.marks import PAGE_MARK
from routing.maps.placing import offsets
from routing.maps.route_layer import STRIPE_PX, colour, ink, stretches
from routing.maps.street_layer import street_names, street_paths
from routing.network.extract import Extract
from routing.network.street_arrays import ATTRIBUTION

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
STOP_PX = 10.5
SITE_PX = 12.0
LED_FROM_PX = 5.0  # a number moved further than this is tied to its place by a line


def map_page(plan: Plan, extract: Extract) -> str:
    """Return the page: routes over the streets of an extract, a legend, a scale bar and the map's licence."""
    drawn = journeys(plan)
    sites = site_positions(plan)
    positions = [
        *sites,
        *(place for journey in drawn for place in journey.stops),
        *(place for journey in drawn for line in journey.lines for place in line),
    ]
    frame = frame_of(positions, extract.bounds)
    title = f"Routes, {plan.date:%A} {plan.date.day} {plan.date:%B %Y}"
    return "".join(
        [
            _head(title),
            _legend(title, drawn),
            "<main>\n",
            "".join(_drawing(title, drawn, sites, extract, frame)),
            _controls(),
            f"</main>\n<script>\n{_part('page.js')}</script>\n</body>\n</html>\n",
        ]
    )


def _head(title: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{PAGE_MARK.decode()}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_part('page.css')}</style>\n</head>\n<body>\n"
    )


def _legend(title: str, drawn: Sequence[Journey]) -> str:
    stops = sum(len(journey.stops) for journey in drawn if journey.beside is None)
    return (
        f"<aside>\n<h1>{escape(title)}</h1>\n<p>{_count(len(drawn), 'route')}, {_count(stops, 'stop')}</p>\n"
        '<div class="tools"><button type="button" id="all">Show all</button>'
        '<button type="button" id="none">Hide all</button></div>\n'
        f"<ol>\n{''.join(map(_entry, drawn))}</ol>\n"
        '<p class="key"><span class="site-sign">A</span> site. A number is the stop’s place in its route. '
        "Stripes: routes that share a street. Ways from and to volunteers’ homes are neither drawn nor counted.</p>\n"
        "</aside>\n"
    )


def _entry(journey: Journey) -> str:
    number = journey.number
    badge = f'<span class="badge" style="background:{colour(number)};color:{ink(number)}">{number}</span>'
    what = f"{journey.mode.value.capitalize()} · {_count(len(journey.stops), 'stop')}"
    beside = f" · with route {journey.beside}" if journey.beside else ""
    return (
        f'<li><label>{badge}<span class="what"><b>{what}{beside}</b><small>{_figures(journey)}</small></span>'
        f'<input type="checkbox" checked value="{number}" aria-label="Show route {number}"></label></li>\n'
    )


def _figures(journey: Journey) -> str:
    if journey.begin_at is None or journey.end_at is None:
        return "no stops"
    minutes = round((journey.end_at - journey.begin_at).total_seconds() / 60)
    span = f"{journey.begin_at:%H:%M}–{journey.end_at:%H:%M}"
    return f"{span} · {minutes // 60} h {minutes % 60:02d} · {journey.distance_m / 1000:.1f} km"


def _drawing(
    title: str, drawn: Sequence[Journey], sites: Sequence[Position], extract: Extract, frame: Frame
) -> Iterator[str]:
    width, height = frame.width_m, frame.height_m
    yield (
        f'<svg id="map" role="img" tabindex="0" aria-label="{escape(title)}: a map" '
        f'preserveAspectRatio="xMidYMid meet" viewBox="{-width / 2:.0f} {-height / 2:.0f} {width:.0f} {height:.0f}" '
        f'style="--u:{frame.m_per_px:.4f};--z:1">\n'
    )
    yield from _streets(extract, frame, _taken(drawn, sites, frame))
    yield from _routes(drawn, frame)
    yield from _markers(drawn, sites, frame)
    yield _drawn_scale(frame)
    yield "</svg>\n"


def _taken(drawn: Sequence[Journey], sites: Sequence[Position], frame: Frame) -> list[list[Point]]:
    """Return all that no street name may cover: routes, and places as lines of one point."""
    places = [*sites, *(place for journey in drawn for place in journey.stops)]
    return [*(frame.points(line) for journey in drawn for line in journey.lines), *([frame.point(at)] for at in places)]


def _streets(extract: Extract, frame: Frame, taken: Sequence[Sequence[Point]]) -> Iterator[str]:
    paths = street_paths(extract, frame)
    yield "<defs>"
    # An attribute, not a style: rules that start at #map do not reach into what <use> shows.
    yield from (
        f'<path id="s-{name}" vector-effect="non-scaling-stroke" d="{data}"/>\n' for name, data in paths.items()
    )
    names = street_names(extract, frame, taken)
    yield from (f'<path id="n-{index}" d="{name.data}"/>\n' for index, name in enumerate(names))
    yield '</defs>\n<g aria-hidden="true">'
    for kind in ("edge", "road"):
        yield from (
            f'<use href="#s-{name}" class="{kind} {name}"/>'
            for name in reversed(paths)
            if (kind, name) != ("road", "way")
        )
    yield '</g>\n<g class="names" aria-hidden="true">\n'
    for index, written in enumerate(names):
        along = f'<textPath href="#n-{index}" startOffset="50%">{escape(written.name)}</textPath>'
        yield f'<text dy=".35em">{along}</text>\n'
    yield "</g>\n"


def _routes(drawn: Sequence[Journey], frame: Frame) -> Iterator[str]:
    shared = stretches(drawn, frame)
    for stretch in shared:
        yield f'<path class="casing" data-routes="{_listed(stretch.routes)}" d="{stretch.data}"/>\n'
    for stretch in shared:
        for turn, number in enumerate(stretch.routes):
            yield (
                f'<path class="drive" data-route="{number}" data-routes="{_listed(stretch.routes)}" '
                f'stroke="{colour(number)}"{_stripes(turn, len(stretch.routes))} d="{stretch.data}"/>\n'
            )


def _stripes(turn: int, routes: int) -> str:
    if routes == 1:
        return ""
    return f' stroke-dasharray="{STRIPE_PX} {STRIPE_PX * (routes - 1)}" stroke-dashoffset="{-STRIPE_PX * turn}"'


def _markers(drawn: Sequence[Journey], sites: Sequence[Position], frame: Frame) -> Iterator[str]:
    """Yield sites, which stay where they are, and stops, which make room for each other."""
    stops = [
        (journey.number, number, position)
        for journey in drawn
        if journey.beside is None
        for number, position in enumerate(journey.stops, start=1)
    ]
    points = frame.points([*sites, *(position for _, _, position in stops)])
    sizes = np.array([-SITE_PX] * len(sites) + [STOP_PX] * len(stops))
    moved = offsets(np.array(points, np.float64).reshape(-1, 2) / frame.m_per_px, sizes)
    for (route, number, _), point, offset in zip(stops, points[len(sites) :], moved[len(sites) :], strict=True):
        yield _stop(route, number, point, (float(offset[0]), float(offset[1])), frame)
    for index, point in enumerate(points[: len(sites)]):
        yield _site(index, point, frame)


def _stop(route: int, number: int, point: tuple[float, float], offset: tuple[float, float], frame: Frame) -> str:
    dx, dy = offset
    led = (
        f'<path class="lead" d="M0 0L{-dx:.1f} {-dy:.1f}"/><circle class="foot" cx="{-dx:.1f}" cy="{-dy:.1f}" r="2.6"/>'
    )
    return (
        f'<g class="marker{" long" * (number > 99)}" data-route="{route}" {_placed(point, offset, frame)}>'
        f"<title>Route {route}, stop {number}</title>{led if dx**2 + dy**2 > LED_FROM_PX**2 else ''}"
        f'<circle class="disc" r="9.6" fill="{colour(route)}"/><text fill="{ink(route)}">{number}</text></g>\n'
    )


def _site(index: int, point: tuple[float, float], frame: Frame) -> str:
    letter = _letter(index)
    return (
        f'<g class="marker site" {_placed(point, (0.0, 0.0), frame)}><title>Site {letter}</title>'
        f'<rect x="-11" y="-11" width="22" height="22" rx="4"/><text>{letter}</text></g>\n'
    )


def _placed(point: tuple[float, float], offset: tuple[float, float], frame: Frame) -> str:
    u = frame.m_per_px
    (x, y), (dx, dy) = point, offset
    return (
        f'data-x="{x:.1f}" data-y="{y:.1f}" data-dx="{dx:.1f}" data-dy="{dy:.1f}" '
        f'transform="translate({x + dx * u:.1f} {y + dy * u:.1f}) scale({u:.4f})"'
    )


def _drawn_scale(frame: Frame) -> str:
    """Return the scale bar that is part of the drawing; scripts put one beside the map that follows the zoom."""
    length, u = bar_m(frame.m_per_px), frame.m_per_px
    x, y = -frame.width_m / 2 + 14 * u, frame.height_m / 2 - 14 * u
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length} m"
    return (
        f'<g class="drawn-scale"><path d="M{x:.0f} {y - 6 * u:.0f}V{y:.0f}h{length}V{y - 6 * u:.0f}"/>'
        f'<text x="{x:.0f}" y="{y - 11 * u:.0f}">{text}</text></g>\n'
    )


def _controls() -> str:
    return (
        '<div class="north" aria-hidden="true">▲<br>N</div>\n'
        '<div class="buttons"><button type="button" id="in" aria-label="Zoom in">+</button>'
        '<button type="button" id="out" aria-label="Zoom out">−</button>'
        '<button type="button" id="whole" aria-label="Show the whole day">⤢</button></div>\n'
        '<div class="scale" aria-hidden="true"><span></span><div></div></div>\n'
        f'<p class="credit">{escape(ATTRIBUTION)}</p>\n'
    )


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def _listed(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"


@cache
def _part(name: str) -> str:
    return (files("routing.maps") / name).read_text(encoding="utf-8")
