"""A whole service, its processes included, under a guard at its sockets: whom does it connect to?"""

import time
from pathlib import Path

import pytest

from tests.api.service.collector import Collector, attributes, collecting
from tests.api.service.streets import NETWORK, extract, reachable
from tests.faults.served import Running, Served, made, running

QUICK = {"date": "2026-11-24", "iterations": 1, "remedies_s": 0}
PLANS = "/v1/programmes/village/plans"
# Every process of the service imports this before anything else; what it would connect to, or look up, is written down.
GUARD = """
import os, sys
def _guard(event, told):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        place = told[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        place = told[:2]
    else:
        return
    if isinstance(place, tuple):
        with open(os.environ["GUARDED"], "a") as file:
            file.write(f"{event} {place}\\n")
sys.addaudithook(_guard)
with open(os.environ["GUARDED"], "a") as file:
    file.write(f"process {os.getpid()}\\n")
"""


@pytest.fixture
def guarded(tmp_path: Path) -> Served:
    folder = tmp_path / "guard"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    paths = f"{folder}:{Path.cwd()}"
    return made(tmp_path).told(PYTHONPATH=paths, GUARDED=str(tmp_path / "guarded"))


def at_work(service: Running) -> None:
    """Have a programme taken in, its streets read, a plan made and a day asked for."""
    client = service.client
    assert client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
    assert client.post("/v1/programmes", json=reachable("village")).status_code == 201
    assert client.get("/v1/programmes/village/days/2026-11-24").status_code == 200
    plan = client.post(PLANS, json=QUICK).headers["Location"]
    until = time.monotonic() + 240
    while client.get(plan).json()["state"] not in {"done", "failed"}:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert client.get(plan).json()["state"] == "done"


def seen(served: Served) -> tuple[int, list[str]]:
    """Return how many processes there were, and what they connected to or looked up."""
    lines = (served.home / "guarded").read_text(encoding="utf-8").splitlines()
    processes = [line for line in lines if line.startswith("process ")]
    return len(processes), [line for line in lines if not line.startswith("process ")]


def test_nothing_is_connected_to_unless_it_was_configured(guarded: Served):
    served = guarded.told(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_TRACES_EXPORTER="otlp")
    with running(served) as service:
        at_work(service)
    processes, connected = seen(served)
    assert processes >= 2  # the service, and one that made the plan
    assert [line for line in connected if "socket.connect" in line or "socket.send" in line] == []


def test_with_a_collector_named_it_alone_is_connected_to(guarded: Served):
    """Which shows, too, that the guard sees what there is to be seen."""
    with collecting() as collector:
        served = guarded.told(DOORSTEP_OTLP_ENDPOINT=collector.url)
        with running(served) as service:
            at_work(service)
            _until_told(collector, {"doorstep.job.kind": "plan", "doorstep.job.state": "done"})
        port = collector.url.rpartition(":")[2]
    connected = {line for line in seen(served)[1] if line.startswith("socket.connect")}
    assert connected == {f"socket.connect ('127.0.0.1', {port})"}
    assert b"village" not in b"".join(collector.bodies)


def _until_told(collector: Collector, wanted: dict[str, object]) -> None:
    until = time.monotonic() + 60
    while wanted not in [attributes(span) for span in collector.spans()]:
        assert time.monotonic() < until
        time.sleep(0.2)
