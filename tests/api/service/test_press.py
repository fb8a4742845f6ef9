"""Papers are set in a process of their own, which is limited, and whose end is nobody's but its paper's."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from api.manners.errors import UnavailableError, UnprocessableError
from api.plans.press import MOST_BYTES, MOST_S, Press
from routing.sheets.languages import Language
from routing.sheets.printing.sheet_size import typeset_sheet
from routing.sheets.printing.typesetting import typeset
from routing.sheets.wording import card_words, sheet_words
from tests.sheets.story import card, sheet

SHEET, CARD = sheet_words(sheet(12, with_map=True), Language("fa")), card_words(card(), Language("en"))
ENDLESS = {**SHEET, "advice": [("note", "canaryword " * 3_000_000)]}


@pytest.fixture
def press() -> Iterator[Press]:
    made = Press()
    yield made
    made.close()


def refused(press: Press, paper: str, words: dict[str, object]) -> str:
    with pytest.raises(UnprocessableError) as caught:
        press.pdf_of(paper, words)
    return caught.value.code


def _limits(process: Path) -> dict[str, str]:
    """Return the limits of a process, as Linux tells them: a name of 26 columns, and what is next to it."""
    lines = (process / "limits").read_text(encoding="ascii").splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def test_a_paper_is_the_same_as_without_the_process_and_the_next_comes_from_the_same_one(press):
    assert press.pdf_of("sheet", SHEET) == typeset_sheet(SHEET)
    first = press.process_id
    assert press.pdf_of("card", CARD) == typeset("card", CARD)
    assert press.process_id == first


@pytest.mark.parametrize(
    "limits",
    [{"most_bytes": 150_000_000}, {"most_s": 1}, {"waits_s": 0.5}],
    ids=["memory", "processor", "time"],
)
def test_an_endless_paragraph_costs_its_own_paper(limits):
    press = Press(**limits)
    try:
        began_at = time.monotonic()
        assert refused(press, "sheet", ENDLESS) == "paper_not_made"
        assert time.monotonic() - began_at < 60
        press.close()
        press = Press()
        assert press.pdf_of("card", CARD).startswith(b"%PDF")
    finally:
        press.close()


def test_what_typst_refuses_is_refused_and_the_next_paper_is_set(press):
    assert refused(press, "card", {"title": "canaryword"}) == "paper_not_made"  # the rest of its words is missing
    assert press.pdf_of("card", CARD).startswith(b"%PDF")


def test_a_process_that_is_killed_is_followed_by_another(press):
    press.warm_up()
    first = press.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert press.pdf_of("card", CARD).startswith(b"%PDF")
    assert press.process_id != first


def test_whose_processes_are_killed_again_and_again_is_told_to_try_again(press):
    done = threading.Event()
    ending = threading.Thread(target=_kill_all, args=(press, done))
    ending.start()
    with pytest.raises(UnavailableError) as caught:
        press.pdf_of("sheet", ENDLESS)
    done.set()
    ending.join()
    assert caught.value.code == "busy"
    assert press.pdf_of("card", CARD).startswith(b"%PDF")


def _kill_all(press: Press, done: threading.Event) -> None:
    while not done.wait(0.01):
        with suppress(ProcessLookupError):
            if (process := press.process_id) is not None:
                os.kill(process, signal.SIGKILL)


def test_the_process_is_told_by_its_line_alone(press, monkeypatch):
    monkeypatch.setenv("DOORSTEP_PASSPHRASE_FILE", "canary-file")
    press.pdf_of("card", {**CARD, "title": "canaryword"})
    there = Path(f"/proc/{press.process_id}")
    assert b"canary" not in (there / "environ").read_bytes() + (there / "cmdline").read_bytes()
    assert _limits(there)["Max address space"] == str(MOST_BYTES)
    assert _limits(there)["Max core file size"] == "0"
    assert int(_limits(there)["Max cpu time"]) <= MOST_S + 5  # what it has used, and as much again as a paper may


def test_it_ends_with_its_parent():
    press = Press()
    press.warm_up()
    child = press._child
    assert child is not None
    process, line = child
    line.close()  # as it is closed when the parent dies
    assert process.wait(30) is not None
