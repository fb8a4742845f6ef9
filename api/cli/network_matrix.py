"""`doorstep network matrix`: travel times and distances between points. Law: each pair has a number or a code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.grounds import AREA_ALONE, ModeOption, PassOption, ProgrammeOption, read_ground
from api.settings import read_settings

if TYPE_CHECKING:
    from api.cli.grounds import Ground
    from api.cli.travel_files import Measured
    from api.exchange.points import NamedPoint

SUFFIXES = (".csv", ".npz")


def matrix(
    extract: Annotated[Path, typer.Argument(metavar="EXTRACT", help="OpenStreetMap file.")],
    *,
    points: Annotated[Path, typer.Option(metavar="FILE", help="CSV with columns id, lon, lat (or id, pin).")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write: .csv, a row a pair, or .npz, arrays.")],
    mode: ModeOption = "motorcycle",
    programme: ProgrammeOption = None,
    pass_: PassOption = None,
) -> None:
    """Measure travel between all points, in one mode, where a pass allows if one is given."""
    from api.cli.console import notes, results, say, working
    from api.cli.files import read_file
    from api.cli.targets import free_target, write_target
    from api.cli.travel_files import measured_file
    from api.exchange.points import read_points

    target = free_target(out, SUFFIXES)
    ground = read_ground(mode, programme, pass_)
    named = read_points(read_file(points))
    with working(f"measuring {len(named)} points on {extract.name}"):
        measured = _measured(extract, named, ground)
    write_target(target, measured_file(measured, target.suffix))
    _tell(measured)
    if ground.permit is not None:
        say(notes(), AREA_ALONE)
    say(results(), f"wrote {target}")


def _measured(path: Path, points: Sequence[NamedPoint], ground: Ground) -> Measured:
    from api.cli.swapped import refuse_swapped
    from api.cli.travel_files import Measured
    from routing.network import LegalArea, StreetEngine, load_streets, snap_all
    from routing.network.unreached import why_unreached

    streets = load_streets(path, read_settings().cache)
    places = snap_all(streets, ground.mode, [point.pin for point in points])
    refuse_swapped(streets, [point for point, place in zip(points, places, strict=True) if place is None])
    engine, walks = StreetEngine(streets), [None] * len(points)
    travel = engine.travel(ground.mode, ground.area(), places, walks)
    everywhere = engine.travel(ground.mode, LegalArea(), places, walks) if ground.permit else None
    return Measured(
        tuple(point.point_id for point in points),
        travel.time_s,
        travel.distance_m,
        why_unreached(places, travel, everywhere),
    )


def _tell(measured: Measured) -> None:
    """Say how many pairs have a way, and of whom nothing can be reached."""
    from api.cli.console import results, say
    from api.cli.tables import numbers, show_table, texts, wholes

    why = measured.pairs_by_code()
    found = why.pop("", 0)
    say(results(), f"{len(measured.ids)} points, {found} of {len(measured.ids) ** 2} pairs have a way", style="bold")
    if why:
        rows = [(code, count, ", ".join(measured.lost(code)) or "–") for code, count in sorted(why.items())]
        columns = (*wholes("code"), *numbers("pairs"), *texts("points that this cuts off from all others"))
        show_table(results(), "Pairs without a way", columns, rows)
