"""Rule 14: visits that bring nothing, to assess somebody or to follow up. Law: they ask for no goods and no policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from routing.continuity.day import Day
from routing.continuity.derived import derived
from routing.continuity.order_ids import OrderIds
from routing.continuity.status import VISITED, assessed_since
from routing.continuity.weights import visit_weight
from routing.domain.clients import Client, ClientStatus
from routing.domain.orders import Order, OrderKind, Tier


def visits_due(client: Client, status: ClientStatus, day: Day, order_ids: OrderIds) -> Iterator[Order]:
    """Yield the orders to assess a client and to follow up, from their days on."""
    if status not in VISITED:
        return
    assess_on, follow_up_on = client.assessment_on, client.follow_up_on
    if assess_on is not None and assess_on <= day.on and not assessed_since(client, assess_on, day):
        yield _visit(client, OrderKind.ASSESSMENT, assess_on, order_ids)
    if follow_up_on is not None and follow_up_on <= day.on:
        yield _visit(client, OrderKind.FOLLOW_UP, follow_up_on, order_ids)


def _visit(client: Client, kind: OrderKind, due_on: date, order_ids: OrderIds) -> Order:
    return derived(
        Order,
        order_id=order_ids.visit(client.client_id, kind),
        kind=kind,
        client_id=client.client_id,
        product_id=None,
        site_id=None,
        purpose=None,
        controlled=False,
        item=None,
        fetched=None,
        days=0,
        covers_from_on=None,
        covers_to_on=None,
        run_out_on=None,
        due_on=due_on,
        earliest_on=due_on,
        latest_safe_at=None,
        tier=Tier.T3,
        weight=visit_weight(client, kind),
        binding_cap="",
        policy_id="",
        source="",
        mass_g=0,
        volume_ml=0,
        requires=(),
    )
