"""`doorstep sheets` and `doorstep report` on a village of its own."""

import json
import stat
from pathlib import Path

import pytest

from api.security.wiping import is_sheet
from tests.api.conftest import Done, Run
from tests.sheets.pdfs import texts


@pytest.fixture
def plan(made_up: Path, tmp_path: Path, doorstep: Run) -> Path:
    """A plan of the village of which nobody exists."""
    done = doorstep("plan", made_up, "--date", "2026-11-23", "--iterations", 2, "--out", tmp_path / "plan")
    assert done.code == 0, done.err
    return tmp_path / "plan" / "plan.json"


def changed(programme: Path, **changes: object) -> Path:
    raw = json.loads(programme.read_text(encoding="utf-8"))
    programme.write_text(json.dumps(raw | changes), encoding="utf-8")
    return programme


def printed(doorstep: Run, plan: Path, programme: Path, out: Path, *more: object) -> Done:
    return doorstep("sheets", plan, "--programme", programme, "--out", out, *more)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


ALL = {
    *("sheet-v01-1.pdf", "sheet-v01-1.html", "custody-site-1.pdf", "labels-site-1.pdf", "run-sheet.pdf"),
}


def test_a_plan_s_papers_are_written(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    done = printed(doorstep, plan, made_up, tmp_path / "papers")
    assert done.code == 0, done.err
    assert names(tmp_path / "papers") == ALL
    assert "1 routes, 1 sites, 5 files" in done.out
    assert "canary" not in (tmp_path / "papers" / "sheet-v01-1.html").read_text(encoding="utf-8").lower().replace(
        "canary walker", ""
    ).replace("canary door", "")


def test_without_a_folder_they_lie_beside_the_plans_of_the_home(doorstep: Run, plan: Path, made_up: Path, home: Path):
    assert doorstep("sheets", plan, "--programme", made_up).code == 0
    assert names(home / "plans" / "village" / "2026-11-23" / "sheets") == ALL


def test_files_and_key_are_their_owner_s_alone(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path, home: Path):
    printed(doorstep, plan, made_up, tmp_path / "papers")
    for path in ((tmp_path / "papers"), *(tmp_path / "papers").iterdir(), home / "sheets.key"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert len((home / "sheets.key").read_bytes()) == 32


def test_printed_again_they_are_the_same(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    printed(doorstep, plan, made_up, tmp_path / "one")
    printed(doorstep, plan, made_up, tmp_path / "two")
    for name in ALL:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_another_home_gives_other_names(
    doorstep: Run, plan: Path, made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    printed(doorstep, plan, made_up, tmp_path / "one")
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path / "elsewhere"))
    printed(doorstep, plan, made_up, tmp_path / "two")
    assert (tmp_path / "one" / "sheet-v01-1.html").read_bytes() != (tmp_path / "two" / "sheet-v01-1.html").read_bytes()


def test_one_volunteer_and_one_format(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    for named in ("v01", "Canary walker"):
        out = tmp_path / named
        assert printed(doorstep, plan, made_up, out, "--volunteer", named, "--format", "html").code == 0
        assert names(out) == {"sheet-v01-1.html"}


def test_the_language_is_the_one_asked_for_else_the_volunteer_s_else_the_programme_s(
    doorstep: Run, plan: Path, made_up: Path, tmp_path: Path
):
    def title(*more: object) -> str:
        assert printed(doorstep, plan, made_up, tmp_path / "papers", *more).code == 0
        return texts((tmp_path / "papers" / "sheet-v01-1.pdf").read_bytes())[0].split("\r\n")[0]

    assert title().startswith("Route sheet")
    changed(made_up, sheets={"language": "id"})
    assert title().startswith("Lembar rute")
    raw = json.loads(made_up.read_text(encoding="utf-8"))
    changed(made_up, volunteers=[raw["volunteers"][0] | {"language": "hi"}])
    assert title().startswith("मार्गपर्चा")
    assert title("--language", "en").startswith("Route sheet")


def test_files_for_navigation_apps_are_off_until_the_organisation_wants_them(
    doorstep: Run, plan: Path, made_up: Path, tmp_path: Path
):
    done = printed(doorstep, plan, made_up, tmp_path / "papers", "--format", "gpx")
    assert done.code == 2
    assert "navigation_files_off" in done.err
    assert not (tmp_path / "papers").exists()
    changed(made_up, sheets={"navigation_files": True})
    assert printed(doorstep, plan, made_up, tmp_path / "papers", "--format", "gpx,geojson,csv").code == 0
    assert names(tmp_path / "papers") == {"sheet-v01-1.gpx", "sheet-v01-1.geojson", "sheet-v01-1.csv"}


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--format", "docx", "unknown_format"),
        ("--format", "", "unknown_format"),
        ("--language", "xx", "unknown_language"),
        ("--volunteer", "nobody", "unknown_volunteer"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    doorstep: Run, plan: Path, made_up: Path, tmp_path: Path, option: str, value: str, code: str
):
    done = printed(doorstep, plan, made_up, tmp_path / "papers", option, value)
    assert done.code == 2
    assert code in done.err
    assert not (tmp_path / "papers").exists()


def test_a_language_of_the_programme_that_does_not_exist_is_told(
    doorstep: Run, plan: Path, made_up: Path, tmp_path: Path
):
    changed(made_up, sheets={"language": "tlh"})
    done = printed(doorstep, plan, made_up, tmp_path / "papers")
    assert (done.code, "unknown_language" in done.err) == (2, True)
    assert not (tmp_path / "papers").exists()


def test_a_plan_of_another_programme_is_refused(doorstep: Run, plan: Path, tmp_path: Path):
    done = printed(doorstep, plan, Path("denpasar"), tmp_path / "papers")
    assert (done.code, "plan_not_of_programme" in done.err) == (3, True)


def test_a_plan_on_other_streets_is_refused(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    streets = made_up.parent / "village.osm"
    streets.write_text(streets.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = printed(doorstep, plan, made_up, tmp_path / "papers")
    assert (done.code, "plan_not_of_extract" in done.err) == (3, True)


def test_a_damaged_key_is_told_and_kept(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path, home: Path):
    home.mkdir(exist_ok=True)
    (home / "sheets.key").write_bytes(b"short")
    done = printed(doorstep, plan, made_up, tmp_path / "papers")
    assert (done.code, "sheet_key_damaged" in done.err) == (3, True)
    assert (home / "sheets.key").read_bytes() == b"short"


def test_a_withheld_hint_is_told_to_the_dispatcher(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    raw = json.loads(made_up.read_text(encoding="utf-8"))
    raw["clients"][0]["place"]["hint"] = "ask at the Canary clinic"
    changed(made_up, clients=raw["clients"])
    done = printed(doorstep, plan, made_up, tmp_path / "papers")
    assert done.code == 0
    assert "withheld from every volunteer's paper: the hint of client c1" in done.err
    assert "Canary clinic" not in done.err


def test_papers_of_an_earlier_plan_go(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    out = tmp_path / "papers"
    printed(doorstep, plan, made_up, out)
    (out / "sheet-v09-1.pdf").write_bytes((out / "sheet-v01-1.pdf").read_bytes())
    (out / "letter-to-the-bank.pdf").write_bytes(b"%PDF-1.4 somebody's own")
    printed(doorstep, plan, made_up, out, "--volunteer", "v01")
    assert (out / "sheet-v09-1.pdf").exists()
    printed(doorstep, plan, made_up, out)
    assert names(out) == ALL | {"letter-to-the-bank.pdf"}


def test_wipe_takes_papers_and_nothing_else(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path, home: Path):
    out = tmp_path / "papers"
    changed(made_up, sheets={"navigation_files": True})
    printed(doorstep, plan, made_up, out, "--format", "pdf,html,gpx,geojson,csv")
    (out / "letter-to-the-bank.pdf").write_bytes(b"%PDF-1.4 somebody's own")
    assert all(is_sheet(path) for path in out.iterdir() if path.name != "letter-to-the-bank.pdf")
    assert doorstep("wipe", out, "--yes").code == 0
    assert names(out) == {"letter-to-the-bank.pdf"}
    assert doorstep("wipe", home, "--yes").code == 0
    assert not home.exists()


def test_of_real_people_nothing_is_written_into_a_shared_folder(
    doorstep: Run, real: Path, tmp_path: Path, passphrase: str
):
    done = doorstep("plan", real, "--date", "2026-11-23", "--iterations", 2, "--out", tmp_path / "plan")
    assert done.code == 0, done.err
    sealed = tmp_path / "plan" / "plan.json.sealed"
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    done = printed(doorstep, sealed, real, tmp_path / "repository" / "papers")
    assert (done.code, "folder_under_version_control" in done.err) == (2, True)
    assert printed(doorstep, sealed, real, tmp_path / "papers").code == 0
    assert names(tmp_path / "papers") == ALL
    assert passphrase


def code_on(folder: Path, number: int) -> str:
    """Return the digits that say that a stop was handed over, as the page without scripts shows them."""
    page = (folder / "sheet-v01-1.html").read_text(encoding="utf-8")
    return page.split('class="codes"')[number].split("<b>")[1].split("</b>")[0]


def test_a_code_from_the_sheet_tells_whose_stop_it_was(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    printed(doorstep, plan, made_up, tmp_path / "papers")
    digits = code_on(tmp_path / "papers", 1).split()
    done = doorstep("report", plan, *digits, "--programme", made_up, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)["reports"]
    assert [(one["volunteer_id"], one["trip"], one["stop"], one["outcome"]) for one in told] == [
        ("v01", 1, 1, "handed_over")
    ]
    shown = doorstep("report", plan, " ".join(digits), "--programme", made_up)
    assert "Canary walker" in shown.out
    assert "handed over" in shown.out


def test_several_codes_are_parted_by_commas_or_lines(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    printed(doorstep, plan, made_up, tmp_path / "papers")
    both = f"{code_on(tmp_path / 'papers', 1)}\n{code_on(tmp_path / 'papers', 2)}"
    done = doorstep("report", plan, both, "--programme", made_up, "--json")
    assert [one["stop"] for one in json.loads(done.out)["reports"]] == [1, 2]


def test_a_mistyped_code_is_refused_with_the_nearest_one(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    printed(doorstep, plan, made_up, tmp_path / "papers")
    right = code_on(tmp_path / "papers", 1)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    done = doorstep("report", plan, wrong, "--programme", made_up)
    assert done.code == 3
    assert "report_code_mistyped" in done.err
    assert right in done.err  # with others as near, if there are


def test_a_code_of_another_day_is_unknown(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    printed(doorstep, plan, made_up, tmp_path / "papers")
    again = doorstep("plan", made_up, "--date", "2026-11-24", "--iterations", 2, "--out", tmp_path / "next")
    assert again.code == 0
    done = doorstep("report", tmp_path / "next" / "plan.json", code_on(tmp_path / "papers", 1), "--programme", made_up)
    assert (done.code, "report_code_unknown" in done.err) == (3, True)


@pytest.mark.parametrize(("word", "code", "said"), [("  BLUE  rose ", 0, True), ("red rose", 1, False)])
def test_the_recipient_s_word_is_compared_and_never_shown(
    doorstep: Run, plan: Path, made_up: Path, tmp_path: Path, word: str, code: int, said: bool
):
    raw = json.loads(made_up.read_text(encoding="utf-8"))
    clients = [client | {"challenge": "Blue Rose"} for client in raw["clients"]]
    changed(made_up, clients=clients)
    printed(doorstep, plan, made_up, tmp_path / "papers")
    digits = code_on(tmp_path / "papers", 1)
    done = doorstep("report", plan, digits, "--programme", made_up, "--word", word, "--json")
    assert done.code == code
    assert json.loads(done.out)["word_fits"] is said
    shown = doorstep("report", plan, digits, "--programme", made_up, "--word", word)
    assert "Blue Rose" not in shown.out + shown.err
    assert ("does not fit" in shown.out) is not said


def test_a_word_needs_one_stop(doorstep: Run, plan: Path, made_up: Path, tmp_path: Path):
    printed(doorstep, plan, made_up, tmp_path / "papers")
    both = f"{code_on(tmp_path / 'papers', 1)},{code_on(tmp_path / 'papers', 2)}"
    done = doorstep("report", plan, both, "--programme", made_up, "--word", "rose")
    assert (done.code, "a word belongs to one stop" in done.err) == (2, True)
