"""Users of a service that is killed: they add clients, report visits, have plans made, edit, publish and print them.

Law: what is sent is remembered until it is answered, and sent again as it was, under the same `Idempotency-Key`.
"""

import random
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api.service.story import place

WAITING = 4  # plans that are asked for ahead
BUSY = 503  # nothing was done
PAUSE_S = 0.03
NEW, EDITS = 3, 0.5  # plans made lately that are published, too; how often one is edited before
CHANGES = 0.04  # how often the village changes, so that its plans are out of date
VILLAGE, REGISTER = "/v1/programmes/village", "/v1/programmes/register"
PLANS = f"{VILLAGE}/plans"
DAYS = ("2026-11-24", "2026-11-25")
REPORTED_ON, AT = "2026-11-24", "2026-11-24T10:00:00+08:00"
QUICK = {"iterations": 1, "remedies_s": 0}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A change that is asked for."""

    kind: str
    path: str
    body: Mapping[str, object]
    key: str
    version: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return what it is sent with."""
        return {"Idempotency-Key": self.key} | ({} if self.version is None else {"If-Match": self.version})


@dataclass
class Known:
    """What the service has said it has; of plans their addresses, of versions what they are.

    Attributes
    ----------
    first
        Plans that were made before anybody was killed, by their day.
    current
        The id of the plan of a day that was published last.
    sent
        What no answer has come to, by its key.
    cut
        How many answers to changes the service died over.
    """

    clients: set[str] = field(default_factory=set)
    reports: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    edited: dict[tuple[str, int], object] = field(default_factory=dict)
    published: set[tuple[str, int]] = field(default_factory=set)
    first: dict[str, list[str]] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Asked] = field(default_factory=dict)
    cut: int = 0
    printed: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def ask(self, client: httpx.Client, asked: Asked) -> httpx.Response:
        """Send something, and remember what was answered."""
        self.sent[asked.key] = asked
        try:
            answer = client.post(asked.path, json=asked.body, headers=asked.headers)
        except httpx.TransportError:
            self.cut += 1
            raise
        if answer.status_code != BUSY:
            del self.sent[asked.key]
        if answer.is_success:
            self._note(asked, answer)
        else:
            self.refused[answer.json()["code"]] += 1
        return answer

    def _note(self, asked: Asked, answer: httpx.Response) -> None:
        found, plan = answer.json(), asked.path.rsplit("/", 1)[0]
        if asked.kind == "client":
            self.clients.add(found["client_id"])
        elif asked.kind == "report":
            assert {one["outcome"] for one in found["outcomes"]} == {"taken"}, found
            self.reports |= {one["report_id"] for one in found["outcomes"]}
        elif asked.kind == "plan":
            self.plans.add(answer.headers["Location"])
        elif asked.kind == "edit":
            self.edited[plan, found["version"]] = found["plan"]
        else:
            self.published.add((plan, found["published_version"]))
            self.current[found["date"]] = found["plan_id"]


