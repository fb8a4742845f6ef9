"""What `doorstep plan` writes. Law: a folder holds the files of one plan; those of an earlier one go."""

from __future__ import annotations

from pathlib import Path

from api.security.private_files import write_private
from api.security.sealing import SUFFIX, seal
from api.security.wiping import GEOJSON_NAME, PAGE_NAME, PLAN_NAME, Wipe, is_output, wipe
from routing.domain.plan import Plan, dump_plan
from routing.maps.geojson import plan_geojson
from routing.maps.page import map_page
from routing.network.extract import Extract


def write_outputs(folder: Path, plan: Plan, streets: Extract | None, passphrase: str | None) -> tuple[Path, ...]:
    """Write a plan, and its maps where streets to draw them on are given.

    Parameters
    ----------
    passphrase
        Seals every file; None: the programme is made up, and the files are open.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    UsageError
        `cannot_write`; nothing is left behind then.
    """
    contents = {PLAN_NAME: dump_plan(plan)}
    if streets is not None:
        contents[GEOJSON_NAME] = plan_geojson(plan)
        contents[PAGE_NAME] = map_page(plan, streets).encode()
    if passphrase is not None:
        contents = {name + SUFFIX: seal(data, passphrase) for name, data in contents.items()}
    write_private(folder, contents)
    _remove_older(folder, set(contents), sealed=passphrase is not None)
    return tuple(folder / name for name in contents)


def _remove_older(folder: Path, written: set[str], *, sealed: bool) -> None:
    """Remove the maps of the plan that was replaced: beside the new plan they would mislead."""
    names = (name + SUFFIX if sealed else name for name in (GEOJSON_NAME, PAGE_NAME))
    stale = tuple(folder / name for name in names if name not in written and is_output(folder / name))
    wipe(Wipe(stale, ()))
