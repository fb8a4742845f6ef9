"""A programme read again, held against the reader: whatever is done to a document, both say the same or one nothing."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.domain.errors import ProgrammeError
from routing.domain.loading import document_of, read_programme
from routing.domain.programme import Programme
from routing.domain.references import IDENTIFIED
from routing.domain.rereading import Reading, read_again
from scenarios.finding import find_scenario
from tests.property.programmes import programmes

# What somebody might write anywhere: right there, wrong here; equal and yet not the same.
VALUES: list[Any] = [
    *(None, True, False, 1, 0, 1.0, -1, 12.5, "", "1", "20261123", "2026-11-23", "2026-11-23T09:30:00+08:00"),
    *("c1", "c2", "v1", "v2", "p1", "p4", "s1", "nobody", "x" * 600, [], {}, ["c1"], ["v1", "v1"]),
    {"lon": 115.2, "lat": -8.6},
    {"lon": -8.6, "lat": 115.2},
    {"pin": "-8.65, 115.21"},
    {"pin": "somewhere"},
]


def reading(programme: Programme) -> Reading:
    return Reading(programme, document_of(programme))


def whole(document: Any) -> Reading | None:
    """What the reader says of a whole document; None: it refuses."""
    try:
        return reading(read_programme(json.loads(json.dumps(document))))
    except ProgrammeError:
        return None


def held(before: Reading, document: Any) -> Reading | None:
    """What is read again, after holding it against the reader."""
    was = copy.deepcopy(document)
    again, asked = read_again(before, document), whole(document)
    assert json.dumps(document) == json.dumps(was)  # nothing is changed in place
    if again is not None:
        assert asked is not None
        assert again.programme == asked.programme
        assert json.dumps(again.document) == json.dumps(asked.document)  # in this order, and True is not 1
    return again


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value, as what holds it and the key or index there."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, child in list(children) for place in [(value, key), *places(child)]]


def exchanged(draw: st.DrawFn, before: Reading) -> dict[str, Any]:
    """Change one value somewhere in one entry of one list, as a merge patch would: all else is the same object."""
    document = dict(before.document)
    kind = draw(st.sampled_from([one for one in (*IDENTIFIED, "ledger") if document.get(one)]))
    entries: Any = list(document[kind])
    index = draw(st.integers(0, len(entries) - 1))
    entries[index] = copy.deepcopy(entries[index])
    where, key = draw(st.sampled_from(places(entries[index])))
    where[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    if draw(st.integers(0, 5)) == 0:
        entries[index][draw(st.sampled_from(["edge_place", "vetoes", "household_id", "valid_to_at", "colour"]))] = (
            copy.deepcopy(draw(st.sampled_from(VALUES)))
        )
    return {**document, kind: entries}


def listed_otherwise(draw: st.DrawFn, before: Reading) -> dict[str, Any]:
    """Add an entry, twice perhaps; take one out; turn a list round; write it anew; or change what is no list."""
    document = dict(before.document)
    kind = draw(st.sampled_from([one for one in (*IDENTIFIED, "ledger") if document.get(one)]))
    entries: Any = document[kind]
    new = {**copy.deepcopy(entries[0]), **({IDENTIFIED[kind]: "new"} if kind in IDENTIFIED else {})}
    if "code_name" in new:
        new["code_name"] = draw(st.sampled_from(["Somebody New", entries[0]["code_name"]]))
    ways = [
        {**document, kind: [*entries, new]},
        {**document, kind: [*entries, new, new]},
        {**document, kind: [*entries, entries[0]]},
        {**document, kind: entries[1:]},
        {**document, kind: entries[::-1]},
        {**document, kind: copy.deepcopy(entries)},
        {**document, kind: None},
        {key: value for key, value in document.items() if key != kind},
        {**document, draw(st.sampled_from(["name", "timezone", "day", "colour", "policy_packs"])): "Asia/Tokyo"},
    ]
    return draw(st.sampled_from(ways))


@st.composite
def stories(draw: st.DrawFn) -> tuple[Reading, list[Any]]:
    """A programme, and draws for what is done to it one after the other."""
    document: Any = document_of(draw(programmes()))
    known = {product["product_id"] for product in document["products"]}
    document["policies"] = [one for one in document["policies"] if one["product_id"] in known]
    for site in document["sites"]:
        site["stock"] = [one for one in site["stock"] if one["product_id"] in known]
    before = whole(document)
    assert before is not None  # or else nothing would be tested
    return before, [draw(st.sampled_from([exchanged, listed_otherwise])) for _ in range(3)]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(stories(), st.data())
def test_what_is_taken_is_what_the_reader_takes(told: tuple[Reading, list[Any]], data: st.DataObject) -> None:
    before, ways = told
    for way in ways:
        document = st.composite(lambda draw, way=way, before=before: way(draw, before))()
        before = held(before, data.draw(document)) or before


def denpasar() -> Reading:
    return reading(read_programme(json.loads(find_scenario("denpasar").programme.read_bytes())))


def with_client(before: Reading, index: int, **keys: Any) -> dict[str, Any]:
    clients: Any = list(before.document["clients"])  # type: ignore[arg-type]
    clients[index] = {key: value for key, value in {**clients[index], **keys}.items() if value is not None}
    return {**before.document, "clients": clients}


def test_an_entry_that_is_exchanged_costs_no_whole_reading() -> None:
    before = denpasar()
    again = held(before, with_client(before, 3, phone="1"))
    assert again is not None
    assert again.programme.clients[3].phone == "1"
    kept = zip(again.programme.clients, before.programme.clients, strict=True)
    assert [one is other for one, other in kept] == [index != 3 for index in range(len(before.programme.clients))]
    assert again.programme.volunteers[0] is before.programme.volunteers[0]


def test_an_entry_that_is_added_is_taken_with_its_pin_read() -> None:
    before = denpasar()
    clients: Any = before.document["clients"]
    new = {"client_id": "new", "code_name": "Somebody New", "place": {"pin": "-8.65, 115.21"}}
    again = held(before, {**before.document, "clients": [*clients, new]})
    assert again is not None
    assert again.programme.clients[-1].place.location.lat == -8.65


def test_an_equal_value_of_another_type_is_left_to_the_reader() -> None:
    # 1 == True in Python; `made_up` is a boolean, so the reader refuses a number
    before = denpasar()
    assert before.document["made_up"] is True
    assert read_again(before, {**before.document, "made_up": 1}) is None


def test_what_other_entries_point_at_may_not_go() -> None:
    before = denpasar()
    volunteers: Any = before.document["volunteers"]
    assert held(before, {**before.document, "volunteers": volunteers[1:]}) is None


def test_a_ledger_that_becomes_empty_is_left_out() -> None:
    before = denpasar()
    assert before.document["ledger"]
    again = held(before, {**before.document, "ledger": []})
    assert again is not None
    assert "ledger" not in again.document


def test_what_contradicts_another_entry_is_left_to_the_reader() -> None:
    before = denpasar()
    name = before.programme.clients[0].code_name
    assert held(before, with_client(before, 1, code_name=name.upper())) is None  # heard, it is the same name


CROSSED = {
    "type": "Polygon",
    "coordinates": [[[115.1, -8.7], [115.2, -8.6], [115.2, -8.7], [115.1, -8.6], [115.1, -8.7]]],
}
FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("clients", {"place": {"pin": "nowhere at all"}}),
    ("clients", {"assessment_on": "20261123"}),
    ("clients", {"vetoes": ["nobody"]}),
    ("clients", {"client_id": "c02"}),
    ("passes", {"areas": [CROSSED]}),
]


@pytest.mark.parametrize(("kind", "keys"), FAULTS)
def test_a_fault_is_left_to_the_reader(kind: str, keys: dict[str, Any]) -> None:
    before = denpasar()
    entries: Any = before.document[kind]
    key, new = IDENTIFIED[kind], {**entries[0], "code_name": "Somebody New"} if kind == "clients" else {**entries[0]}
    assert held(before, {**before.document, kind: [*entries, {**new, key: "new", **keys}]}) is None
    assert held(before, {**before.document, kind: [*entries, {**new, key: "new"}]}) is not None
