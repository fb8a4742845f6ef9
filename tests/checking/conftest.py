"""The town's extract, programme and lawful plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.domain.plan import Plan
from routing.domain.programme import Programme
from routing.network.extract import Extract, read_extract
from tests.checking.story import town_plan, town_programme
from tests.checking.town import osm_xml


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(osm_xml(), "utf-8")
    return read_extract(path)


@pytest.fixture(scope="session")
def programme() -> Programme:
    return town_programme()


@pytest.fixture(scope="session")
def plan(programme: Programme, town: Extract) -> Plan:
    return town_plan(programme, town.sha256)


@pytest.fixture(scope="session")
def osm_folder() -> Path:
    return Path(__file__).parents[1] / "data" / "osm"
