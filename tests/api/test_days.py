"""The day that `--date` gives: a date, and one of the calendar that programmes have."""

from datetime import date

import pytest

from api.cli.days import read_date
from routing.domain.errors import UsageError


@pytest.mark.parametrize("text", ["1900-01-01", "2026-11-23", "2199-12-31"])
def test_a_date_of_the_calendar_is_taken(text: str):
    assert read_date(text) == date.fromisoformat(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_date_outside_the_calendar_is_refused(text: str):
    with pytest.raises(UsageError) as caught:
        read_date(text)
    assert (caught.value.code, caught.value.where, caught.value.exit_code) == ("bad_date", "--date", 2)
    assert caught.value.remedy == "correct the year"


@pytest.mark.parametrize("command", ["plan", "due"])
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31"])
def test_the_commands_refuse_it(doorstep, made_up, command: str, text: str):
    done = doorstep(command, made_up, "--date", text)
    assert done.code == 2
    assert "bad_date" in done.err


@pytest.mark.parametrize("text", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_are_planned_without_a_crash(doorstep, made_up, tmp_path, text: str):
    done = doorstep("plan", made_up, "--date", text, "--iterations", "2", "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    checked = doorstep("check", tmp_path / "out" / "plan.json", "--programme", made_up)
    assert checked.code == 0, checked.out
