"""`doorstep due`: tables, JSON, CSV, a calendar; no streets."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.towns import CANARY, programme_file

DAY = ("--date", "2026-11-23")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return programme_file(tmp_path / "town", made_up=False)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_day_as_tables(doorstep, source: Path):
    done = doorstep("due", source, "--date", "2026-11-24")
    assert done.code == 0
    assert done.out.startswith("6 clients may be served")  # five count one dose on Monday; Stork needs a kit
    for text in ("Heron", "84 mL", "24–30 Nov", "T0a", "pol-p1", "a story", "Orders"):
        assert text in done.out


def test_holds_gaps_and_short_stock_are_tables_too(doorstep):
    done = doorstep("due", "denpasar")
    for title in ("Orders", "On hold", "Gaps ahead", "who decides", "act by"):
        assert title in done.out


def test_json_is_all_there_is_on_the_output(doorstep, source: Path):
    found = json.loads(doorstep("due", source, *DAY, "--json").out)
    assert (found["date"], found["timezone"]) == ("2026-11-23", "Asia/Makassar")
    assert {order["client"] for order in found["orders"]} == {"Ibis", "Stork"}
    (kit,) = [order for order in found["orders"] if order["client"] == "Stork"]
    assert (kit["tier"], kit["item"]["quantity"], kit["due_on"]) == ("T3", 2.0, "2026-11-23")


def test_csv_has_a_row_for_each_order_hold_gap_and_shortage(doorstep):
    as_json = json.loads(doorstep("due", "denpasar", "--json").out)
    rows = rows_of(doorstep("due", "denpasar", "--csv").out)
    counted = {kind: sum(row["kind"] == kind for row in rows) for kind in ("order", "hold", "gap", "short_stock")}
    names = ("orders", "holds", "gaps", "shortfalls")
    assert list(counted.values()) == [len(as_json[name]) for name in names]
    assert {row["code"] for row in rows if row["kind"] == "hold"} == {hold["code"] for hold in as_json["holds"]}


def test_the_calendar_tells_what_it_assumes(doorstep, source: Path):
    done = doorstep("due", source, *DAY, "--days", 35)
    assert done.code == 0
    assert done.out.count("Mon") >= 5
    for text in ("Heron", "! must", "+ may", "– closed", "H hold", "G gap", "As if nothing were delivered"):
        assert text in done.out


def test_the_calendar_as_json_and_csv_say_the_same(doorstep, source: Path):
    found = json.loads(doorstep("due", source, *DAY, "--days", 5, "--json").out)
    rows = rows_of(doorstep("due", source, *DAY, "--days", 5, "--csv").out)
    assert "nothing were delivered" in found["assumed"]
    assert [row["client_id"] for row in rows] == [row["client_id"] for row in found["clients"]]
    for row, told in zip(rows, found["clients"], strict=True):
        assert {day: marks.split() for day, marks in row.items() if day[:2] == "20" and marks} == told["days"]
    assert found["clients"][0]["days"] == {
        "2026-11-24": ["must"],
        "2026-11-25": ["must"],
        "2026-11-26": ["hold"],
        "2026-11-27": ["hold"],
    }


@pytest.mark.parametrize(
    "form", [[], ["--json"], ["--csv"], ["--days", "9"], ["--days", "9", "--json"], ["--days", "9", "--csv"]]
)
def test_nothing_personal_is_told(doorstep, source: Path, form: list[str]):
    done = doorstep("due", source, *DAY, *form)
    assert done.code == 0
    assert CANARY not in done.out + done.err


def test_a_name_that_a_spreadsheet_would_compute_is_text(doorstep, source: Path):
    source.write_text(source.read_text(encoding="utf-8").replace('"Stork"', '"=1+1"'), encoding="utf-8")
    assert "'=1+1" in {row["client"] for row in rows_of(doorstep("due", source, *DAY, "--csv").out)}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--json", "--csv"], "bad_usage"),
        (["--days", "1"], "bad_usage"),
        (["--days", "36"], "bad_usage"),
        (["--date", "x"], "bad_date"),
    ],
)
def test_what_makes_no_sense_is_refused(doorstep, source: Path, options: list[str], code: str):
    done = doorstep("due", source, *options)
    assert (done.code, done.out) == (2, "")
    assert code in done.err


def test_without_a_date_it_is_today_and_told(doorstep, source: Path):
    done = doorstep("due", source, "--json")
    assert done.code == 0
    assert "no --date given: today, " in done.err
    json.loads(done.out)


@pytest.mark.parametrize("line", [["due", "denpasar"], ["due", "denpasar", "--days", "3"], ["call-list", "denpasar"]])
def test_a_fresh_process_reads_no_streets_and_loads_no_solver(line: list[str]):
    program = f"import sys; from api.cli.main import main; main({line!r}); sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert loaded & {"ortools", "osmium", "scipy", "pandas", "openpyxl"} == set()
