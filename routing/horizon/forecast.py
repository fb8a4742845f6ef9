"""The needs of the dates ahead, were nothing delivered before them. Law: what is known today stays as it is.

For a date to come, the doses at home are taken to have been swallowed day by day until they ran out: what is known of
the last dose today would otherwise hold everybody from the day after tomorrow on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from routing.continuity import LOOK_AHEAD_DAYS, needs_of
from routing.domain.clients import Client, Regimen
from routing.domain.orders import Needs, Reach
from routing.domain.programme import Programme
from routing.passes import reach_of

ONE_DAY = timedelta(days=1)

Key = tuple[str, str]  # client_id, product_id


def reach_ahead(programme: Programme, on: date, days: int) -> Reach:
    """Return where somebody may go on all dates that the needs of so many days ask about."""
    return reach_of(programme, on, days + LOOK_AHEAD_DAYS - 1)


def needs_ahead(programme: Programme, on: date, days: int, reach: Reach) -> Iterator[tuple[date, Needs]]:
    """Yield so many dates, `on` first, with the needs of each.

    Parameters
    ----------
    reach
        As from `reach_ahead`.
    """
    forecast = _Forecast()
    for offset in range(days):
        day = on + timedelta(days=offset)
        needs = needs_of(forecast.seen_from(programme, day) if offset else programme, day, reach)
        forecast.note(needs)
        if not offset:
            forecast.keep_unmoved(day, needs)
        yield day, needs


@dataclass
class _Forecast:
    """What the dates have shown so far.

    Attributes
    ----------
    run_out
        The first dose-day without a dose, once a date has told it.
    unmoved
        Regimens held, or without doses at home, on the first date: nothing is taken in between.
    """

    run_out: dict[Key, date] = field(default_factory=dict)
    unmoved: set[Key] = field(default_factory=set)

    def note(self, needs: Needs) -> None:
        """Keep the run-outs that one date tells."""
        for order in needs.orders:
            if order.run_out_on is not None and order.product_id is not None:
                self.run_out.setdefault((order.client_id, order.product_id), order.run_out_on)
        for gap in needs.gaps:  # without an order, a gap begins with the run-out
            self.run_out.setdefault((gap.client_id, gap.product_id), gap.from_on)

    def keep_unmoved(self, first_on: date, needs: Needs) -> None:
        """Keep for whom no dose at home is left to take."""
        self.unmoved = {(hold.client_id, hold.product_id) for hold in needs.holds}
        self.unmoved |= {key for key, run_out_on in self.run_out.items() if run_out_on <= first_on}

    def seen_from(self, programme: Programme, day: date) -> Programme:
        """Return the programme as it would stand on a date: the doses at home taken until they ran out."""
        return programme.changed(clients=tuple(self._client(client, day) for client in programme.clients))

    def _client(self, client: Client, day: date) -> Client:
        regimens = tuple(self._regimen(client, regimen, day) for regimen in client.regimens)
        same = all(new is old for new, old in zip(regimens, client.regimens, strict=True))
        return client if same else client.changed(regimens=regimens)

    def _regimen(self, client: Client, regimen: Regimen, day: date) -> Regimen:
        key = client.client_id, regimen.product_id
        if regimen.last_taken_on is None or key in self.unmoved:
            return regimen
        taken_on = min(day, self.run_out.get(key, day)) - ONE_DAY
        return regimen.changed(last_taken_on=taken_on) if taken_on > regimen.last_taken_on else regimen
