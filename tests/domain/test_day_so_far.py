"""The day so far refuses what cannot be, and its locks say together what they say."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from routing.domain.day_so_far import DaySoFar, Lock, VolunteerSoFar
from routing.domain.locks import Locked, lock_problems, locked
from tests.domain.stories import found, spoilt

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def codes(*locks: Lock) -> list[tuple[str, str]]:
    day = DaySoFar(on=NOON.date(), now_at=NOON, locks=locks)
    return [(problem.code, problem.where) for problem in lock_problems(day)]


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": "c1", "mode": "foot", "site_id": "s1"},
        {"client_id": "c1"},
        {"mode": "foot"},
        {"at_end": True, "site_id": "s1", "mode": "foot"},
        {"counts_in": ["s1"]},
    ],
)
def test_a_volunteer_is_at_one_place(fields):
    raw = {"volunteer_id": "v1", "free_at": NOON.isoformat(), **fields}
    with pytest.raises(ValidationError):
        VolunteerSoFar.model_validate_json(json.dumps(raw))


def test_what_a_detained_volunteer_carries_is_known_though_they_are_nowhere():
    fields = {"site_id": None, "mode": None, "counts_in": ("s1",), "out_of_service": True}
    assert VolunteerSoFar(volunteer_id="v1", free_at=NOON, **fields).counts_in == ("s1",)


def test_a_lock_says_something():
    with pytest.raises(ValidationError):
        Lock(client_id="c1")


def test_only_some_locks_demand_a_visit():
    assert [
        Lock(client_id="c1", **fields).demands
        for fields in (
            {"volunteer_id": "v1"},
            {"to_at": NOON},
            {"from_at": NOON},
            {"not_volunteer_ids": ("v1",)},
            {"excluded": True},
        )
    ] == [True, True, False, False, False]


def test_locks_of_one_client_hold_together():
    locks = (
        Lock(client_id="c1", from_at=later(0), to_at=later(60)),
        Lock(client_id="c1", from_at=later(30), not_volunteer_ids=("v2",)),
        Lock(client_id="c2", excluded=True),
    )
    assert locked(DaySoFar(on=NOON.date(), now_at=NOON, locks=locks)) == {
        "c1": Locked(None, frozenset({"v2"}), later(30), later(60)),
        "c2": Locked(excluded=True),
    }
    assert locked(None) == {}


@pytest.mark.parametrize(
    ("locks", "contradict"),
    [
        (({"volunteer_id": "v1"}, {"volunteer_id": "v2"}), True),
        (({"volunteer_id": "v1"}, {"volunteer_id": "v1"}), False),
        (({"volunteer_id": "v1"}, {"not_volunteer_ids": ("v1",)}), True),
        (({"volunteer_id": "v1"}, {"not_volunteer_ids": ("v2",)}), False),
        (({"volunteer_id": "v1"}, {"excluded": True}), True),
        (({"to_at": later(0)}, {"excluded": True}), True),
        (({"from_at": later(0)}, {"excluded": True}), False),
        (({"to_at": later(9)}, {"from_at": later(10)}), True),
        (({"to_at": later(10)}, {"from_at": later(10)}), False),
        (({"to_at": later(11)}, {"from_at": later(10)}), False),
    ],
)
def test_locks_that_contradict_each_other_are_found(locks, contradict):
    both = [Lock(client_id="c1", **fields) for fields in locks]
    assert codes(*both) == ([("locks_contradict", "/day/locks/1")] if contradict else [])
    assert codes(both[0], Lock(client_id="c9", **locks[1])) == []


def test_a_lock_that_contradicts_itself_is_found():
    assert codes(Lock(client_id="c1", volunteer_id="v1", not_volunteer_ids=("v1",))) == [
        ("locks_contradict", "/day/locks/0")
    ]


def test_a_pair_is_admitted_by_either():
    wish = Locked(volunteer_id="v1", not_volunteer_ids=frozenset({"v3"}))
    assert [wish.admits(people) for people in (["v1"], ["v2", "v1"], ["v2"], ["v1", "v3"])] == [
        True,
        True,
        False,
        False,
    ]


def test_the_reader_finds_contradictions_and_what_stands_twice():
    entry = {"volunteer_id": "v1", "free_at": NOON.isoformat()}
    assert found(spoilt(("/day/locks/0/excluded", True))) == [("locks_contradict", "/day/locks/0")]
    assert found(spoilt(("/day/volunteers/1", entry))) == [("duplicate_id", "/day/volunteers/1")]
