"""Which turns are forbidden: restriction relations, read a second time on purpose, and looked for in a drive.

Law: shares nothing with the street engine; who turned is seen from the pieces driven, stretch by stretch. A relation
that `docs/streets.md` lists as not read forbids nothing here either. Sources: OSM wiki, Relation:restriction,
Key:restriction, Key:except, Conditional restrictions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from routing.checking.tracing import FRACTION_TOLERANCE, Piece
from routing.domain.volunteers import Mode
from routing.network.extract import Extract, Restriction, Way

# What speaks to each mode, the most telling first; nothing of a relation speaks to walkers.
VEHICLES: dict[Mode, tuple[str, ...]] = {
    Mode.BICYCLE: ("bicycle", "vehicle"),
    Mode.MOTORCYCLE: ("motorcycle", "motor_vehicle", "vehicle"),
    Mode.CAR: ("motorcar", "motor_vehicle", "vehicle"),
}
MANOEUVRES = frozenset({"left_turn", "right_turn", "straight_on", "u_turn"})
FORBIDDING = {f"no_{each}" for each in MANOEUVRES | {"entry", "exit"}}
OBLIGING = {f"only_{each}" for each in MANOEUVRES}
MOST_WAYS_BETWEEN = 6

# Way, and the two nodes in the order driven.
Stretch = tuple[int, int, int]


@dataclass(frozen=True)
class Rule:
    """One relation's law for one way from and one way to.

    Attributes
    ----------
    at_node
        Where who comes along `from_way` is bound.
    between
        The stretches from there to where `to_way` begins; none where it begins there.
    obliges
        Whether this is the way to go, or the way not to.
    """

    relation_id: int
    obliges: bool
    from_way: int
    at_node: int
    between: tuple[Stretch, ...]
    to_way: int
    modes: frozenset[Mode]

    def is_followed(self, after: Sequence[Stretch], *, to_the_end: bool) -> bool:
        """Whether a drive goes on along this rule's way, or (unless `to_the_end`) ends on it."""
        led = after[: len(self.between)]
        if tuple(led) != self.between[: len(led)]:
            return False
        if len(after) <= len(self.between):
            return not to_the_end
        return after[len(self.between)][0] == self.to_way


@dataclass(frozen=True, eq=False)
class TurnLaw:
    """The turns an extract forbids."""

    extract: Extract

    @cached_property
    def rules(self) -> Mapping[tuple[int, int], list[Rule]]:
        """The rules by the way come along and the node come to."""
        found: dict[tuple[int, int], list[Rule]] = {}
        for relation in self.extract.restrictions:
            for rule in _rules(relation, self.extract):
                found.setdefault((rule.from_way, rule.at_node), []).append(rule)
        return found

    def broken(self, pieces: Sequence[Piece], mode: Mode) -> Iterator[tuple[int, int]]:
        """Yield (number of the piece turned into, relation) for each rule that a drive breaks."""
        drives = list(_stretches(pieces))
        for index, ((way_id, _, node_id), _) in enumerate(drives[:-1]):
            rules = [rule for rule in self.rules.get((way_id, node_id), ()) if mode in rule.modes]
            after = [stretch for stretch, _ in drives[index + 1 :]] if rules else []
            for rule in _broken(rules, after):
                yield drives[index + 1][1], rule.relation_id


def _broken(rules: Sequence[Rule], after: Sequence[Stretch]) -> Iterator[Rule]:
    """Yield the rules broken by what is driven after the node at which they bind."""
    obliging = [rule for rule in rules if rule.obliges]
    if obliging and not any(rule.is_followed(after, to_the_end=False) for rule in obliging):
        yield obliging[0]
    yield from (rule for rule in rules if not rule.obliges and rule.is_followed(after, to_the_end=True))


def _stretches(pieces: Sequence[Piece]) -> Iterator[tuple[Stretch, int]]:
    """Yield each stretch driven with the number of its first piece; pieces of one stretch in a row are one."""
    last: Piece | None = None
    for piece in pieces:
        if piece.first == piece.last:
            continue  # nothing of it is driven
        driven = (piece.way.way_id, piece.from_node, piece.to_node)
        goes_on = last is not None and abs(last.last - piece.first) <= FRACTION_TOLERANCE
        if last is None or driven != (last.way.way_id, last.from_node, last.to_node) or not goes_on:
            yield driven, piece.number
        last = piece


# What a relation says


