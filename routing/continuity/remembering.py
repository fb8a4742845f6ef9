"""What was found about clients, remembered. Law: used only where everything it follows from is equal; else found anew.

A finding about a client follows from the day, from rules that all share, and from what concerns that client alone. All
of it is kept beside the finding and compared: what a changed telephone number of one client leaves as it is, is not
worked out again. `tests/continuity/test_remembering.py` holds it against what is worked out plainly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

HELD = 4
Basis = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found about a client, with all of the client's own that it follows from."""

    basis: Basis
    findings: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class FoundOnADay:
    """What was found about clients, by their ids, with all that they share."""

    shared: Basis
    clients: dict[str, Found] = field(default_factory=dict)

    def of(self, client_id: str, basis: Basis, work: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        """Return what was found about a client before, if it follows from the same; else what is found now."""
        known = self.clients.get(client_id)
        if known is None or known.basis != basis:
            known = self.clients[client_id] = Found(basis=basis, findings=work())
        return known.findings


class Memory:
    """What was found lately, on a few days and by a few states of the rules. Several threads may use one."""

    def __init__(self) -> None:
        self._days: deque[FoundOnADay] = deque(maxlen=HELD)
        self._lock = Lock()

    def day(self, shared: Basis, client_ids: Iterable[str]) -> FoundOnADay:
        """Return what was found by the same rules, about these clients only: whoever is gone is forgotten."""
        with self._lock:
            before = next((day for day in self._days if day.shared == shared), None)
            known = {} if before is None else before.clients
            day = FoundOnADay(shared, {one: found for one in client_ids if (found := known.get(one)) is not None})
            if before is not None:
                self._days.remove(before)
            self._days.append(day)
        return day

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._days.clear()
