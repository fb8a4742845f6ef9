"""The clinician's page: its examples are executed, and its tables hold the packs' numbers."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from routing.continuity import needs_of
from routing.domain.base import Document
from routing.domain.loading import load_programme
from routing.domain.orders import Needs, Order
from routing.domain.policies import Phase
from routing.domain.policy_files import PackEntry, pack_names, read_pack
from routing.domain.products import ProductKind

PAGE = (Path(__file__).parents[1] / "docs" / "continuity.md").read_text(encoding="utf-8")
BLOCKS: list[dict[str, Any]] = [
    json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
]
(BASE,) = [block["base"] for block in BLOCKS if "base" in block]
EXAMPLES = [block for block in BLOCKS if "example" in block]
MONDAY = date(2026, 11, 23)


def changed(change: dict[str, Any]) -> dict[str, Any]:
    """Return the base with values put at JSON pointers; `-`, `-2` and so on append to a list."""
    raw: dict[str, Any] = json.loads(json.dumps(BASE))
    for pointer, value in change.items():
        *path, last = pointer.split("/")[1:]
        inside: Any = raw
        for part in path:
            inside = inside[int(part) if isinstance(inside, list) else part]
        if isinstance(inside, list) and last.startswith("-"):
            inside.append(value)
        else:
            inside[int(last) if isinstance(inside, list) else last] = value
    return raw


def said(found: Document, key: str) -> object:
    """Return a value as the page writes it."""
    if key == "quantity":
        assert isinstance(found, Order)
        return found.item.quantity
    value = getattr(found, key)
    return str(value) if isinstance(value, date) and not isinstance(value, datetime) else value


def assert_found(found: tuple[Document, ...], wanted: list[dict[str, Any]]) -> None:
    """Assert that as many were found as the page says, each with the values it names."""
    assert len(found) == len(wanted), found
    for one, values in zip(found, wanted, strict=True):
        given = {key: datetime.fromisoformat(value) if key.endswith("_at") else value for key, value in values.items()}
        assert {key: said(one, key) for key in given} == given


def needs(change: dict[str, Any]) -> Needs:
    return needs_of(load_programme(json.dumps(changed(change)).encode()), MONDAY, {})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["example"])
def test_an_example_comes_out_as_written(example: dict[str, Any]):
    assert set(example) == {"example", "change", "expect"}
    assert set(example["expect"]) <= {"orders", "holds", "gaps"}
    found = needs(example["change"])
    assert_found(found.orders, example["expect"].get("orders", []))
    assert_found(found.holds, example["expect"].get("holds", []))
    assert_found(found.gaps, example["expect"].get("gaps", []))


def test_every_block_is_the_base_or_an_example_and_no_two_have_one_name():
    assert len(BLOCKS) == len(EXAMPLES) + 1
    assert len({example["example"] for example in EXAMPLES}) == len(EXAMPLES) > 20


def test_the_first_day_is_a_monday():
    assert f"{MONDAY:%A, %d %B %Y}" in PAGE


def rows(heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column is called so: first cell -> the others."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {first.strip("`"): rest for first, *rest in cells}


def test_the_table_of_packs_holds_their_numbers():
    written = rows("pack")
    assert set(written) == set(pack_names())
    for name, cells in written.items():
        for entry in read_pack(name).entries:
            numbers = (entry.max_days_a_delivery, entry.max_days_on_hand, entry.early_days, entry.buffer_days)
            assert [int(cell) for cell in cells[:4]] == list(numbers), name
        assert read_pack(name).entries[0].rests_on["max_days_a_delivery"].startswith(cells[4]), name


def entries_for(*kinds: ProductKind) -> list[PackEntry]:
    return [entry for name in pack_names() for entry in read_pack(name).entries if {*entry.kinds} & {*kinds}]


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        ("methadone, maintenance", (ProductKind.METHADONE,)),
        (
            "buprenorphine (with or without naloxone), maintenance",
            (ProductKind.BUPRENORPHINE, ProductKind.BUPRENORPHINE_NALOXONE),
        ),
        ("ART, maintenance", (ProductKind.ART,)),
    ],
)
def test_the_table_of_missed_doses_holds_the_packs_thresholds(row: str, kinds: tuple[ProductKind, ...]):
    resume, clearance, prescriber, restart, _ = rows("product and phase")[row]
    found = [
        limits for entry in entries_for(*kinds) for limits in entry.missed_doses if limits.phase is Phase.MAINTENANCE
    ]
    assert found
    for limits in found:
        assert limits.resume_up_to == int(resume)
        assert limits.clearance_up_to == int(resume if clearance == "–" else clearance.split("–")[-1])
        assert limits.clearance_up_to + 1 == int(prescriber.split("–")[0])
        assert limits.restart_from == (None if restart == "–" else int(restart))


def test_every_statement_to_sign_has_a_default_and_a_source_and_is_signed_by_nobody():
    table = PAGE.split("## Sign-off")[1]
    lines = re.findall(r"^\| (\d+) \|(.+)\|$", table, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, len(lines) + 1))
    for _, rest in lines:
        statement, default, source, signed_by, on = (cell.strip() for cell in rest.split("|"))
        assert statement
        assert default
        assert source
        assert (signed_by, on) == ("", "")
