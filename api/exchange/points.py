"""A table of points: an id, and lon and lat or a pin. Law: all rows are good, or each bad one is named.

A pin is whatever `routing.domain.pins` reads: a plus code, a DIGIPIN, coordinates as telephones show them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.exchange.cells import Cell, folded
from api.exchange.sheets import Row, Sheet
from api.exchange.texts import candidates
from routing.domain.errors import InputError, PointsError, Problem
from routing.domain.pins import PinError, parse_pin

MOST_POINTS = 5000
LONGEST_ID = 64
MOST_DEGREES = {"lon": 180.0, "lat": 90.0}
_COLUMNS = {
    **dict.fromkeys(("id", "point", "point_id", "name"), "id"),
    **dict.fromkeys(("lon", "lng", "long", "longitude"), "lon"),
    **dict.fromkeys(("lat", "latitude"), "lat"),
    **dict.fromkeys(("pin", "plus code", "plus_code", "digipin"), "pin"),
}


@dataclass(frozen=True)
class NamedPoint:
    """A point and where it stood; `where` is row and column of its place, as people find it."""

    point_id: str
    lon: float
    lat: float
    where: str

    @property
    def pin(self) -> tuple[float, float]:
        """(lon, lat)."""
        return self.lon, self.lat


def read_points(data: bytes) -> tuple[NamedPoint, ...]:
    """Read points from a CSV file (comma, semicolon or tab; any common encoding), header first.

    Raises
    ------
    InputError
        `points_unreadable`, `points_without_columns`, `points_none`, `points_too_many`.
    PointsError
        Every row that is wrong, by row and column.
    """
    sheet, columns = _sheet(data)
    rows = [row for row in sheet.rows[1:] if row.is_broken or not all(cell.is_empty for cell in row.cells)]
    if not rows:
        raise InputError("points_none", "the table has no points", remedy="write a row for each: id, lon, lat")
    if len(rows) > MOST_POINTS:
        raise InputError(
            "points_too_many",
            f"the table has more than {MOST_POINTS} points",
            remedy="give fewer: a matrix grows with their square",
        )
    return _Table(sheet, columns).read(rows)


def read_point(text: str, where: str) -> NamedPoint:
    """Read one point: longitude and latitude with a comma between them, or a plus code or DIGIPIN.

    Raises
    ------
    InputError
        `point_bad_degrees`, or what is wrong with the pin.
    """
    pair = text.split(",")
    if len(pair) == len(MOST_DEGREES) and all(map(_is_number, pair)):
        lon, lat = (_degrees(part, most) for part, most in zip(pair, MOST_DEGREES.values(), strict=True))
        if lon is None or lat is None:
            raise InputError(
                "point_bad_degrees",
                "longitude lies within -180 and 180, latitude within -90 and 90, and longitude comes first",
                where=where,
                remedy="check both numbers and their order",
            )
        return NamedPoint(where, lon, lat, where)
    try:
        pin = parse_pin(text)
    except PinError as error:
        raise InputError(error.code, error.message, where=where, remedy=error.remedy) from error
    return NamedPoint(where, pin.lon, pin.lat, where)


def _sheet(data: bytes) -> tuple[Sheet, Mapping[str, int]]:
    """Return the table as the sign that parts its cells gives it, and where its columns are."""
    try:
        sheets = list(candidates(data))
    except InputError as error:
        raise InputError(
            "points_unreadable",
            "this is no table of points",
            remedy="save it as CSV (UTF-8) with fewer than 50000 rows",
        ) from error
    for sheet in sheets:
        columns = _columns(sheet.rows[0].cells if sheet.rows else ())
        if "id" in columns and ("pin" in columns or {"lon", "lat"} <= columns.keys()):
            return sheet, columns
    raise InputError(
        "points_without_columns",
        "the first row does not name the columns",
        where="row 1",
        remedy="begin with a row like: id,lon,lat (or: id,pin)",
    )


def _columns(header: Sequence[Cell]) -> dict[str, int]:
    """Return column -> index; of two that mean the same, the first."""
    known = [_COLUMNS.get(folded(cell.text)) for cell in header]
    return {name: known.index(name) for name in known if name is not None}


@dataclass
class _Table:
    """Rows on their way to points; what is wrong is collected."""

    sheet: Sheet
    columns: Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)

    def read(self, rows: Sequence[Row]) -> tuple[NamedPoint, ...]:
        points = [point for row in rows if (point := self._point(row))]
        self._refuse_twice(rows)
        if self.problems:
            raise PointsError(sorted(self.problems, key=lambda problem: _row_of(problem.where)))
        return tuple(points)

    def _point(self, row: Row) -> NamedPoint | None:
        if row.is_broken or any(not cell.is_empty for cell in row.cells[len(self.sheet.rows[0].cells) :]):
            self._note(
                Problem(
                    code="row_broken",
                    where=self._where(row),
                    message="where the row's cells end is not clear",
                    remedy="close quotation marks; one sign between cells, and a point in numbers: 115.2126",
                )
            )
            return None
        point_id, place = self._id(row), self._place(row)
        return NamedPoint(point_id, *place, self._where(row, self._place_column)) if point_id and place else None

    @property
    def _place_column(self) -> str:
        return "lon" if "lon" in self.columns and "lat" in self.columns else "pin"

    def _id(self, row: Row) -> str | None:
        text = self._text(row, "id")
        if text and len(text) <= LONGEST_ID and text.isprintable():
            return text
        self._note(
            Problem(
                code="point_id_missing",
                where=self._where(row, "id"),
                message="the point has no id, or one that is too long",
                remedy=f"write one of at most {LONGEST_ID} signs",
            )
        )
        return None

    def _place(self, row: Row) -> tuple[float, float] | None:
        """Return (lon, lat) from the pair, or else the pin."""
        if self._place_column == "lon" and not ("pin" in self.columns and self._text(row, "pin")):
            lon, lat = (self._degrees(row, name) for name in MOST_DEGREES)
            return None if lon is None or lat is None else (lon, lat)
        try:
            pin = parse_pin(self._text(row, "pin"))
        except PinError as error:
            self._note(
                Problem(code=error.code, where=self._where(row, "pin"), message=error.message, remedy=error.remedy)
            )
            return None
        return pin.lon, pin.lat

    def _degrees(self, row: Row, name: str) -> float | None:
        degrees = _degrees(self._text(row, name), MOST_DEGREES[name])
        if degrees is None:
            self._note(
                Problem(
                    code="point_bad_degrees",
                    where=self._where(row, name),
                    message=f"`{name}` is no number of degrees up to {MOST_DEGREES[name]:g}",
                    remedy="write degrees with a point, like 115.2126",
                )
            )
        return degrees

    def _refuse_twice(self, rows: Sequence[Row]) -> None:
        first: dict[str, int] = {}
        for row in rows:
            point_id = self._text(row, "id")
            if point_id and first.setdefault(point_id, row.number) != row.number:
                self._note(
                    Problem(
                        code="point_id_twice",
                        where=self._where(row, "id"),
                        message=f"row {first[point_id]} has the same id",
                        remedy="give each point an id of its own",
                    )
                )

    def _text(self, row: Row, name: str) -> str:
        index = self.columns[name]
        return row.cells[index].text.strip() if index < len(row.cells) else ""

    def _where(self, row: Row, name: str | None = None) -> str:
        return f"{self.sheet.place(row.number)}, column {name}" if name else self.sheet.place(row.number)

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)


def _row_of(where: str) -> int:
    return int(where.split()[1].rstrip(","))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _degrees(text: str, most: float) -> float | None:
    """Return a number of degrees, or None where it is none; not for NaN either."""
    degrees = float(text) if _is_number(text) else math.nan
    return degrees if abs(degrees) <= most else None
