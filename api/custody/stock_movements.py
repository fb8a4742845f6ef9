"""What is received, counted, written off and moved. Law: event time counts, and a count says all that came before it.

A movement from before the last count of its shelf is kept and changes nothing. A count that comes late is told on by
what has happened since. Issues of goods count as movements of the shelf they come from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import select

from api.custody.effects import Effect
from api.custody.movements import Movement, MovementKind
from api.custody.persons import witness_problem
from api.custody.refusals import id_taken, product_unknown, site_unknown, too_early
from api.custody.shelves import Portion, Stocks, counted, lots, put, rounded, take
from api.storage.visit_tables import CustodyRecord, StockMovement
from api.visits.books import Books, in_order
from routing.domain.errors import Problem
from routing.domain.reading import Json

TABLE = StockMovement.__tablename__
MOST_STOCK = 10**9  # of a product on a shelf, as in a programme


def move(books: Books, movement: Movement, user_id: str) -> tuple[Problem | None, bool]:
    """Keep a movement and bring the shelves to it; return what is wrong with it, and whether it is new."""
    row = books.session.get(StockMovement, (books.organisation_id, books.programme_id, movement.movement_id))
    content_hash = books.content_hash("movement", movement.model_dump_json(exclude_defaults=True))
    if row is not None:
        return (None if row.content_hash == content_hash else id_taken("/movement_id")), False
    problem = _problem(books, movement, user_id)
    if problem is None:
        effects = _apply(books, movement)
        _keep(books, movement, effects, user_id, content_hash)
    return problem, problem is None


def movements_on(books: Books, on: date) -> list[dict[str, Json]]:
    """Return the movements of a day, as they came."""
    query = select(StockMovement).where(
        StockMovement.programme_id == books.programme_id, StockMovement.on_date == on.isoformat()
    )
    return [_value(books, row) for row in in_order(books.session.scalars(query).all())]


def issue(books: Books, site_id: str, product_id: str, quantity: float, at: datetime) -> tuple[list[Effect], float]:
    """Take what is issued from its shelf, unless it was counted since; return that, and how much was not there."""
    if _last_count_at(books, site_id, product_id, "") >= at:
        return [], 0.0
    taken = take(_stocks(books, site_id), product_id, quantity, good_on=books.day_of(at))
    set_stocks(books, {site_id: taken.left})
    return [_less(site_id, product_id, at, portion) for portion in taken.portions], taken.missing


def set_stocks(books: Books, changed: dict[str, Stocks]) -> None:
    """Write what lies at some sites."""
    sites: list[Json] = []
    for site in books.programme.sites:
        after = site.changed(stock=changed[site.site_id]) if site.site_id in changed else site
        sites.append(json.loads(after.model_dump_json(exclude_defaults=True)))
    books.change({**books.kept.document, "sites": sites})


def _problem(books: Books, movement: Movement, user_id: str) -> Problem | None:
    return (
        _unknown(books, movement)
        or _of_persons(books, movement, user_id)
        or too_early(movement.at)
        or _impossible(books, movement)
    )


def _unknown(books: Books, movement: Movement) -> Problem | None:
    for site_id in filter(None, (movement.site_id, movement.to_site_id)):
        if ("sites", site_id) not in books.kept.rows:
            return site_unknown()
    if ("products", movement.product_id) not in books.kept.rows:
        return product_unknown("/product_id")
    return None


def is_controlled(books: Books, product_id: str) -> bool:
    """Whether a product is counted by two persons."""
    return any(one.product_id == product_id and one.controlled for one in books.programme.products)


def _of_persons(books: Books, movement: Movement, user_id: str) -> Problem | None:
    if movement.witness is not None:
        return witness_problem(books, user_id, movement.witness)
    if not is_controlled(books, movement.product_id):
        return None
    return Problem(
        code="witness_needed",
        where="/witness",
        message="controlled goods are counted by two persons",
        remedy="name the second one",
    )


def _impossible(books: Books, movement: Movement) -> Problem | None:
    stocks = _stocks(books, movement.site_id)
    if movement.kind is MovementKind.COUNTED and not movement.lot and lots(stocks, movement.product_id) > 1:
        return Problem(
            code="lot_needed",
            where="/lot",
            message="several lots of the product lie there",
            remedy="count each lot by itself",
        )
    takes = movement.kind in {MovementKind.WRITTEN_OFF, MovementKind.MOVED} and not _is_overtaken(books, movement)
    if takes and take(stocks, movement.product_id, movement.quantity, lot=movement.lot).missing > 0:
        return Problem(
            code="stock_short",
            where="/quantity",
            message="by the records less than that lies there",
            remedy="count the shelf first: a movement `counted`",
        )
    if _would_lie_there(books, movement) > MOST_STOCK:
        return Problem(
            code="stock_too_much",
            where="/quantity",
            message=f"more than {MOST_STOCK} of a product would lie there",
            remedy="correct the quantity, or count the shelf",
        )
    return None


def _would_lie_there(books: Books, movement: Movement) -> float:
    """Return how much of a product there would be, at most, on the shelf to which a movement adds."""
    if movement.kind is MovementKind.WRITTEN_OFF:
        return 0.0
    if movement.kind is MovementKind.COUNTED:
        return movement.quantity + _since(books, movement)
    stocks = _stocks(books, movement.to_site_id or movement.site_id)
    return movement.quantity + sum(one.quantity for one in stocks if one.product_id == movement.product_id)


def _is_overtaken(books: Books, movement: Movement) -> bool:
    return _last_count_at(books, movement.site_id, movement.product_id, movement.lot) >= movement.at


def _apply(books: Books, movement: Movement) -> list[Effect]:
    """Change the shelves, and return what was done to them."""
    site_id, product_id, at = movement.site_id, movement.product_id, movement.at
    portion = Portion(movement.lot, movement.expires_on, movement.quantity)
    if movement.kind is MovementKind.COUNTED:
        if not _is_overtaken(books, movement):
            now = portion._replace(quantity=portion.quantity + _since(books, movement))
            set_stocks(books, {site_id: counted(_stocks(books, site_id), product_id, now)})
        return []
    if movement.kind is MovementKind.RECEIVED:
        return _received(books, site_id, product_id, at, [portion])
    if _is_overtaken(books, movement):
        portions: Sequence[Portion] = [portion]
        effects = []
    else:
        taken = take(_stocks(books, site_id), product_id, movement.quantity, lot=movement.lot)
        set_stocks(books, {site_id: taken.left})
        portions, effects = taken.portions, [_less(site_id, product_id, at, one) for one in taken.portions]
    if movement.to_site_id is not None:
        effects += _received(books, movement.to_site_id, product_id, at, portions)
    return effects


def _received(books: Books, site_id: str, product_id: str, at: datetime, portions: Sequence[Portion]) -> list[Effect]:
    stocks, effects = _stocks(books, site_id), []
    for portion in portions:
        if _last_count_at(books, site_id, product_id, portion.lot) < at:
            stocks = put(stocks, product_id, portion)
            effects.append(Effect(at=at, site_id=site_id, product_id=product_id, portion=portion))
    if effects:
        set_stocks(books, {site_id: stocks})
    return effects


def _less(site_id: str, product_id: str, at: datetime, portion: Portion) -> Effect:
    less = portion._replace(quantity=-portion.quantity)
    return Effect(at=at, site_id=site_id, product_id=product_id, portion=less)


def _since(books: Books, count: Movement) -> float:
    """Return how much more there is by now than when a shelf was counted."""
    return rounded(sum(one.portion.quantity for one in _effects_since(books, count)))


def _effects_since(books: Books, count: Movement) -> list[Effect]:
    """Return what has been done to a shelf after an instant, as far as it is known by now."""
    moved = [Effect.read(one) for value in _all(books) for one in value["effects"]]  # type: ignore[union-attr, arg-type]
    query = select(CustodyRecord).where(CustodyRecord.programme_id == books.programme_id)
    for row in books.session.scalars(query):
        table = CustodyRecord.__tablename__
        value = json.loads(books.unseal(table, row.record_id, row.sealed_goods, None, "sealed_goods"))
        moved += [Effect.read(one) for one in value.get("effects", ())]
    return [
        one
        for one in moved
        if (one.site_id, one.product_id) == (count.site_id, count.product_id)
        and one.at > count.at
        and (not count.lot or one.portion.lot == count.lot)
    ]


def _last_count_at(books: Books, site_id: str, product_id: str, lot: str) -> datetime:
    """Return when a shelf was counted last; long ago, where it never was."""
    return max(
        (
            datetime.fromisoformat(str(one["at"]))
            for one in _all(books)
            if one["kind"] == MovementKind.COUNTED
            and (one["site_id"], one["product_id"]) == (site_id, product_id)
            and (not one.get("lot") or one.get("lot") == lot)
        ),
        default=datetime.min.replace(tzinfo=UTC),
    )


def _all(books: Books) -> list[dict[str, Json]]:
    query = select(StockMovement).where(StockMovement.programme_id == books.programme_id)
    return [_value(books, row) for row in books.session.scalars(query)]


def _value(books: Books, row: StockMovement) -> dict[str, Json]:
    value: dict[str, Json] = json.loads(books.unseal(TABLE, row.movement_id, row.sealed))
    return value


def _keep(books: Books, movement: Movement, effects: Sequence[Effect], user_id: str, content_hash: bytes) -> None:
    value = json.loads(movement.model_dump_json(exclude_defaults=True))
    value |= {"first": user_id, "effects": [one.document() for one in effects]}
    books.session.add(
        StockMovement(
            **books.place,
            movement_id=movement.movement_id,
            number=books.next_number(StockMovement),
            on_date=books.day_of(movement.at).isoformat(),
            content_hash=content_hash,
            sealed=books.seal(TABLE, movement.movement_id, value),
            arrived_at=datetime.now(UTC),
        )
    )
    books.session.flush()


def _stocks(books: Books, site_id: str) -> Stocks:
    return next((site.stock for site in books.programme.sites if site.site_id == site_id), ())
