"""Packs named by a programme, as policies of its own products.

Law: what the programme says itself wins. A pack's policy is added only for the classes of clients for which the
programme has no policy of its own for the product, whatever the dates of that one: where it has ended, nothing steps
in for it. Works on plain JSON before fields are checked, as pins do; what is malformed is left for those checks.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import combinations

from routing.domain.errors import Problem
from routing.domain.policies import ClientClass, TakeHome
from routing.domain.policy_files import PackEntry, PolicyPack, nearest_pack, pack_names, read_pack
from routing.domain.reading import Json, pointer

MOST_CHARACTERS = 64
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
# whom a policy without classes is for (docs/rules.md, rule 2)
_ALL_BUT_MINORS = frozenset(ClientClass) - {ClientClass.MINOR}


def policy_id_of(pack: str, entry: str, product_id: str) -> str:
    """Return the id of a pack's policy: `pack.entry.product`, the product hashed where that is too long."""
    whole = f"{pack}.{entry}.{product_id}"
    if len(whole) <= MOST_CHARACTERS:
        return whole
    return f"{pack}.{entry}.{sha256(product_id.encode()).hexdigest()[:16]}"


def expand_packs(raw: dict[str, Json]) -> list[Problem]:
    """Replace `policy_packs` by policies, one for each entry and product that it speaks of.

    Mutates `raw`. Returns what is wrong: names that no pack has, and packs that say two things about the same clients.
    """
    names, own, products = raw.get("policy_packs"), raw.get("policies", []), raw.get("products", [])
    if not isinstance(names, list) or not isinstance(own, list) or not isinstance(products, list):
        return []
    problems = list(_unknown(names))
    covered = _Own.of(own)
    named = [name for name in dict.fromkeys(name for name in names if isinstance(name, str)) if name in pack_names()]
    added = [policy for name in named for policy in _of_pack(read_pack(name), products, covered)]
    problems += _overlaps(added, names)
    raw["policies"] = [*own, *(policy.as_json() for policy in added)]
    if all(isinstance(name, str) and name in named for name in names):
        del raw["policy_packs"]
    return problems


@dataclass(frozen=True)
class _Own:
    """Ids of the programme's own policies, and the classes for which it has one, by product."""

    ids: frozenset[str]
    classes: dict[str, set[str]]

    @classmethod
    def of(cls, policies: Sequence[Json]) -> _Own:
        ids: set[str] = set()
        classes: dict[str, set[str]] = defaultdict(set)
        for policy in policies:
            if not isinstance(policy, dict):
                continue
            product_id, policy_id, named = (policy.get(key) for key in ("product_id", "policy_id", "client_classes"))
            if isinstance(policy_id, str):
                ids.add(policy_id)
            if isinstance(product_id, str):
                words = [word for word in named if isinstance(word, str)] if isinstance(named, list) else []
                classes[product_id].update(words or _ALL_BUT_MINORS)
        return cls(frozenset(ids), classes)


@dataclass(frozen=True, kw_only=True)
class _Added:
    """A pack's policy for one product, for the classes that the programme leaves to it."""

    pack: PolicyPack
    entry: PackEntry
    product_id: str
    classes: tuple[ClientClass, ...]

    @property
    def policy_id(self) -> str:
        return policy_id_of(self.pack.pack, self.entry.entry_id, self.product_id)

    def as_json(self) -> Json:
        rules = self.entry.model_dump(mode="json", exclude_defaults=True, include=set(TakeHome.model_fields))
        classes: list[Json] = [str(each) for each in self.classes]
        about = {"policy_id": self.policy_id, "place": self.pack.place, "product_id": self.product_id}
        return {**about, **rules, "client_classes": classes}

    def contradicts(self, other: _Added) -> bool:
        """Whether both speak of the same clients on some day."""
        ends = [entry.valid_to_on or date.max for entry in (self.entry, other.entry)]
        return (
            self.product_id == other.product_id
            and not {*self.classes}.isdisjoint(other.classes)
            and max(self.entry.valid_from_on, other.entry.valid_from_on) <= min(ends)
        )


def _of_pack(pack: PolicyPack, products: Sequence[Json], own: _Own) -> Iterator[_Added]:
    for entry in pack.entries:
        for product_id in dict.fromkeys(_product_ids(products, entry)):
            wanted = frozenset(entry.client_classes) or _ALL_BUT_MINORS
            left = tuple(each for each in ClientClass if each in wanted - own.classes.get(product_id, set()))
            policy = _Added(pack=pack, entry=entry, product_id=product_id, classes=left)
            if left and policy.policy_id not in own.ids:
                yield policy


def _product_ids(products: Sequence[Json], entry: PackEntry) -> Iterator[str]:
    for product in products:
        if not isinstance(product, dict):
            continue
        product_id, kind, form = (product.get(key) for key in ("product_id", "kind", "form"))
        if isinstance(product_id, str) and _IDENTIFIER.fullmatch(product_id) and entry.is_for(str(kind), str(form)):
            yield product_id


def _unknown(names: Sequence[Json]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if isinstance(name, str) and name not in pack_names():
            yield Problem(
                code="policy_pack_unknown",
                where=pointer("policy_packs", index),
                message="no pack of policies has this name",
                remedy=nearest_pack(name),
            )


def _overlaps(added: Sequence[_Added], names: Sequence[Json]) -> Iterator[Problem]:
    pairs = {
        (first.pack.pack, second.pack.pack): None
        for first, second in combinations(added, 2)
        if first.pack is not second.pack and first.contradicts(second)
    }
    for first, second in pairs:
        yield Problem(
            code="policy_packs_overlap",
            where=pointer("policy_packs", names.index(second)),
            message=f"`{second}` and `{first}` both have a policy for the same product, clients and days",
            remedy="name one of the two, or write policies of your own for the product",
            params={"packs": [first, second]},
        )
