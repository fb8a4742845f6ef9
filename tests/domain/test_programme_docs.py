"""The reference of the programme and its models agree: keys, defaults, words; and its example is a programme."""

import ast
import json
import re
from enum import Enum
from typing import Any, get_args

import pytest
from annotated_types import Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from routing.domain.base import EARLIEST_ON, LATEST_ON
from routing.domain.hours import ALL_WEEK
from routing.domain.loading import load_programme
from routing.domain.references import POINTING
from tests.domain.models import keys, limits, models
from tests.domain.source_codes import ROOT
from tests.domain.stories import document, found, good

PAGE = (ROOT / "docs/programme.md").read_text(encoding="utf-8")

# Each model and the heading under which its keys stand.
HEADINGS = {
    "Programme": "The document",
    "Location": "`near`, `location`",
    "Coordinator": "`coordinator`",
    "SheetChoices": "`sheets`",
    "Preferences": "`preferences`",
    "Calendar": "`calendar`",
    "ClosedDay": "`calendar.closed_days[]`",
    "Hours": "Hours",
    "Place": "Places",
    "Product": "`products[]`",
    "Site": "`sites[]`",
    "Stock": "`sites[].stock[]`",
    "Policy": "`policies[]`",
    "MissedDoses": "`policies[].missed_doses[]`",
    "Client": "`clients[]`",
    "Consent": "`clients[].consent`",
    "StatusChange": "`clients[].status[]`",
    "Regimen": "`clients[].regimens[]`",
    "DoseStep": "`clients[].regimens[].steps[]`",
    "HomeSupply": "`clients[].regimens[].home`",
    "Clearance": "`clients[].regimens[].clearance`",
    "SupplyOrder": "`clients[].supplies[]`",
    "Prescriber": "`prescribers[]`",
    "Volunteer": "`volunteers[]`",
    "Vehicle": "`volunteers[].vehicles[]`",
    "CustodyCeiling": "`volunteers[].custody[]`",
    "Authorisation": "`volunteers[].authorisations[]`",
    "Break": "`volunteers[].breaks[]`",
    "Pass": "`passes[]`",
    "AreaPolygon": "Areas: `Polygon`",
    "AreaMultiPolygon": "Areas: `MultiPolygon`",
    "Corridor": "`passes[].corridors[]`",
    "MovementRule": "`movement_rules[]`",
    "Zone": "`zones[]`",
    "Checkpoint": "`checkpoints[]`",
    "LedgerEntry": "`ledger[]`",
    "DaySoFar": "`day`",
    "VolunteerSoFar": "`day.volunteers[]`",
    "Parcel": "Parcels",
    "ParcelUnit": "Units of a parcel",
    "Served": "`day.served[]`",
    "Promise": "`day.promised[]`",
    "Lock": "`day.locks[]`",
}
# What decides about a day, and about whom to call. Sheets and pages may show a key that no rule reads.
RULES = (
    *(ROOT / "routing" / name for name in ("assembling", "checking", "continuity", "explaining", "horizon")),
    *(ROOT / "routing" / name for name in ("passes", "solver")),
    ROOT / "api" / "cli",
)


