"""JSON and CSV on standard output, and nothing else there. Law: no cell of a CSV is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from api.cli.console import plain
from routing.domain.errors import UsageError

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def refuse_both(*, as_json: bool, as_csv: bool) -> None:
    """Refuse two forms at once.

    Raises
    ------
    UsageError
        `bad_usage`.
    """
    if as_json and as_csv:
        raise UsageError("bad_usage", "--json and --csv do not go together", where="--csv", remedy="give one of them")


def write_json(document: Mapping[str, object]) -> None:
    """Print a document; dates and the like as their text."""
    _write(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table, UTF-8, a comma between cells."""
    _write("".join(f"{csv_line(row)}\n" for row in (columns, *rows)))


def csv_line(cells: Sequence[object]) -> str:
    """Return one row of a CSV file, without its end."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow([_cell(cell) for cell in cells])
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else plain(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) and not is_number else text


def _write(text: str) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
