"""What a day that is under way has settled already, and what of its goods is on the road.

Law: an order that is done is not done again on the day; goods aboard serve the orders they were made up for alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from routing.continuity.drafts import Draft
from routing.continuity.units import exact
from routing.domain.day_so_far import DaySoFar
from routing.domain.orders import Gap, Hold, HoldCode, Notice, Order


def settled(day: DaySoFar | None, finding: object) -> bool:
    """Whether what was found about somebody was settled at their door today."""
    if day is None or isinstance(finding, Gap | Notice):
        return False
    if isinstance(finding, Draft | Order):
        order = finding.order if isinstance(finding, Draft) else finding
        return any(order.order_id in each.order_ids for each in day.served)
    # Whoever missed a dose and has been brought some now has a surplus at home by the records alone.
    if not isinstance(finding, Hold) or finding.code is not HoldCode.SURPLUS_AT_HOME:
        return False
    return any(each.client_id == finding.client_id for each in day.served)


def on_the_road(day: DaySoFar | None, drafts: Iterable[Draft]) -> dict[tuple[str, str], Fraction]:
    """Return, by site and product, what is aboard for the orders of today: it need not lie at the site."""
    wanted = {draft.order.order_id for draft in drafts}
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for volunteer in () if day is None else day.volunteers:
        for parcel in () if volunteer.out_of_service else volunteer.aboard:
            if parcel.order_id in wanted:
                found[parcel.site_id, parcel.product_id] += exact(parcel.quantity)
    return found
