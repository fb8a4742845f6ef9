"""Names of orders. Law: the same order has the same name on every day, and no two share one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from routing.domain.orders import OrderKind
from routing.domain.programme import Programme

MOST_CHARACTERS = 64
VISITS = (OrderKind.ASSESSMENT, OrderKind.FOLLOW_UP)


@dataclass(frozen=True)
class OrderIds:
    """`client_id.product_id`, `.supply_id`, `.assessment`, `.follow_up`; hashed where too long or two are alike."""

    ambiguous: frozenset[str]

    @classmethod
    def of(cls, programme: Programme) -> OrderIds:
        """Find the names that two orders of a programme would share."""
        counted = Counter(
            f"{client.client_id}.{part}"
            for client in programme.clients
            for part in (
                *(regimen.product_id for regimen in client.regimens),
                *(supply.supply_id for supply in client.supplies),
                *(VISITS if client.assessment_on or client.follow_up_on else ()),
            )
        )
        return cls(frozenset(name for name, times in counted.items() if times > 1))

    def regimen(self, client_id: str, product_id: str) -> str:
        """Return the name of a regimen's order."""
        return self._name("regimen", client_id, product_id)

    def supply(self, client_id: str, supply_id: str) -> str:
        """Return the name of a supply's order."""
        return self._name("supply", client_id, supply_id)

    def visit(self, client_id: str, kind: OrderKind) -> str:
        """Return the name of an order for a visit that brings nothing."""
        return self._name("visit", client_id, kind)

    def _name(self, kind: str, client_id: str, part: str) -> str:
        plain = f"{client_id}.{part}"
        if len(plain) <= MOST_CHARACTERS and plain not in self.ambiguous:
            return plain
        digest = sha256(f"{kind}/{client_id}/{part}".encode()).hexdigest()
        return f"{client_id[:40]}.{digest[:20]}"
