"""Say which turns are forbidden, from the restriction relations of an extract.

Law: a relation either forbids turns or is listed with the reason why not; none is dropped. Where a `no_` can mean more
than one turn it forbids each of them, since a detour costs minutes and a forbidden turn costs a licence; an `only_`
that can mean more than one is left out, for it would close a through road on a guess. Walkers are never bound.
The plan checker reads the relations a second time on purpose and must not import this file.

Sources: OpenStreetMap wiki, Relation:restriction, Key:restriction, Key:except, Conditional restrictions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from routing.network.extract import Extract, Restriction, Way

UNREAD = {
    "condition_not_read": "it holds on a condition or at certain hours, which are not read: it is taken to hold always",
    "value_missing": "it has no restriction tag",
    "value_unknown": "its value is not one of the known ones, or a no_ and an only_ at once",
    "mode_not_ours": "it binds no bicycle, motorcycle or car",
    "member_missing": "it has no way from, no way to, or nothing via",
    "member_outside": "the extract has no such street or node: it lies outside, or is no road",
    "members_apart": "no way from and no way to meet at what lies between them",
    "via_mixed": "between them lie several nodes, or nodes and ways, and not one node or ways one after another",
    "via_not_connected": "the ways between do not join at their ends",
    "way_not_split": "the way from runs on beyond the junction, so it cannot be told to which of its sides this speaks",
    "several_ways": "it says that only one way may be taken, and names several",
}
"""Why a relation is not read, or not wholly: code -> reason."""

# The keys that speak to a mode, the most telling one first.
_KEYS = {
    "bicycle": ("bicycle", "vehicle"),
    "motorcycle": ("motorcycle", "motor_vehicle", "vehicle"),
    "car": ("motorcar", "motor_vehicle", "vehicle"),
}
_TURNS = ("left_turn", "right_turn", "straight_on", "u_turn")
_NO = frozenset(f"no_{turn}" for turn in (*_TURNS, "entry", "exit"))
_ONLY = frozenset(f"only_{turn}" for turn in _TURNS)
_CONDITIONAL = re.compile(r"((?:no|only)_\w+)\s*@")
# Keys that named hours before `restriction:conditional`.
_HOUR_KEYS = frozenset({"day_on", "day_off", "hour_on", "hour_off"})
_MOST_VIA_WAYS = 6


@dataclass(frozen=True)
class TurnRestriction:
    """One forbidden turn, or one that alone is allowed.

    Read without `only`: who comes along `from_way`, passes the node or all of the ways between from end to end, and
    goes on into `to_way`, breaks it. With `only`: who comes along `from_way` to the node, or to where the first of the
    ways between begins, must go on over these and into `to_way`; a drive may end on the way. Several `only` for one
    `from_way` and one beginning allow each of their turns. Where a way meets the junction with more than one arm, all
    its arms are meant.

    Attributes
    ----------
    via_node, via_ways
        A node, or else ways in the order driven; the other one is None or empty.
    modes
        Of `bicycle`, `motorcycle` and `car`; never empty.
    """

    relation_id: int
    only: bool
    from_way: int
    via_node: int | None
    via_ways: tuple[int, ...]
    to_way: int
    modes: frozenset[str]


@dataclass(frozen=True)
class Unread:
    """What of a relation is not read; `why_code` is a key of `UNREAD`."""

    relation_id: int
    why_code: str
    message: str


@dataclass(frozen=True)
class RestrictionsRead:
    """What an extract's restriction relations say; each relation is in `turns` or in `unread`.

    One that is not read whole is in both. Mostly its hours are not read: its turn counts as forbidden at all times, and
    `unread` says so.
    """

    turns: tuple[TurnRestriction, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True)
class _Passage:
    """What lies between from and to: the node where it begins, the ways, the node where it ends."""

    entry: int
    ways: tuple[int, ...]
    exit: int


class _UnreadableError(Exception):
    """A relation cannot be read; carries a key of `UNREAD`."""


def read_restrictions(extract: Extract) -> RestrictionsRead:
    """Read every restriction relation of an extract, in order of id."""
    turns: list[TurnRestriction] = []
    unread: list[Unread] = []
    for relation in extract.restrictions:
        found, codes = _read(relation, extract)
        turns += found
        unread += [Unread(relation.relation_id, code, UNREAD[code]) for code in codes]
    return RestrictionsRead(tuple(turns), tuple(unread))


def _read(relation: Restriction, extract: Extract) -> tuple[list[TurnRestriction], list[str]]:
    """Return what a relation forbids, and why not all of it is read."""
    try:
        bound = _bound_modes(relation.tags)
        froms, tos = (_member_ways(relation, role, extract) for role in ("from", "to"))
        passages = _passages(relation, extract)
    except _UnreadableError as error:
        return [], [str(error)]
    found: list[TurnRestriction] = []
    codes: list[str] = []
    for only, modes in bound.items():  # one entry, unless some modes are told otherwise than others
        try:
            driven = _driven(passages, froms, tos, only=only)
            found += [TurnRestriction(relation.relation_id, only, *turn, modes) for turn in driven]
        except _UnreadableError as error:
            codes.append(str(error))
    if found and _has_condition(relation.tags):
        codes.insert(0, "condition_not_read")
    return found, list(dict.fromkeys(codes))


# What it says, and to whom


def _bound_modes(tags: Mapping[str, str]) -> dict[bool, frozenset[str]]:
    """Return the modes that are told what they may not do (False), and what alone they may (True)."""
    said = {mode: _said(_by_mode(tags), mode) for mode in _KEYS if not _excepted(tags, mode)}
    bound = {only: frozenset(mode for mode, value in said.items() if value is only) for only in (False, True)}
    if any(bound.values()):
        return {only: modes for only, modes in bound.items() if modes}
    values = [value for key, value in tags.items() if key.partition(":")[0] == "restriction"]
    if not values:
        raise _UnreadableError("value_missing")
    known = any(_meaning(value) is not None for value in values)
    raise _UnreadableError("mode_not_ours" if known else "value_unknown")


def _by_mode(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Write the older `type=restriction:hgv` with `restriction=...` as `restriction:hgv=...`."""
    mode = tags["type"].partition(":")[2]
    if not mode:
        return tags
    return {f"{key}:{mode}" if key == "restriction" else key: value for key, value in tags.items()}


