"""Which key points at which list. Law: works on plain JSON, so that it still runs when fields are wrong."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from routing.domain.errors import Problem
from routing.domain.reading import Json, pointer

# list -> the key that identifies its entries
IDENTIFIED: dict[str, str] = {
    "products": "product_id",
    "sites": "site_id",
    "policies": "policy_id",
    "clients": "client_id",
    "prescribers": "prescriber_id",
    "volunteers": "volunteer_id",
    "passes": "pass_id",
    "movement_rules": "rule_id",
    "zones": "zone_id",
    "checkpoints": "checkpoint_id",
}

# path of a key ("*": every entry; a list of ids counts entry by entry) -> the list it points into
POINTING: tuple[tuple[str, str], ...] = (
    ("sites/*/stock/*/product_id", "products"),
    ("policies/*/product_id", "products"),
    ("clients/*/vetoes/*", "volunteers"),
    ("clients/*/prefers/*", "volunteers"),
    ("clients/*/regimens/*/product_id", "products"),
    ("clients/*/regimens/*/site_id", "sites"),
    ("clients/*/regimens/*/policy_id", "policies"),
    ("clients/*/regimens/*/prescriber_id", "prescribers"),
    ("clients/*/supplies/*/product_id", "products"),
    ("clients/*/supplies/*/site_id", "sites"),
    ("volunteers/*/vetoes/*", "clients"),
    ("volunteers/*/pairs_with", "volunteers"),
    ("volunteers/*/custody/*/product_id", "products"),
    ("passes/*/volunteer_id", "volunteers"),
    ("ledger/*/client_id", "clients"),
    ("ledger/*/product_id", "products"),
    ("ledger/*/volunteer_id", "volunteers"),
    ("day/volunteers/*/volunteer_id", "volunteers"),
    ("day/volunteers/*/client_id", "clients"),
    ("day/volunteers/*/site_id", "sites"),
    ("day/volunteers/*/pass_ids/*", "passes"),
    ("day/volunteers/*/aboard/*/client_id", "clients"),
    ("day/volunteers/*/aboard/*/product_id", "products"),
    ("day/volunteers/*/aboard/*/site_id", "sites"),
    ("day/volunteers/*/fetched/*/client_id", "clients"),
    ("day/volunteers/*/fetched/*/product_id", "products"),
    ("day/volunteers/*/fetched/*/site_id", "sites"),
    ("day/volunteers/*/counts_in/*", "sites"),
    ("day/served/*/client_id", "clients"),
    ("day/served/*/volunteer_id", "volunteers"),
    ("day/promised/*/client_id", "clients"),
    ("day/promised/*/volunteer_id", "volunteers"),
    ("day/locks/*/client_id", "clients"),
    ("day/locks/*/volunteer_id", "volunteers"),
    ("day/locks/*/not_volunteer_ids/*", "volunteers"),
)


def at_path(raw: Json, path: str) -> Iterator[tuple[list[str | int], Json]]:
    """Yield every value a path with `*` names, with the concrete path of each."""
    found: list[tuple[list[str | int], Json]] = [([], raw)]
    for part in path.split("/"):
        found = [([*where, key], child) for where, value in found for key, child in _children(value, part)]
    yield from found


def _children(value: Json, part: str) -> Iterator[tuple[str | int, Json]]:
    if part == "*":
        yield from enumerate(value) if isinstance(value, list) else ()
    elif isinstance(value, dict) and part in value:
        yield part, value[part]


def reference_problems(raw: Json) -> list[Problem]:
    """Find ids that stand twice and ids that point nowhere."""
    return [*_duplicates(raw), *dangling_problems(raw, identifiers(raw))]


def _duplicates(raw: Json) -> Iterator[Problem]:
    for kind, key in IDENTIFIED.items():
        first: dict[str, str] = {}
        for where, value in at_path(raw, f"{kind}/*/{key}"):
            if not isinstance(value, str):
                continue
            place = pointer(*where)
            if value in first:
                yield Problem(
                    code="duplicate_id",
                    where=place,
                    message=f"this `{key}` stands at {first[value]} already",
                    remedy="give each entry an id of its own",
                    params={"first": first[value]},
                )
            first.setdefault(value, place)


def identifiers(raw: Json) -> dict[str, set[str]]:
    """Return the ids of each list."""
    return {
        kind: {value for _, value in at_path(raw, f"{kind}/*/{key}") if isinstance(value, str)}
        for kind, key in IDENTIFIED.items()
    }


def dangling_problems(raw: Json, known: Mapping[str, Container[str]]) -> Iterator[Problem]:
    """Find ids in a document, or in a part of one, that are not among those of their list."""
    for path, kind in POINTING:
        for where, value in at_path(raw, path):
            if isinstance(value, str) and value not in known[kind]:
                yield Problem(
                    code="dangling_id",
                    where=pointer(*where),
                    message=f"no entry of `{kind}` has this id",
                    remedy=f"correct the id, or add the entry to `{kind}`",
                    params={"list": kind},
                )
