"""Days in which one rule is sure to bind: one that needs several things at once would hardly bind by chance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from routing.domain.clients import Client, DoseChange, DoseStep, HomeSupply, Regimen
from routing.domain.programme import Calendar, Programme
from routing.domain.volunteers import Authorisation, CustodyCeiling
from tests.solver.town import MONDAY, at, hours, rider, supply


def plain(client: Client, **fields: Any) -> Client:
    """Return somebody at (3, 0) who wants two kits and asks for nothing else."""
    usual = {"code_name": "plain", "place": at(3), "supplies": (supply(),)}
    return Client(client_id=client.client_id, **{**usual, **fields})


def with_an_exchange(draw: st.DrawFn, told: Programme) -> Programme:
    """Let the first client's dose change today, with older doses at home, and somebody carry there and back."""
    changed = DoseStep(from_on=MONDAY, dose_mg=draw(st.sampled_from([40.0, 62.5, 70.0])))
    taken = Regimen(
        product_id="p1",
        site_id="s1",
        steps=(DoseStep(from_on=MONDAY - timedelta(99), to_on=MONDAY - timedelta(1), dose_mg=60.0), changed),
        home=HomeSupply(doses=draw(st.integers(1, 4)), as_of_on=MONDAY),
        dose_changed_on=MONDAY,
        dose_change=draw(st.sampled_from([DoseChange.TOP_UP, DoseChange.SWAP, DoseChange.SWAP])),
    )
    mine = CustodyCeiling(product_id="p1", quantity=draw(st.sampled_from([80.0, 140.0, 999.0])))
    papers = tuple(Authorisation(authorisation_id=name) for name in ("controlled", "calm"))
    carrier = rider(custody=(mine,), authorisations=papers, shifts=(hours("06:00", "18:00"),))
    first = plain(told.clients[0], regimens=(taken,))
    free = {"passes": (), "movement_rules": (), "zones": (), "calendar": Calendar()}
    return told.changed(clients=(first, *told.clients[1:]), volunteers=(carrier, *told.volunteers[1:]), **free)
