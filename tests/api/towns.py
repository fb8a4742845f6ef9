"""The town of the registers as programmes on disk, where no extract lies: nothing of the morning needs streets."""

from pathlib import Path

from routing.domain.loading import dump_programme
from tests.exchange.registers import town

CANARY = "canary"


def programme_file(folder: Path, *, made_up: bool) -> Path:
    """Write the programme and return its path."""
    folder.mkdir(exist_ok=True)
    path = folder / "programme.json"
    path.write_bytes(dump_programme(town(made_up=made_up, extract="nowhere.osm.pbf")))
    return path
