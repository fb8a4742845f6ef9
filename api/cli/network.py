"""`doorstep network`: streets without a programme. Law: only `fetch` opens a connection, and only when asked."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from api.cli.console import notes, results, say, working
from api.cli.documents import write_json
from api.cli.failures import ASKED_WRONGLY
from api.cli.network_matrix import matrix
from api.cli.network_route import route
from api.settings import Settings, read_settings

ExtractArgument = Annotated[Path, typer.Argument(metavar="EXTRACT", help="OpenStreetMap file: .osm.pbf, .osm, …")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, to the output.")]


def build(extract: ExtractArgument, *, as_json: AsJson = False) -> None:
    """Compile an extract's streets into the cache, so that whatever needs them starts at once."""
    from routing.network.streets import load_streets

    cache = read_settings().cache
    began = time.monotonic()
    with working(f"compiling {extract.name}"):
        streets = load_streets(extract, cache)
    took_s = time.monotonic() - began
    if as_json:
        write_json({"file": extract.name, **streets.info(), "seconds": round(took_s, 3)})
        return
    say(results(), f"{extract.name}: streets are ready ({took_s:.1f} s)", style="bold")
    say(results(), f"kept in {cache}; `doorstep network info {extract}` tells what is in them")


def info(extract: ExtractArgument, *, as_json: AsJson = False) -> None:
    """Tell what an extract holds: streets by mode, islands dropped, restrictions read, names, age, attribution."""
    from api.cli.network_report import show_network
    from routing.network.describing import describe
    from routing.network.extract import read_extract
    from routing.network.streets import load_streets

    with working(f"reading {extract.name}"):
        read = read_extract(extract)
        described = describe(extract, read, load_streets(extract, read_settings().cache))
    if as_json:
        write_json(described)
    else:
        show_network(results(), described)


def fetch(
    place: Annotated[str, typer.Argument(metavar="PLACE", help='Town and country: "Denpasar, Indonesia".')],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the streets: a name that ends in .osm.")],
) -> None:
    """Fetch a place's streets from OpenStreetMap's servers, the only command that opens a connection.

    The name of the place is sent to a server: never give anybody's address. Nothing else leaves the machine.
    """
    from api.cli.targets import free_target, write_target

    target = free_target(out, (".osm",))
    data = _fetched(place, read_settings())
    write_target(target, data)
    say(results(), f"wrote {target} ({len(data) / 1e6:.1f} MB)")
    say(notes(), f"© OpenStreetMap contributors, ODbL 1.0. Next: doorstep network build {target}")


def _fetched(place: str, settings: Settings) -> bytes:
    from routing.network.fetching import NOMINATIM, OVERPASS, Servers, fetch_place
    from routing.network.osm_xml import osm_xml

    servers = Servers(nominatim=settings.nominatim or NOMINATIM, overpass=settings.overpass or OVERPASS)
    fetched = fetch_place(place, servers, lambda line: say(notes(), line, style="dim"))
    return osm_xml(fetched.elements, fetched.dated)


network = typer.Typer(
    name="network",
    help="Streets: compile an extract, look into it, fetch one, measure travel, show a way.",
)
for command in (build, info, fetch, matrix, route):
    network.command()(command)


@network.callback(invoke_without_command=True)
def _which(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")
        raise typer.Exit(ASKED_WRONGLY)
