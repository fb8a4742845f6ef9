"""Fifty people at work. Law: no health checks; each asks, waits for the answer, and thinks for about a second.

The mix: of 100 requests 80 read and 20 write. A write is read by the core's reader as a whole programme, checked,
sealed and on the disk before it is answered.
"""

from __future__ import annotations

import itertools
import random
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.service.running import Person

PROGRAMME = "/v1/programmes/denpasar"
THINKS_S = 0.9
_numbers = itertools.count(1)


def _client() -> str:
    return f"{PROGRAMME}/clients/c{random.randint(1, 60):02d}"  # noqa: S311


def _change(person: Person) -> None:
    person.ask("PATCH", _client(), {"phone": str(next(_numbers))}, **{"If-Match": "*"})


def _change_volunteer(person: Person) -> None:
    path = f"{PROGRAMME}/volunteers/v{random.randint(1, 8):02d}"  # noqa: S311
    person.ask("PATCH", path, {"max_stops": random.randint(20, 40)}, **{"If-Match": "*"})  # noqa: S311


def _add(person: Person) -> None:
    number = next(_numbers)
    pin = {"address": "made up", "location": {"lon": 115.2126, "lat": -8.6705}}
    client = {"client_id": f"new{number}", "code_name": f"New {number}", "place": pin}
    person.ask("POST", f"{PROGRAMME}/clients", client, **{"Idempotency-Key": f"bench-{number}"})


# What, how many of a hundred, and how.
MIX: Sequence[tuple[str, int, Callable[[Person], object]]] = (
    ("read a client", 25, lambda person: person.ask("GET", _client())),
    ("list clients", 15, lambda person: person.ask("GET", f"{PROGRAMME}/clients")),
    ("the needs of a day", 15, lambda person: person.ask("GET", f"{PROGRAMME}/days/2026-11-23")),
    ("list volunteers", 10, lambda person: person.ask("GET", f"{PROGRAMME}/volunteers")),
    ("list passes", 10, lambda person: person.ask("GET", f"{PROGRAMME}/passes")),
    ("read the programme", 5, lambda person: person.ask("GET", PROGRAMME)),
    ("change a client", 12, _change),
    ("change a volunteer", 4, _change_volunteer),
    ("add a client", 4, _add),
)


@dataclass
class Measured:
    """Seconds of each request, by what was asked; and how many seconds all took together."""

    took: list[tuple[str, float]] = field(default_factory=list)
    lasted_s: float = 0
    faults: list[str] = field(default_factory=list)

    def rate(self) -> float:
        """Return requests a second."""
        return len(self.took) / self.lasted_s

    def quantile_ms(self, percent: int, what: str | None = None) -> float:
        """Return a percentile in milliseconds, of all or of one kind."""
        values = [seconds for name, seconds in self.took if what in (None, name)]
        return 1000 * statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def measure(persons: Sequence[Person], seconds: float, thinks_s: float) -> Measured:
    """Have everybody work for some seconds."""
    measured = Measured()
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=_work, args=(one, measured, until, thinks_s)) for one in persons]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured.lasted_s = time.perf_counter() - began
    return measured


def _work(person: Person, measured: Measured, until: float, thinks_s: float) -> None:
    names = [name for name, weight, _ in MIX for _ in range(weight)]
    ways = {name: way for name, _, way in MIX}
    time.sleep(random.uniform(0, thinks_s))  # noqa: S311 - nobody begins all at once
    while time.perf_counter() < until:
        name = random.choice(names)  # noqa: S311
        began = time.perf_counter()
        try:
            ways[name](person)
        except RuntimeError as error:
            measured.faults.append(str(error))
        measured.took.append((name, time.perf_counter() - began))
        time.sleep(random.uniform(0.5, 1.5) * thinks_s)  # noqa: S311