def _rules(relation: Restriction, extract: Extract) -> Iterator[Rule]:
    """Yield what a relation forbids or obliges to; nothing where it is not read."""
    told = {mode: _told(relation.tags, mode) for mode in VEHICLES}
    for obliges in (False, True):
        modes = frozenset(mode for mode, said in told.items() if said is obliges)
        turns = list(_turns(relation, extract)) if modes else []
        if obliges and len({other.way_id for _, _, other in turns}) > 1:
            continue  # names several ways as the only one
        for one, between, other in turns:
            at_node = between[0][1] if between else _junction(relation)
            if _is_told_apart(one, at_node, other, between, obliges=obliges):
                yield Rule(relation.relation_id, obliges, one.way_id, at_node, between, other.way_id, modes)


def _told(tags: Mapping[str, str], mode: Mode) -> bool | None:
    """Return False if a mode may not make the turn, True if it may make no other, None if it is not spoken to."""
    names = VEHICLES[mode]
    if set(names) & set(re.findall(r"[a-z_]+", tags.get("except", ""))):
        return None
    only_for = tags["type"].removeprefix("restriction").lstrip(":")
    plain = "restriction" if not only_for else f"restriction:{only_for}"
    values = {plain if key == "restriction" else key: value for key, value in tags.items()}
    for key in [f"restriction:{name}" for name in names] + ["restriction"]:
        for suffix in ("", ":conditional"):
            said = _understood(values.get(key + suffix, ""))
            if said is not None:
                return said
    return None


def _understood(value: str) -> bool | None:
    """Return whether a value obliges or forbids; hours are not read: what it says at some it says at all."""
    words = {word.split("@")[0].strip() for word in re.split(r";(?![^(]*\))", value)}
    forbids, obliges = bool(words & FORBIDDING), bool(words & OBLIGING)
    return obliges if forbids != obliges else None


# Where it says it


def _members(relation: Restriction, role: str, kind: str) -> list[int]:
    """Return whom a relation names in a role, each once."""
    return list(dict.fromkeys(ref for of_kind, named, ref in relation.members if (named, of_kind) == (role, kind)))


def _junction(relation: Restriction) -> int:
    return _members(relation, "via", "n")[0]


def _turns(relation: Restriction, extract: Extract) -> Iterator[tuple[Way, tuple[Stretch, ...], Way]]:
    """Yield way from, stretches between and way to, of members that the extract has and that meet."""
    froms, tos = (_ways(_members(relation, role, "w"), extract) for role in ("from", "to"))
    nodes, between_ids = _members(relation, "via", "n"), _members(relation, "via", "w")
    if len(nodes) == 1 and not between_ids and nodes[0] in extract.nodes:
        meeting = [[way for way in ways if nodes[0] in way.nodes] for ways in (froms, tos)]
        yield from ((one, (), other) for one in meeting[0] for other in meeting[1])
    elif between_ids and not nodes and len(between_ids) <= MOST_WAYS_BETWEEN:
        between = _ways(between_ids, extract)
        if len(between) == len(between_ids):
            yield from _over_ways(froms, between, tos)


def _over_ways(
    froms: Sequence[Way], between: Sequence[Way], tos: Sequence[Way]
) -> Iterator[tuple[Way, tuple[Stretch, ...], Way]]:
    for start in {end for way in between for end in (way.nodes[0], way.nodes[-1])}:
        for chain in _chains(start, between):
            for one in froms:
                if start in one.nodes:
                    yield from ((one, chain, other) for other in tos if chain[-1][2] in other.nodes)


def _chains(node: int, ways: Sequence[Way]) -> Iterator[tuple[Stretch, ...]]:
    """Yield the drives from a node over all of some ways, each from end to end; a ring has none."""
    for way in ways:
        ends = way.nodes[0], way.nodes[-1]
        if node in ends and ends[0] != ends[1]:
            nodes = way.nodes if node == ends[0] else way.nodes[::-1]
            driven = tuple((way.way_id, a, b) for a, b in pairwise(nodes) if a != b)
            rest = [other for other in ways if other is not way]
            yield from ((*driven, *more) for more in _chains(nodes[-1], rest)) if rest else (driven,)


def _ways(way_ids: Sequence[int], extract: Extract) -> list[Way]:
    return [extract.ways[way_id] for way_id in way_ids if way_id in extract.ways]


def _is_told_apart(one: Way, at_node: int, other: Way, between: Sequence[Stretch], *, obliges: bool) -> bool:
    """Whether it is sure, of a way that runs on beyond the node, whom the relation speaks to; else all are bound.

    To oblige all, or to forbid a way its own course, would close a street on a guess.
    """
    sides = sum(at_node in pair and pair[0] != pair[1] for pair in pairwise(one.nodes))
    return sides <= 1 or not (obliges or (one is other and not between))
