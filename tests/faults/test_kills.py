"""Server and workers killed at random instants: every acknowledged write is there, every accepted job ends once.

`DOORSTEP_KILLS` says how often: 50, or 1,000 in `make faults`; one in five hits the server, the others a worker.
"""

import itertools
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.api.service.story import place
from tests.api.service.streets import NETWORK, extract, reachable
from tests.faults.served import Running, Served, made, running

KILLS = int(os.environ.get("DOORSTEP_KILLS", "50"))
OF_THE_SERVER = 5  # every so manieth kill
LONGEST_LIFE_S = 1.5  # between two kills
WAITING = 4  # plans that are asked for ahead
ENDED = {"done", "failed", "cancelled"}
ENDS_WITHIN_S = 300
PLANS = "/v1/programmes/village/plans"
QUICK = {"date": "2026-11-24", "iterations": 1, "remedies_s": 0}


@dataclass
class Acknowledged:
    """What the service has said it has."""

    clients: set[str] = field(default_factory=set)
    plans: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)


def test_what_was_acknowledged_survives_kills_and_every_job_ends_once(tmp_path: Path):
    chance = random.Random(KILLS)  # noqa: S311 - nothing secret
    known = Acknowledged()
    served = made(tmp_path).told(DOORSTEP_PLANS_AT_ONCE="2")
    kills = [number % OF_THE_SERVER == 0 for number in range(KILLS)]
    chance.shuffle(kills)
    with running(served) as service:
        _village(service)
    while kills:
        kills = _life(served, known, chance, kills)
    with running(served) as service:
        _all_ended(service, known)
        assert known.clients <= service.kept()
        _each_once(service, known)


def _village(service: Running) -> None:
    assert service.client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
    assert service.client.post("/v1/programmes", json=reachable("village")).status_code == 201


def _life(served: Served, known: Acknowledged, chance: random.Random, kills: list[bool]) -> list[bool]:
    """Let the service live until it is killed, workers dying meanwhile; return the kills that are left."""
    with running(served, ends=signal.SIGKILL) as service:
        stop = threading.Event()
        users = [threading.Thread(target=_use, args=(service, known, stop, seed)) for seed in range(2)]
        for user in users:
            user.start()
        while kills:
            of_the_server, kills = kills[0], kills[1:]
            time.sleep(chance.uniform(0, LONGEST_LIFE_S))
            if of_the_server:
                break
            _kill_a_worker(service, chance)
        service.process.kill()
        stop.set()
        for user in users:
            user.join()
    return kills


def _use(service: Running, known: Acknowledged, stop: threading.Event, seed: int) -> None:
    """Add clients, ask for plans and cancel some, until the service is gone."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    own = itertools.count()
    with (
        suppress(httpx.TransportError),
        httpx.Client(
            base_url=service.client.base_url, headers=service.client.headers, timeout=30, trust_env=False
        ) as client,
    ):
        while not stop.is_set():
            client_id = f"k{service.process.pid}-{seed}-{next(own)}"
            person = {"client_id": client_id, "code_name": f"Heron {client_id}", "place": place()}
            if client.post("/v1/programmes/village/clients", json=person).status_code == 201:
                known.clients.add(client_id)
            if _waiting(client) < WAITING:
                answer = client.post(PLANS, json=QUICK, headers={"Idempotency-Key": client_id})
                if answer.status_code == 202:
                    known.plans.add(answer.headers["Location"])
                    if chance.random() < 0.1 and client.post(f"{answer.headers['Location']}/cancel").is_success:
                        known.cancelled.add(answer.headers["Location"])
            time.sleep(0.05)


def _waiting(client: httpx.Client) -> int:
    listed = client.get(PLANS, params={"limit": 20}).json()
    return sum(plan["state"] in {"queued", "running"} for plan in listed.get("items", ()))


def _kill_a_worker(service: Running, chance: random.Random) -> None:
    children = Path(f"/proc/{service.process.pid}/task")
    found = [
        int(child) for thread in children.glob("*/children") for child in thread.read_text(encoding="ascii").split()
    ]
    if found:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(found), signal.SIGKILL)


def _all_ended(service: Running, known: Acknowledged) -> None:
    until = time.monotonic() + ENDS_WITHIN_S
    left = set(known.plans)
    while left:
        left = {plan for plan in left if service.client.get(plan).json()["state"] not in ENDED}
        assert time.monotonic() < until, left
        time.sleep(0.2)


def _each_once(service: Running, known: Acknowledged) -> None:
    """Require that each plan has one end, is what it says, and that whoever was told `cancelled` finds it so."""
    for address in known.plans:
        plan = service.client.get(address).json()
        events = service.client.get(f"{address}/events").json()["items"]
        kinds = Counter(event["kind"] for event in events)
        assert sum(kinds[end] for end in ENDED) == 1, events
        assert kinds[plan["state"]] == 1
        assert [event["number"] for event in events] == list(range(1, len(events) + 1))
        assert (plan["version"], plan["plan"] is None) == ((1, False) if plan["state"] == "done" else (0, True))
        assert plan["code"] in ({"job_died", "job_lost"} if plan["state"] == "failed" else {None})
        assert plan["state"] == "cancelled" or address not in known.cancelled
