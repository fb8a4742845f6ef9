"""What somebody did to a shelf, as it is kept. Shapes only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.custody.shelves import Portion


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What somebody did to a shelf: so much more, or less, of a lot."""

    at: datetime
    site_id: str
    product_id: str
    portion: Portion

    def document(self) -> list[object]:
        """Return it as it is kept."""
        return [self.at.isoformat(), self.site_id, self.product_id, *self.portion]

    @classmethod
    def read(cls, kept: Sequence[str]) -> Effect:
        """Return an effect that was kept."""
        at, site_id, product_id, lot, expires_on, quantity = kept
        expires = None if expires_on is None else date.fromisoformat(expires_on)
        portion = Portion(lot, expires, float(quantity))
        return cls(at=datetime.fromisoformat(at), site_id=site_id, product_id=product_id, portion=portion)