def rows(model: type[BaseModel]) -> dict[str, list[str]]:
    """Return the table of a model's section: key -> type, default, meaning."""
    heading = re.escape(HEADINGS[model.__name__])
    found_section = re.search(rf"^#+ {heading}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found_section is not None, heading
    lines = re.findall(r"^\| `([^`]+)` \|(.*)\|$", found_section[1], re.MULTILINE)
    assert len(lines) == len(dict(lines))
    return {key: [cell.strip() for cell in rest.split(" | ")] for key, rest in lines}


def default_of(field: FieldInfo) -> str:
    """Return a default as the page writes it."""
    if field.is_required():
        return "required"
    value = field.default
    if value is None:
        return "none"
    if value == ALL_WEEK:
        return "every day"
    if isinstance(value, BaseModel):
        return "`{}`"
    return f"`{value}`" if isinstance(value, Enum) else f"`{json.dumps(value)}`"


def words_in(hint: Any) -> list[str]:
    """Return the words of the closed list that a type is, or is a list of."""
    if isinstance(hint, type) and issubclass(hint, Enum):
        return [str(word) for word in hint]
    return next((words for argument in get_args(hint) if (words := words_in(argument))), [])


def test_every_model_has_its_section_and_every_section_a_model():
    assert {model.__name__ for model in models()} == set(HEADINGS)
    titles = set(re.findall(r"^#{2,} (.+)$", PAGE, re.MULTILINE))
    assert titles == {*HEADINGS.values(), "Limits", "Words"}


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_key_is_there_in_its_order_with_its_default(model: type[BaseModel]):
    written = {key: cells[1] for key, cells in rows(model).items()}
    assert list(written.items()) == [
        (field.alias or name, default_of(field)) for name, field in model.model_fields.items()
    ]


def test_every_word_of_a_closed_list_is_named():
    shared = re.findall(r"^\| [a-z ]+ \| (`.+`) \|$", PAGE.split("## Words")[1], re.MULTILINE)
    for key in keys():
        words = words_in(key.hint)
        if not words:
            continue
        meaning = rows(key.model)[key.name][2]
        if "[values](#words)" in meaning:
            assert ", ".join(f"`{word}`" for word in words) in shared, key.path
        else:
            assert [word for word in words if f"`{word}`" not in meaning] == [], key.path


@pytest.mark.parametrize(("path", "kind"), POINTING, ids=[path for path, _ in POINTING])
def test_every_id_that_points_says_where(path: str, kind: str):
    key = next(key for key in keys() if key.path == path)
    assert f"of `{kind}`" in rows(key.model)[key.name][0]


def test_a_key_that_is_said_to_be_read_by_no_rule_is_read_by_none():
    marked = {(key, cells[2].endswith("†")) for model in models() for key, cells in rows(model).items()}
    unread = {key for key, is_unread in marked if is_unread and (key, False) not in marked}
    read = {
        node.attr
        for folder in RULES
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert unread
    assert unread & read == set()


def test_the_limits_that_are_written_are_those_that_hold():
    story = document(good())
    for where, limit in (("grace_h", 72), ("tier_weight", 1000), ("doses_a_day", 4), ("duration_s", 14400)):
        assert re.search(rf"\| `{where}` .*\b{limit}\b", PAGE), where
        value = re.search(rf'"{where}": \d+', story.decode())
        assert value is not None
        for number, codes in ((limit, set()), (limit + 1, {"out_of_range"})):
            data = story.decode().replace(value[0], f'"{where}": {number}', 1).encode()
            assert {code for code, _ in found(data)} == codes


def test_every_upper_limit_is_in_the_row_of_its_key_or_in_the_table_of_limits():
    table = re.findall(r"^\| (\d+) \| (.+) \|$", PAGE.split("## Limits")[1].split("## Words")[0], re.MULTILINE)
    written = {(int(limit), name) for limit, names in table for name in re.findall(r"`([^`]+)`", names)}
    held = set()
    for key in keys():
        for limit in limits(key.hint):
            if not isinstance(limit, Le) or key.name in {"coordinates", "line"}:
                continue
            most = int(str(limit.le))
            if not re.search(rf"\b{most}\b", rows(key.model)[key.name][2]):
                parent = key.path.split("/")[-3] if key.name == "quantity" and key.path.count("/") > 2 else "ledger"
                held.add((most, f"{parent}[].quantity" if key.name == "quantity" else key.name))
    assert held == written
    assert sum(names.count("`") // 2 for _, names in table) == len(written)


def test_the_limits_of_the_calendar_are_written():
    assert f"between {EARLIEST_ON} and {LATEST_ON}, both included" in PAGE


def test_the_example_is_a_programme():
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    programme = load_programme(example[1].encode())
    assert programme.made_up
    assert [client.place.location is not None for client in programme.clients] == [True]


def test_every_link_within_the_page_leads_to_a_heading():
    titles = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
