"""A plan followed from the command line while the server dies, or while somebody presses Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from routing.domain.plan import load_plan
from tests.api.service.streets import NETWORK, extract, reachable
from tests.faults.served import Running, Served, free_port, made, running

PLANS = "/v1/programmes/village/plans"
WITHIN_S = 240


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return made(tmp_path)


def following(served: Served, service: Running, limit_s: int, **streams: object) -> subprocess.Popen[str]:
    """Ask for a plan from the command line of another machine, as it were."""
    key = served.home / "api-key"
    key.write_text(served.key, encoding="ascii")
    line = [sys.executable, "-m", "api", "plan", "village", "--date", "2026-11-24", "--time-limit", str(limit_s)]
    line += [
        "--no-remedies",
        "--json",
        "--server",
        str(service.client.base_url).rstrip("/"),
        "--api-key-file",
        str(key),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    environment["DOORSTEP_HOME"] = str(served.home / "elsewhere")
    kinds = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True, **kinds)  # type: ignore[call-overload]


def add_village(service: Running) -> None:
    assert service.client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
    assert service.client.post("/v1/programmes", json=reachable("village")).status_code == 201


def until_it_searches(service: Running) -> str:
    """Wait until the only plan is being searched for; return its address."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        for plan in service.client.get(PLANS).json()["items"]:
            path = f"{PLANS}/{plan['plan_id']}"
            kinds = {event["kind"] for event in service.client.get(f"{path}/events").json()["items"]}
            if "routes" in kinds:
                return path
        time.sleep(0.1)
    pytest.fail("nobody searches")


def test_a_server_that_is_killed_and_started_again_costs_nobody_the_plan(served: Served):
    port = free_port()
    with running(served, signal.SIGKILL, port=port) as service:
        add_village(service)
        command = following(served, service, 6)
        until_it_searches(service)
    time.sleep(1)
    with running(served, port=port) as service:
        out, err = command.communicate(timeout=WITHIN_S)
        listed = service.client.get(PLANS).json()["items"]
    assert command.returncode == 0, err
    assert load_plan(out.encode()).programme_id == "village"
    assert "the server is away" in err
    assert [plan["state"] for plan in listed] == ["done"]


def test_interrupted_where_nobody_can_be_asked_it_cancels(served: Served):
    with running(served) as service:
        add_village(service)
        command = following(served, service, 300)
        path = until_it_searches(service)
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=WITHIN_S)
        assert (command.returncode, "cancelled: nothing is kept" in err) == (130, True), err
        assert service.client.get(path).json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("answer", "code", "state"), [("s\n", 0, "done"), ("c\n", 130, "cancelled"), ("l\n", 130, "running")]
)
def test_at_a_terminal_it_asks_what_becomes_of_the_plan(served: Served, answer: str, code: int, state: str):
    terminal, its_side = pty.openpty()
    with running(served) as service:
        add_village(service)
        command = following(served, service, 300, stdin=its_side, stderr=its_side)
        os.close(its_side)
        path = until_it_searches(service)
        shown = bytearray()
        threading.Thread(target=_read, args=(terminal, shown), daemon=True).start()
        command.send_signal(signal.SIGINT)
        _until_shown(shown, b"[l]eave it to the server? ")
        assert b"[s]top with the best so far" in shown
        os.write(terminal, answer.encode())
        out, _ = command.communicate(timeout=WITHIN_S)
        assert command.returncode == code
        assert service.client.get(path).json()["state"] == state
        if state == "running":
            service.client.post(f"{path}/cancel")
    os.close(terminal)
    assert (json.loads(out)["programme_id"] == "village") if code == 0 else out == ""


def _read(terminal: int, shown: bytearray) -> None:
    """Take what is written to a terminal, until nobody has it open: else whoever writes would wait."""
    with suppress(OSError):
        while piece := os.read(terminal, 4096):
            shown += piece


def _until_shown(shown: bytearray, wanted: bytes) -> None:
    until = time.monotonic() + WITHIN_S
    while wanted not in shown:
        assert time.monotonic() < until, shown
        time.sleep(0.05)