class User:
    """Somebody at work until told to stop, or until the service is gone."""

    def __init__(self, seed: str, base: httpx.Client, known: Known, stop: threading.Event) -> None:
        self._seed, self._base, self._known, self._stop = seed, base, known, stop
        self._chance = random.Random(seed)  # noqa: S311 - nothing secret
        self._number = 0

    def work(self, again: list[Asked]) -> None:
        """Send what was not answered before, and then go on."""
        with suppress(httpx.TransportError), like(self._base) as client:
            for asked in again:
                self._known.ask(client, asked)
            while not self._stop.is_set():
                self._chance.choice((self._add, self._plan, self._publish, self._publish, self._print))(client)
                self._stop.wait(PAUSE_S)

    def _key(self) -> str:
        self._number += 1
        return f"{self._seed}-{self._number}"

    def _add(self, client: httpx.Client) -> None:
        """Add somebody, mostly to the register, and there report a visit, twice over now and then."""
        key, where = self._key(), VILLAGE if self._chance.random() < CHANGES else REGISTER
        person = {"client_id": f"k{key}", "code_name": f"Heron {key}", "place": place()}
        added = self._known.ask(client, Asked(kind="client", path=f"{where}/clients", body=person, key=key))
        if added.is_success and where == REGISTER:
            report = reported(f"k{key}")
            self._known.ask(client, report)
            if self._chance.random() < 0.3:
                self._known.ask(client, report)

    def plan(self, client: httpx.Client, date: str) -> httpx.Response:
        """Ask for a plan of a day."""
        asked = Asked(kind="plan", path=PLANS, body={**QUICK, "date": date}, key=self._key())
        return self._known.ask(client, asked)

    def _plan(self, client: httpx.Client) -> None:
        """Ask for a plan unless enough are waited for, and cancel some."""
        if sum(plan["state"] in {"queued", "running"} for plan in _newest(client)) >= WAITING:
            return
        answer = self.plan(client, self._chance.choice(DAYS))
        if answer.is_success and self._chance.random() < 0.1:
            plan = answer.headers["Location"]
            if client.post(f"{plan}/cancel").is_success:
                self._known.cancelled.add(plan)

    def _publish(self, client: httpx.Client) -> None:
        """Edit a plan, and publish it while somebody else publishes it, or another of the day."""
        date = self._chance.choice(DAYS)
        made = [f"{PLANS}/{plan['plan_id']}" for plan in _newest(client, date=date) if plan["state"] == "done"]
        address = self._chance.choice([*made[:NEW], *self._known.first[date]])
        shown = client.get(address).json()
        version = self._edited(client, address, shown) if self._chance.random() < EDITS else shown["version"]
        other = self._chance.choice([address, *self._known.first[date]])
        wanted = [
            self._publication(address, version, date),
            self._publication(other, version if other == address else client.get(other).json()["version"], date),
        ]
        with ThreadPoolExecutor(len(wanted)) as both:
            list(both.map(lambda one: self._known.ask(client, one), wanted))

    def _print(self, client: httpx.Client) -> None:
        """Print the run sheet of what is published; whoever is killed over it, it is printed."""
        current = self._known.current.get(self._chance.choice(DAYS))
        if current is not None:
            answer = client.get(f"{PLANS}/{current}/run-sheet")
            assert answer.status_code in {200, BUSY}, answer.text
            self._known.printed += answer.is_success

    def _edited(self, client: httpx.Client, address: str, shown: dict[str, Any]) -> int:
        """Lock a visit, or put the plan on the programme as it is; return the version that comes of it."""
        routes = shown["plan"]["routes"]
        locks: list[list[dict[str, Any]]] = [
            [{"type": "lock", "client_id": step["client_id"], "volunteer_id": route["volunteer_id"]}]
            for route in routes
            for step in route["steps"]
            if step["client_id"]
        ]
        body = {"edits": self._chance.choice([*locks, []])}
        version = f'"{shown["version"]}"'
        answer = self._known.ask(
            client, Asked(kind="edit", path=f"{address}/edits", body=body, key=self._key(), version=version)
        )
        return answer.json()["version"] if answer.is_success else shown["version"]

    def _publication(self, address: str, version: int, date: str) -> Asked:
        current = self._known.current.get(date)
        replaces = {} if current is None or self._chance.random() < 0.2 else {"replaces": current}
        return Asked(
            kind="publication", path=f"{address}/publish", body=replaces, key=self._key(), version=f'"{version}"'
        )


def _newest(client: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(PLANS, params={"limit": "20", **asked}).json()["items"]
    return found


def like(client: httpx.Client) -> httpx.Client:
    """Return somebody else who asks the same service."""
    return httpx.Client(base_url=client.base_url, headers=client.headers, timeout=30, trust_env=False)


def reported(client_id: str) -> Asked:
    """Return the report that v1 has handed one millilitre to a client."""
    goods = [{"product_id": "p1", "from_on": REPORTED_ON, "to_on": REPORTED_ON, "quantity": 1}]
    visit = {"report_id": f"r-{client_id}", "kind": "done", "at": AT, "client_id": client_id, "volunteer_id": "v1"}
    body = {"reports": [{**visit, "goods": goods}]}
    return Asked(kind="report", path=f"{REGISTER}/visits", body=body, key=f"r-{client_id}")
