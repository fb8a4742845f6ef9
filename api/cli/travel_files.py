"""A matrix as a file. Law: where there is no number there is a code; an id is no formula to a spreadsheet."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from api.cli.documents import csv_line
from routing.network.unreached import REACHED, WHY

COLUMNS = ("from_id", "to_id", "time_s", "distance_m", "code")
NO_NUMBER = -1


@dataclass(frozen=True)
class Measured:
    """Travel between n points: seconds and metres of shape [n, n], and for each pair an index into `WHY`."""

    ids: tuple[str, ...]
    time_s: npt.NDArray[np.int32]
    distance_m: npt.NDArray[np.int32]
    why: npt.NDArray[np.uint8]

    def pairs_by_code(self) -> dict[str, int]:
        """Return how many pairs have each code; empty: there is a way."""
        counts = np.bincount(self.why.ravel(), minlength=len(WHY)).tolist()
        return {str(code): count for code, count in zip(WHY, counts, strict=True) if count}

    def lost(self, code: str) -> list[str]:
        """Return the ids of points that, for this reason, can be reached from no other."""
        theirs = (self.why == WHY.index(code)) | np.eye(len(self.ids), dtype=np.bool_)
        return [point_id for point_id, alone in zip(self.ids, theirs.all(axis=0), strict=True) if alone]


def measured_file(measured: Measured, suffix: str) -> bytes:
    """Return the bytes of a `.csv` or `.npz` file; `docs/network.md` tells what is in them."""
    return _csv(measured) if suffix == ".csv" else _npz(measured)


def _csv(measured: Measured) -> bytes:
    ids = [csv_line([point_id]) for point_id in measured.ids]
    codes = [str(code) for code in WHY]
    lines = [csv_line(COLUMNS)]
    for row, from_id in enumerate(ids):
        cells = zip(
            ids, *(matrix[row].tolist() for matrix in (measured.time_s, measured.distance_m, measured.why)), strict=True
        )
        lines += [
            f"{from_id},{to_id},{time_s},{distance_m}," if why == REACHED else f"{from_id},{to_id},,,{codes[why]}"
            for to_id, time_s, distance_m, why in cells
        ]
    return "\n".join([*lines, ""]).encode()


def _npz(measured: Measured) -> bytes:
    reached = measured.why == REACHED
    file = io.BytesIO()
    np.savez(
        file,
        allow_pickle=False,
        id=np.array(measured.ids, np.str_),
        time_s=np.where(reached, measured.time_s, NO_NUMBER).astype(np.int32),
        distance_m=np.where(reached, measured.distance_m, NO_NUMBER).astype(np.int32),
        code=measured.why,
        codes=np.array([str(code) for code in WHY], np.str_),
    )
    return file.getvalue()
