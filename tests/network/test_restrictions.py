"""Turn restrictions: what each kind of relation forbids, to whom, and why some are not read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routing.network.extract import Extract, Restriction, Way, read_extract
from routing.network.restrictions import UNREAD, TurnRestriction, read_restrictions

DOCS = Path(__file__).parents[2] / "docs" / "streets.md"
EVERYBODY = frozenset({"bicycle", "motorcycle", "car"})

# 10, 20, 30 and 40 meet at node 5; 50 passes it without a break. 61 and 62 lead on from 40's far end, node 4, to 8,
# where 70 begins; 80 is a ring at 5.
#
#          2
#          | 20
#   1 -10- 5 -30- 3
#          | 40
#          4 -61- 6 -62- 8 -70- 9
WAYS = {
    10: (1, 5), 20: (2, 5), 30: (5, 3), 40: (5, 4), 50: (11, 5, 12), 61: (4, 6), 62: (8, 6), 70: (8, 9),
    80: (5, 13, 14, 5), 90: (20, 21),
}  # fmt: skip
NODE_IDS = {node for nodes in WAYS.values() for node in nodes}


def read(*members: tuple[str, str, int], **tags: str):
    """Read one relation, id 1; `__` in a key stands for a colon."""
    named = {"type": "restriction"} | {key.replace("__", ":"): value for key, value in tags.items()}
    ways = {way_id: Way(way_id, nodes, {"highway": "residential"}) for way_id, nodes in WAYS.items()}
    extract = Extract(
        dict.fromkeys(NODE_IDS, (0.0, 0.0)), {}, ways, "", (0.0, 0.0, 0.0, 0.0), (Restriction(1, named, members),)
    )
    return read_restrictions(extract)


def turns_of(*members: tuple[str, str, int], **tags: str) -> list[tuple[object, ...]]:
    """Return (from, via node, via ways, to) of a relation that is read whole."""
    found = read(*members, **tags)
    assert found.unread == ()
    return [(turn.from_way, turn.via_node, turn.via_ways, turn.to_way) for turn in found.turns]


def code_of(*members: tuple[str, str, int], **tags: str) -> str:
    """Return why a relation forbids nothing."""
    found = read(*members, **tags)
    assert found.turns == ()
    ((code, message),) = [(each.why_code, each.message) for each in found.unread]
    assert message == UNREAD[code]
    return code


AT_5 = (("w", "from", 10), ("n", "via", 5), ("w", "to", 20))


@pytest.mark.parametrize(
    "value", ["no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit"]
)
def test_a_turn_that_is_forbidden(value):
    found = read(*AT_5, restriction=value)
    assert found.turns == (TurnRestriction(1, False, 10, 5, (), 20, EVERYBODY),)
    assert found.unread == ()


@pytest.mark.parametrize("value", ["only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"])
def test_a_turn_that_alone_is_allowed(value):
    assert read(*AT_5, restriction=value).turns == (TurnRestriction(1, True, 10, 5, (), 20, EVERYBODY),)


@pytest.mark.parametrize("value", ["no_turn_on_red", "left_turn", "give_way", "no_left_turn;only_straight_on", ""])
def test_a_value_that_says_nothing_known(value):
    assert code_of(*AT_5, restriction=value) == "value_unknown"


def test_two_values_of_one_kind_are_read():
    assert turns_of(*AT_5, restriction="no_left_turn; no_u_turn") == [(10, 5, (), 20)]


def test_a_relation_without_a_value():
    assert code_of(*AT_5) == "value_missing"


def test_turning_back_into_the_same_way():
    assert turns_of(("w", "from", 10), ("n", "via", 5), ("w", "to", 10), restriction="no_u_turn") == [(10, 5, (), 10)]


# Whom it binds


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({"except": "psv"}, EVERYBODY),
        ({"except": "bicycle"}, {"motorcycle", "car"}),
        ({"except": "psv;bicycle"}, {"motorcycle", "car"}),
        ({"except": "psv; motorcycle"}, {"bicycle", "car"}),
        ({"except": "motorcar"}, {"bicycle", "motorcycle"}),
        ({"except": "motor_vehicle"}, {"bicycle"}),
        ({"except": "delivery"}, EVERYBODY),
        ({"except": "foot"}, EVERYBODY),
    ],
)
def test_exceptions(tags, modes):
    (turn,) = read(*AT_5, restriction="no_left_turn", **tags).turns
    assert turn.modes == modes


@pytest.mark.parametrize("excepted", ["vehicle", "bicycle;motorcycle;motorcar", "bicycle;motor_vehicle"])
def test_everybody_excepted(excepted):
    assert code_of(*AT_5, restriction="no_left_turn", **{"except": excepted}) == "mode_not_ours"


@pytest.mark.parametrize(
    ("tags", "modes"),
    [
        ({"restriction__motorcycle": "no_left_turn"}, {"motorcycle"}),
        ({"restriction__motorcar": "no_left_turn"}, {"car"}),
        ({"restriction__bicycle": "no_left_turn"}, {"bicycle"}),
        ({"restriction__motor_vehicle": "no_left_turn"}, {"motorcycle", "car"}),
        ({"restriction__vehicle": "no_left_turn"}, EVERYBODY),
        ({"restriction__vehicle": "no_left_turn", "except": "bicycle"}, {"motorcycle", "car"}),
        ({"restriction__hgv": "no_left_turn", "restriction__motorcycle": "no_left_turn"}, {"motorcycle"}),
        ({"type": "restriction:motorcar", "restriction": "no_left_turn"}, {"car"}),
        ({"restriction": "no_right_turn", "restriction__bicycle": "give_way"}, EVERYBODY),
    ],
)
def test_restrictions_for_some_modes(tags, modes):
    (turn,) = read(*AT_5, **tags).turns
    assert turn.modes == modes


@pytest.mark.parametrize(
    "tags",
    [
        {"restriction__hgv": "no_left_turn"},
        {"restriction__bus": "only_straight_on"},
        {"restriction__foot": "no_left_turn"},
        {"type": "restriction:hgv", "restriction": "no_left_turn"},
    ],
)
def test_restrictions_for_others_than_us(tags):
    assert code_of(*AT_5, **tags) == "mode_not_ours"


def test_a_mode_may_be_told_otherwise_than_the_others():
    found = read(*AT_5, restriction="no_left_turn", restriction__bicycle="only_left_turn").turns
    assert {(turn.only, turn.modes) for turn in found} == {
        (False, frozenset({"motorcycle", "car"})),
        (True, frozenset({"bicycle"})),
    }


@pytest.mark.parametrize(
    "tags",
    [
        {"restriction__conditional": "no_left_turn @ (Mo-Fr 07:00-09:00; SH off)"},
        {"restriction": "no_left_turn", "restriction__conditional": "none @ (20:00-06:00)"},
        {"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"},
    ],
)
def test_what_holds_at_some_hours_is_taken_to_hold_always_and_said_to(tags):
    found = read(*AT_5, **tags)
    assert found.turns == (TurnRestriction(1, False, 10, 5, (), 20, EVERYBODY),)
    assert [each.why_code for each in found.unread] == ["condition_not_read"]


def test_a_condition_for_one_mode():
    (turn,) = read(*AT_5, restriction__motorcycle__conditional="only_left_turn @ (Su)").turns
    assert (turn.only, turn.modes) == (True, {"motorcycle"})


# From where to where


def test_no_entry_from_several_ways_and_no_exit_into_several():
    froms = (("w", "from", 10), ("w", "from", 20), ("n", "via", 5), ("w", "to", 40))
    assert turns_of(*froms, restriction="no_entry") == [(10, 5, (), 40), (20, 5, (), 40)]
    tos = (("w", "from", 10), ("n", "via", 5), ("w", "to", 20), ("w", "to", 30))
    assert turns_of(*tos, restriction="no_exit") == [(10, 5, (), 20), (10, 5, (), 30)]


def test_of_several_ways_from_those_count_that_meet_the_junction():
    # 61 was cut off 40 once, and stayed a member.
    members = (("w", "from", 61), ("w", "from", 40), ("n", "via", 5), ("w", "to", 30))
    assert turns_of(*members, restriction="only_right_turn") == [(40, 5, (), 30)]


def test_only_one_way_of_two_is_contradictory():
    members = (("w", "from", 10), ("n", "via", 5), ("w", "to", 20), ("w", "to", 30))
    assert code_of(*members, restriction="only_straight_on") == "several_ways"


def test_order_and_other_roles_of_members_do_not_matter():
    members = (("w", "to", 20), ("n", "location_hint", 1), ("n", "via", 5), ("w", "from", 10), ("w", "", 30))
    assert turns_of(*members, restriction="no_left_turn") == [(10, 5, (), 20)]


def test_over_one_way_and_over_two():
    one = (("w", "from", 10), ("w", "via", 40), ("w", "to", 61))
    assert turns_of(*one, restriction="no_u_turn") == [(10, None, (40,), 61)]
    two = (("w", "from", 40), ("w", "via", 61), ("w", "via", 62), ("w", "to", 70))
    assert turns_of(*two, restriction="no_u_turn") == [(40, None, (61, 62), 70)]
    assert read(*two, restriction="only_straight_on").turns[0].only


def test_ways_between_listed_in_the_wrong_order_are_sorted():
    members = (("w", "from", 40), ("w", "via", 62), ("w", "via", 61), ("w", "to", 70))
    assert turns_of(*members, restriction="no_u_turn") == [(40, None, (61, 62), 70)]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ([("n", "via", 5), ("w", "to", 20)], "member_missing"),
        ([("w", "from", 10), ("n", "via", 5)], "member_missing"),
        ([("w", "from", 10), ("w", "to", 20)], "member_missing"),
        ([("n", "from", 1), ("n", "via", 5), ("w", "to", 20)], "member_missing"),
        ([("w", "from", 999), ("n", "via", 5), ("w", "to", 20)], "member_outside"),
        ([("w", "from", 10), ("n", "via", 999), ("w", "to", 20)], "member_outside"),
        ([("w", "from", 10), ("n", "via", 5), ("w", "to", 999)], "member_outside"),
        ([("w", "from", 10), ("w", "via", 999), ("w", "to", 20)], "member_outside"),
        ([("w", "from", 10), ("n", "via", 5), ("w", "to", 61)], "members_apart"),
        ([("w", "from", 10), ("w", "via", 40), ("w", "to", 70)], "members_apart"),
        ([("w", "from", 61), ("n", "via", 6), ("w", "to", 20)], "members_apart"),
        ([("w", "from", 10), ("n", "via", 5), ("n", "via", 4), ("w", "to", 61)], "via_mixed"),
        ([("w", "from", 10), ("n", "via", 5), ("w", "via", 40), ("w", "to", 61)], "via_mixed"),
        ([("w", "from", 10), *(("w", "via", way) for way in sorted(WAYS)), ("w", "to", 61)], "via_mixed"),
        ([("w", "from", 10), ("w", "via", 40), ("w", "via", 90), ("w", "to", 20)], "via_not_connected"),
        ([("w", "from", 10), ("w", "via", 80), ("w", "to", 20)], "via_not_connected"),
    ],
)  # fmt: skip
def test_relations_that_cannot_be_read(members, code):
    assert code_of(*members, restriction="no_left_turn") == code


# 50 passes node 5 without a break.
@pytest.mark.parametrize(
    ("one", "other", "value", "turns"),
    [
        (50, 20, "no_left_turn", [(50, 5, (), 20)]),  # from either side: one of the two is meant
        (10, 50, "no_left_turn", [(10, 5, (), 50)]),  # into either side
        (10, 50, "only_left_turn", [(10, 5, (), 50)]),  # either side is allowed
    ],
)
def test_a_way_that_runs_on_beyond_the_junction_is_meant_with_both_sides(one, other, value, turns):
    assert turns_of(("w", "from", one), ("n", "via", 5), ("w", "to", other), restriction=value) == turns


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (50, 20, "only_left_turn"),  # would turn everybody off the through road
        (50, 50, "no_u_turn"),  # would close the through road
        (80, 80, "no_u_turn"),  # a ring: turning back, or going round once more
        (80, 20, "only_left_turn"),
    ],
)
def test_a_way_that_runs_on_where_closing_it_would_be_a_guess(one, other, value):
    assert code_of(("w", "from", one), ("n", "via", 5), ("w", "to", other), restriction=value) == "way_not_split"


# Real ones


@pytest.mark.parametrize(
    ("extract", "relations", "unread"),
    [
        # Looked up one by one with osmium alone.
        ("monaco_pbf", 46, {3410852: "member_missing", 3410854: "member_outside", 7361260: "member_missing"}),
        (
            "copenhagen_pbf",
            41,
            {
                906264: "member_outside",  # way from and node via lie beyond the border
                1426954: "member_missing",  # one member, without a role
                1502921: "member_missing",
                1514612: "member_missing",
                1674608: "member_missing",
                1805263: "member_outside",
                1805266: "mode_not_ours",  # lorries
                1805363: "member_outside",
                1805365: "mode_not_ours",
            },
        ),
    ],
)
def test_every_relation_of_a_real_town_is_read_or_listed(request, extract, relations, unread):
    town = read_extract(request.getfixturevalue(extract))
    found = read_restrictions(town)
    assert {each.relation_id: each.why_code for each in found.unread} == unread
    read_ids = [turn.relation_id for turn in found.turns]
    assert len(read_ids) == len(set(read_ids)) == relations - len(unread)
    assert {*read_ids, *unread} == {each.relation_id for each in town.restrictions}


def test_three_real_ones_are_read_as_the_map_shows_them(copenhagen_pbf):
    turns = {turn.relation_id: turn for turn in read_restrictions(read_extract(copenhagen_pbf)).turns}
    assert turns[1659944] == TurnRestriction(1659944, False, 1881263, 8087220, (), 1881263, EVERYBODY)
    assert turns[1600363].modes == {"motorcycle", "car"}
    # Three ways from, one after another; the last one ends at the junction.
    assert turns[1198853] == TurnRestriction(1198853, False, 140412991, 300094083, (), 27336086, EVERYBODY)


def test_every_reason_is_explained():
    page = DOCS.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page.split("## Turn restrictions")[1], re.MULTILINE)) == set(UNREAD)
