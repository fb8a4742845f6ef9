"""The page on replanning tells of every event, its keys and its words; and its example can be read."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from routing.domain.events import Event, Events, Failure, load_events
from tests.domain.source_codes import ROOT

PAGE = (ROOT / "docs/replanning.md").read_text("utf-8")
KINDS = get_args(get_args(Event)[0])
ROWS = re.findall(r"^\| `([a-z_]+)` \|", PAGE.split("### Events")[1].split("Why a visit")[0], flags=re.MULTILINE)


def type_of(kind) -> str:
    (name,) = get_args(kind.model_fields["type"].annotation)
    return str(name)


def test_every_event_has_its_row_and_every_row_an_event():
    assert [type_of(kind) for kind in KINDS] == ROWS


@pytest.mark.parametrize("kind", KINDS, ids=type_of)
def test_the_keys_of_an_event_are_told(kind):
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{type_of(kind)}` |"))
    keys = re.findall(r"`([a-z_]+)`", row.split(" | ")[1])
    assert keys == [name for name in kind.model_fields if name not in {"type", "at"}]


def test_the_keys_of_the_document_are_told():
    table = PAGE.split("## The facts")[1].split("### Events")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, flags=re.MULTILINE) == [
        name for name in Events.model_fields if name != "schema_"
    ]


def test_every_reason_of_a_failed_visit_is_told():
    assert [reason for reason in Failure if f"`{reason}`" not in PAGE] == []


def test_the_example_can_be_read():
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert [type_of(type(event)) for event in load_events(example[1].encode()).events] == [
        "visit_done",
        "visit_failed",
        "locked",
    ]
