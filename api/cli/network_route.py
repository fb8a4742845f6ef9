"""`doorstep network route`: the way between two points. Law: a way, or the code of why there is none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.console import notes, results, say, working
from api.cli.grounds import AREA_ALONE, ModeOption, PassOption, ProgrammeOption, read_ground
from api.settings import read_settings
from routing.domain.errors import InputError

if TYPE_CHECKING:
    from api.cli.grounds import Ground
    from api.cli.route_report import Shown
    from api.exchange.points import NamedPoint
    from routing.network import Streets
    from routing.network.travel import Leg

SUFFIXES = (".geojson", ".json")


def route(
    extract: Annotated[Path, typer.Argument(metavar="EXTRACT", help="OpenStreetMap file.")],
    *,
    start: Annotated[
        str, typer.Option("--from", metavar="LON,LAT", help="Longitude first; or a plus code or DIGIPIN.")
    ],
    end: Annotated[str, typer.Option("--to", metavar="LON,LAT", help="Likewise.")],
    mode: ModeOption = "motorcycle",
    programme: ProgrammeOption = None,
    pass_: PassOption = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write GeoJSON, too: a name in .geojson.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")] = False,
) -> None:
    """Show the fastest way between two points, in one mode, where a pass allows if one is given.

    Directions with street names, distances, exits of roundabouts, and landmarks near the end; GeoJSON with --out.
    """
    from api.cli.documents import write_json
    from api.cli.route_report import route_document, route_geojson, show_route
    from api.cli.targets import free_target, write_target
    from api.exchange.points import read_point

    target = None if out is None else free_target(out, SUFFIXES)
    ground = read_ground(mode, programme, pass_)
    points = read_point(start, "--from"), read_point(end, "--to")
    with working(f"looking for a way on {extract.name}"):
        shown = _routed(extract, points, ground)
    if target is not None:
        write_target(target, route_geojson(shown))
    if as_json:
        write_json(route_document(shown))
    else:
        show_route(results(), shown)
    if ground.permit is not None:
        say(notes(), AREA_ALONE)
    if target is not None:
        say(notes() if as_json else results(), f"wrote {target}")


def _routed(path: Path, points: tuple[NamedPoint, NamedPoint], ground: Ground) -> Shown:
    from api.cli.route_report import Shown
    from routing.network import load_streets, read_extract
    from routing.network.directions import Directions
    from routing.network.landmarks import Landmarks, read_landmarks

    streets = load_streets(path, read_settings().cache)
    leg = _leg(streets, points, ground)
    told = Directions(read_extract(path), streets, ground.mode).of(leg, points[1].pin)
    near = Landmarks(read_landmarks(path)).near(points[1].pin, told[-1].heading_deg)
    return Shown(ground.mode, ground.permit.pass_id if ground.permit else None, points, leg, told, near)


def _leg(streets: Streets, points: tuple[NamedPoint, NamedPoint], ground: Ground) -> Leg:
    from api.cli.swapped import refuse_swapped
    from routing.network import LegalArea, StreetEngine, snap_all
    from routing.network.unreached import why_unreached

    places = snap_all(streets, ground.mode, [point.pin for point in points])
    far = [point for point, place in zip(points, places, strict=True) if place is None]
    refuse_swapped(streets, far)
    engine = StreetEngine(streets)
    travel = engine.travel(ground.mode, ground.area(), places, [None, None])
    everywhere = engine.travel(ground.mode, LegalArea(), places, [None, None]) if ground.permit else None
    why = int(why_unreached(places, travel, everywhere)[0, 1])
    if why:
        outside = [point for point, legal in zip(points, travel.place_legal.tolist(), strict=True) if not legal]
        raise _no_way(why, ground.mode, ", ".join(point.where for point in far or outside))
    return travel.leg(0, 1)


def _no_way(why: int, mode: str, where: str) -> InputError:
    from routing.network.snapping import DEFAULT_LIMIT_M
    from routing.network.street_engine import MAX_TRAVEL_MS
    from routing.network.unreached import CUT_OFF, OUTSIDE, TOO_FAR

    if why == TOO_FAR:
        return InputError(
            "place_too_far_from_street",
            f"no street that {mode} may use lies within {DEFAULT_LIMIT_M:g} m",
            where=where,
            remedy="correct the point (longitude first), take another mode, or an extract that holds the place",
            params={"mode": mode, "limit_m": DEFAULT_LIMIT_M},
        )
    if why == OUTSIDE:
        return InputError(
            "outside_pass_area",
            "the point, its street or the walk between them leaves the area of the pass",
            where=where,
            remedy="ask for a pass that covers the place, or choose another",
        )
    if why == CUT_OFF:
        return InputError(
            "cut_off_by_pass",
            "both points lie in the area of the pass, but no way between them stays within it",
            where="--pass",
            remedy="ask for a pass that covers a street between the two",
        )
    hours = MAX_TRAVEL_MS // 3_600_000
    return InputError(
        "no_street_connection",
        f"no way of less than {hours} hours leads from one point to the other for {mode}",
        where="--to",
        remedy="take another mode; or the extract cuts the way off, and a larger one has it",
        params={"mode": mode, "most_h": hours},
    )
