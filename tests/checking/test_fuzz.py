"""However broken a plan is, the checker answers: it never raises."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.checking import check
from routing.domain.errors import PlanError
from routing.domain.plan import Plan, dump_plan, load_plan
from routing.domain.programme import Programme
from routing.network.extract import Extract

INSTANTS = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-11-23T09:00:00+08:00",
    "2026-11-24T01:00:00Z",
]
WORDS = [
    "",
    "c1",
    "c2",
    "v1",
    "v2",
    "v3",
    "s1",
    "q3",
    "p01",
    "c1.p01",
    "nobody",
    "visit",
    "load",
    "end",
    "break",
    "start",
]
DATES = ["0001-01-01", "9999-12-31", "2026-11-23", "2026-11-30"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9, allow_nan=False),
    st.sampled_from([*INSTANTS, *WORDS, *DATES, 0, 1, -1, 0.5, [], {}]),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """All paths of a document, short and long."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(found for key, child in children for found in places(child, (*path, key)))]


def mutate(document: Any, path: tuple[str | int, ...], how: str, value: Any) -> None:
    """Change what stands at a path."""
    for key in path[:-1]:
        document = document[key]
    key = path[-1]
    if how == "drop":
        del document[key]
    elif how == "repeat" and isinstance(document, list):
        document.insert(int(key), document[int(key)])
    elif how == "swap" and isinstance(document, list):
        document[int(key)], document[0] = document[0], document[int(key)]
    else:
        document[key] = value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_fuzzed_plan_never_raises(data: st.DataObject, plan: Plan, programme: Programme, town: Extract) -> None:
    document = json.loads(dump_plan(plan))
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from([found for found in places(document) if found]))
        before = json.dumps(document)
        mutate(document, path, data.draw(st.sampled_from(["drop", "repeat", "swap", "put"])), data.draw(VALUES))
        try:
            load_plan(json.dumps(document).encode())
        except PlanError:
            document = json.loads(before)
    found = check(load_plan(json.dumps(document).encode()), programme, town)
    assert all(each.message and each.where.startswith("/") for each in found)


def test_an_empty_plan_forgets_every_order(plan: Plan, programme: Programme, town: Extract) -> None:
    document = json.loads(dump_plan(plan))
    document.update(routes=[], unserved=[])
    forgotten = {
        each.params["order_id"]
        for each in check(load_plan(json.dumps(document).encode()), programme, town)
        if each.code == "order_forgotten"
    }
    assert forgotten == {"c1.p01", "c2.p02", "c2.x", "c3.x", "c4.p05", "c5.x", "c6.x", "c7.x"}


def test_a_route_without_steps_is_broken(plan: Plan, programme: Programme, town: Extract) -> None:
    document = json.loads(dump_plan(plan))
    for route in document["routes"]:
        route["steps"] = []
    assert {"broken_route", "order_forgotten"} <= {
        each.code for each in check(load_plan(json.dumps(document).encode()), programme, town)
    }
