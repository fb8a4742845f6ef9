"""Scenarios are found by name; a wrong name is told the nearest."""

import pytest

from routing.domain.errors import UsageError
from routing.domain.loading import load_programme
from scenarios.finding import find_scenario, scenario_names


def test_denpasar_is_among_the_scenarios():
    assert "denpasar" in scenario_names()


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_has_its_files_and_is_made_up(name: str):
    scenario = find_scenario(name)
    assert scenario.title
    assert scenario.extract.is_file()
    assert (scenario.programme.parent / "README.md").is_file()
    assert load_programme(scenario.programme.read_bytes()).made_up


def test_a_misspelt_name_is_told_the_nearest():
    with pytest.raises(UsageError) as refused:
        find_scenario("Denpasr")
    assert (refused.value.code, refused.value.remedy) == ("scenario_unknown", "did you mean `denpasar`?")


def test_a_name_unlike_any_is_told_them_all():
    with pytest.raises(UsageError) as refused:
        find_scenario("reykjavik-2")
    assert "denpasar" in refused.value.remedy


@pytest.mark.parametrize("name", ["..", "", ".", "denpasar/../denpasar"])
def test_a_path_is_no_name(name: str):
    with pytest.raises(UsageError):
        find_scenario(name)