def _said(tags: Mapping[str, str], mode: str) -> bool | None:
    """Return what the most telling key that is understood means for a mode."""
    for key in (*(f"restriction:{name}" for name in _KEYS[mode]), "restriction"):
        for name in (key, f"{key}:conditional"):
            meaning = _meaning(tags.get(name, ""))
            if meaning is not None:
                return meaning
    return None


def _meaning(value: str) -> bool | None:
    """Return False for a turn that is forbidden, True for one that alone is allowed, None for anything else."""
    kinds = set(_CONDITIONAL.findall(value) or (part.strip() for part in value.split(";")))
    if kinds & _NO and not kinds & _ONLY:
        return False
    return True if kinds & _ONLY and not kinds & _NO else None


def _excepted(tags: Mapping[str, str], mode: str) -> bool:
    return not set(_KEYS[mode]).isdisjoint(re.split(r"[;,\s]+", tags.get("except", "")))


def _has_condition(tags: Mapping[str, str]) -> bool:
    return any(key in _HOUR_KEYS or (key.startswith("restriction") and ":conditional" in key) for key in tags)


# From where, over what, to where


def _member_ways(relation: Restriction, role: str, extract: Extract) -> list[Way]:
    """Return the ways of a role that the extract has."""
    refs = [ref for kind, named, ref in relation.members if kind == "w" and named == role]
    if not refs:
        raise _UnreadableError("member_missing")
    ways = [extract.ways[ref] for ref in dict.fromkeys(refs) if ref in extract.ways]
    if not ways:
        raise _UnreadableError("member_outside")
    return ways


def _passages(relation: Restriction, extract: Extract) -> list[_Passage]:
    """Return the ways in which what lies between can be passed: one for a node, at least two for ways."""
    nodes, ways = (
        list(dict.fromkeys(ref for kind, role, ref in relation.members if role == "via" and kind == each))
        for each in "nw"
    )
    if not nodes and not ways:
        raise _UnreadableError("member_missing")
    if (nodes and ways) or len(nodes) > 1 or len(ways) > _MOST_VIA_WAYS:
        raise _UnreadableError("via_mixed")
    if any(node not in extract.nodes for node in nodes) or any(way not in extract.ways for way in ways):
        raise _UnreadableError("member_outside")
    if nodes:
        return [_Passage(nodes[0], (), nodes[0])]
    passages = [passage for order in permutations(ways) for passage in _along([extract.ways[way] for way in order])]
    if not passages:
        raise _UnreadableError("via_not_connected")
    return passages


def _along(ways: Sequence[Way]) -> Iterator[_Passage]:
    """Yield the passages over ways in one order, each from end to end."""
    for entry in dict.fromkeys((ways[0].nodes[0], ways[0].nodes[-1])):
        node: int | None = entry
        for way in ways:
            node = _other_end(way, node)
        if node is not None:
            yield _Passage(entry, tuple(way.way_id for way in ways), node)


def _other_end(way: Way, end: int | None) -> int | None:
    """Return the end across a way; None where `end` is none of its ends, or the way is a ring."""
    first, last = way.nodes[0], way.nodes[-1]
    if first == last or end not in (first, last):
        return None
    return last if end == first else first


Turn = tuple[int, int | None, tuple[int, ...], int]


def _driven(passages: Sequence[_Passage], froms: Sequence[Way], tos: Sequence[Way], *, only: bool) -> list[Turn]:
    """Return (from, via node, via ways, to) of the turns that some members make."""
    meeting = [
        (passage, one, other)
        for passage in passages
        for one in froms
        for other in tos
        if _arms(one, passage.entry) and _arms(other, passage.exit)
    ]
    if not meeting:
        raise _UnreadableError("members_apart")
    if only and len({other.way_id for _, _, other in meeting}) > 1:
        raise _UnreadableError("several_ways")
    clear = [each for each in meeting if _is_clear(*each, only=only)]
    if not clear:
        raise _UnreadableError("way_not_split")
    return list(
        dict.fromkeys(
            (one.way_id, None if passage.ways else passage.entry, passage.ways, other.way_id)
            for passage, one, other in clear
        )
    )


def _is_clear(passage: _Passage, one: Way, other: Way, *, only: bool) -> bool:
    """Say whether it can be told which turn is meant, or all that may be meant can be forbidden."""
    runs_on = _arms(one, passage.entry) > 1
    passing_is_turning = one is other and not passage.ways  # a way that runs on and is both from and to
    return not (runs_on and (only or passing_is_turning))


def _arms(way: Way, node: int) -> int:
    """Count the stretches of a way that meet at a node."""
    return sum(node in pair for pair in pairwise(way.nodes) if pair[0] != pair[1])
