"""Server and workers killed at random instants: every acknowledged write is there, every accepted job ends once.

`DOORSTEP_KILLS` says how often: 50, or 1,000 in `make faults`; one in five hits the server, the others a worker. What
the service died over is sent again as it was, so that in the end all is acknowledged and nothing else may be there.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from routing.network import warming as street_kernels
from routing.solver import warming as search_kernels
from tests.api.service.streets import NETWORK, extract, reachable
from tests.faults.left import Left, all_ended
from tests.faults.served import Running, Served, made, running
from tests.faults.users import DAYS, Known, User

KILLS = int(os.environ.get("DOORSTEP_KILLS", "50"))
OF_THE_SERVER = 5  # every so manieth kill
SHORT_S, LONG_S, LONG_ONES = 0.5, 6.0, 0.1  # pauses between two kills: mostly short, some in which plans are made
USERS = 2
FIRST = 2  # plans of each day
FINDS_WITHIN_S = 20


def test_what_was_acknowledged_survives_kills_and_every_job_ends_once(tmp_path: Path):
    chance = random.Random(KILLS)  # noqa: S311 - nothing secret
    known = Known()
    for kernels in (street_kernels, search_kernels):
        kernels.warm_up()  # compiling them the first time takes longer than anybody here lives
    served = made(tmp_path).told(DOORSTEP_PLANS_AT_ONCE="2")
    kills = [number % OF_THE_SERVER == 0 for number in range(KILLS)]
    chance.shuffle(kills)
    with running(served) as service:
        _village(service)
        _first_plans(service, known)
    killed, began_at = Counter[str](), time.monotonic()
    while sum(killed.values()) < KILLS:
        _life(served, known, chance, kills, killed)
    lasted_s = time.monotonic() - began_at
    with running(served) as service:
        for asked in list(known.sent.values()):
            known.ask(service.client, asked)
        all_ended(service.client, known)
        left = Left(service.client, known)
        print(f"\n{dict(killed)} in {lasted_s / 60:.1f} min; {left.told()}")  # noqa: T201 - docs/benchmarks.md
        assert known.sent == {}
        left.hold()
    assert known.cut > 0  # it was killed while it wrote
    assert left.retries > 0  # and they while they worked
    assert min(len(known.published), len(known.edited), len(known.reports)) > KILLS // 100


def _village(service: Running) -> None:
    assert service.client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
    for programme_id in ("village", "register"):
        assert service.client.post("/v1/programmes", json=reachable(programme_id)).status_code == 201


def _first_plans(service: Running, known: Known) -> None:
    """Have plans made that can be edited and published however few workers live long enough to make one."""
    asker = User("first", service.client, known, threading.Event())
    for date in DAYS:
        known.first[date] = [asker.plan(service.client, date).headers["Location"] for _ in range(FIRST)]
    all_ended(service.client, known)


def _life(served: Served, known: Known, chance: random.Random, kills: list[bool], killed: Counter[str]) -> None:
    """Let the service live until it is killed, workers dying meanwhile; take those kills off the list."""
    with running(served, ends=signal.SIGKILL) as service:
        stop, again = threading.Event(), list(known.sent.values())
        names = [f"{sum(killed.values())}-{number}" for number in range(USERS)]
        users = [User(name, service.client, known, stop) for name in names]
        threads = [
            threading.Thread(target=user.work, args=(again[number::USERS],)) for number, user in enumerate(users)
        ]
        for thread in threads:
            thread.start()
        while kills:
            time.sleep(chance.uniform(0, LONG_S if chance.random() < LONG_ONES else SHORT_S))
            if kills.pop():
                killed["server"] += 1
                break
            _kill_a_worker(service, chance)
            killed["worker"] += 1
        service.process.kill()
        stop.set()
        for thread in threads:
            thread.join()


def _kill_a_worker(service: Running, chance: random.Random) -> None:
    """Kill a process of the service's that lives; as soon as there is one."""
    until = time.monotonic() + FINDS_WITHIN_S
    while not (found := _workers(service.process.pid)):
        assert time.monotonic() < until, "no worker to kill"
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.kill(chance.choice(found), signal.SIGKILL)


def _workers(parent: int) -> list[int]:
    threads = Path(f"/proc/{parent}/task").glob("*/children")
    found = [int(child) for thread in threads for child in thread.read_text(encoding="ascii").split()]
    return [process for process in found if not _is_dead(process)]


def _is_dead(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    return True
