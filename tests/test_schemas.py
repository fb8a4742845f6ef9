"""The published JSON Schemas are those of the types: `python -m tests.test_schemas` writes them anew."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from routing.domain.events import Events
from routing.domain.plan import Plan
from routing.domain.policy_files import PolicyPack
from routing.domain.programme import Programme

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"
PUBLISHED: dict[str, type[BaseModel]] = {
    "doorstep.programme-1.json": Programme,
    "doorstep.plan-1.json": Plan,
    "doorstep.events-1.json": Events,
    "doorstep.policies-1.json": PolicyPack,
}


def schema(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema(by_alias=True, mode="validation"), indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_schema_is_that_of_the_type(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == schema(PUBLISHED[name])


if __name__ == "__main__":
    for file, published in PUBLISHED.items():
        (FOLDER / file).write_text(schema(published), encoding="utf-8")
