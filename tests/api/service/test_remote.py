"""The command line at work on a service that runs: the same output as here, and every failure with its code.

Long because each command is held to both ways, and each failure is made by a server of its own.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from api.remote.answers import failed_plan
from api.security.certificates import new_server
from api.security.tls_files import TlsFiles
from routing.domain.errors import InputError
from routing.domain.plan import load_plan
from tests.api.conftest import Done, Run
from tests.api.service.conftest import Service, add_people, serving
from tests.api.service.streets import NETWORK, extract
from tests.api.service.test_edits import DAY, dispatcher, edit, plan, plans, publish
from tests.api.service.test_storage import made

__all__ = ["dispatcher", "plan", "plans"]
QUICK = ("--date", DAY, "--iterations", "1", "--no-remedies")
There = Callable[..., Done]


@pytest.fixture
def there(service: Service, doorstep: Run, tmp_path: Path) -> There:
    """Run a command line on the service with the key of a role."""

    def run(*arguments: object, role: str = "care") -> Done:
        key = key_file(tmp_path, service.keys["north", role])
        return doorstep(*arguments, "--server", service.url, "--api-key-file", key)

    return run


@pytest.fixture(autouse=True)
def streets_are_ready(request: pytest.FixtureRequest) -> None:
    """Where there are streets, wait until they are read: on a busy machine it takes longer than the upload waits."""
    if "plans" not in request.fixturenames:
        return
    request.getfixturevalue("plans")
    service = request.getfixturevalue("service")
    until = time.monotonic() + 300
    with service.as_role("dispatcher") as client:
        while client.get(f"/v1/networks/{NETWORK}").json()["state"] != "ready":
            assert time.monotonic() < until
            time.sleep(0.2)


def key_file(folder: Path, key: str) -> Path:
    path = folder / "api-key"
    path.write_text(key + "\n", encoding="ascii")
    return path


@pytest.fixture
def copy(service: Service, plans: str, tmp_path: Path) -> Path:
    """The programme of the service as a file beside its extract."""
    folder = tmp_path / "copy"
    folder.mkdir()
    with service.as_role("care") as care:
        document = care.get(plans.replace("/plans", "/document")).json()
    (folder / document["extract"]).write_bytes(extract())
    path = folder / "programme.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def ids(plan: str) -> tuple[str, str]:
    """Return the ids of a programme and a plan from a plan's address."""
    parts = plan.split("/")
    return parts[3], parts[5]


def said(done: Done) -> list[str]:
    """Return what a command said, without the log of the service, which runs in the same process here."""
    return [line for line in done.err.splitlines() if line and not line.startswith('{"at"')]


def failed(done: Done) -> tuple[int, str]:
    first = said(done)[0]
    told = json.loads(first)["problems"][0]["code"] if first.startswith("{") else first.partition(":")[0]
    return done.code, told


def test_validate_says_what_it_says_of_the_same_programme_here(there, doorstep, programme_id, copy):
    assert there("validate", programme_id).out == doorstep("validate", copy).out
    assert there("validate", programme_id, "--json").out == doorstep("validate", copy, "--json").out


@pytest.mark.parametrize("form", [(), ("--csv",), ("--days", "7"), ("--days", "7", "--json")])
def test_due_shows_what_it_shows_here(there, doorstep, programme_id, copy, form):
    local = doorstep("due", copy, "--date", DAY, *form)
    assert (local.code, len(local.out) > 100) == (0, True)
    assert there("due", programme_id, "--date", DAY, *form).out == local.out


@pytest.mark.usefixtures("plans")
def test_due_shows_a_dispatcher_no_medicine_and_leaves_its_columns_out(there, programme_id):
    whole, seen = (there("due", programme_id, "--date", DAY, role=role).out for role in ("care", "dispatcher"))
    assert "p1" in whole
    assert "quantity" in whole
    assert not {"p1", "quantity", "policy"} & set(seen.split())
    told = json.loads(there("due", programme_id, "--date", DAY, "--json", role="dispatcher").out)
    assert {"reported", "orders"} <= told.keys()


@pytest.mark.usefixtures("passphrase")
def test_a_plan_is_made_there_followed_and_taken_here_sealed(there, doorstep, programme_id, copy, tmp_path):
    done = there("plan", programme_id, *QUICK, "--out", tmp_path / "day", "--json")
    assert done.code == 0, done.err
    made = load_plan(done.out.encode())
    assert "Searching for routes" in done.err
    assert [path.name for path in (tmp_path / "day").iterdir()] == ["plan.json.sealed"]
    checked = doorstep("check", tmp_path / "day/plan.json.sealed", "--programme", copy)
    assert (checked.code, checked.out) == (0, "ok\n")
    plan_id = done.err.split("plan ")[1].split()[0]
    again = there("plan", programme_id, "--follow", plan_id)
    assert again.out.startswith(f"served {made.summary.clients_served} of {made.summary.clients_due} clients due")
    assert "Wren" in again.out


@pytest.mark.usefixtures("plans")
def test_without_out_nothing_is_written_here(there, programme_id, home):
    assert there("plan", programme_id, *QUICK).code == 0
    assert not (home / "plans").exists()


@pytest.mark.usefixtures("plans")
def test_a_dispatcher_sees_routes_and_nothing_of_a_medicine(there, programme_id):
    done = there("plan", programme_id, *QUICK, role="dispatcher")
    assert done.code == 0, done.err
    assert "Wren" in done.out
    assert "p1" not in done.out
    told = json.loads(there("plan", programme_id, *QUICK, "--json", role="dispatcher").out)
    assert "items" not in told["routes"][0]["steps"][0]


@pytest.mark.usefixtures("plans")
def test_a_programme_without_its_map_is_refused_with_the_servers_code(there, service, programme_id):
    with service.as_role("all") as client:
        assert client.delete(f"/v1/networks/{NETWORK}").status_code == 204
    done = there("plan", programme_id, *QUICK)
    assert failed(done) == (3, "network_missing"), done.err


def test_a_plan_that_somebody_else_cancels_is_told(there, service, programme_id, plans):
    def cancel() -> None:
        with service.as_role("dispatcher") as client:
            while not (listed := client.get(plans).json()["items"]):
                time.sleep(0.1)
            assert client.post(f"{plans}/{listed[0]['plan_id']}/cancel").status_code == 200

    somebody = threading.Thread(target=cancel)
    somebody.start()
    done = there("plan", programme_id, "--date", DAY, "--time-limit", "300", "--no-remedies")
    somebody.join()
    assert done.code == 3
    assert "plan_cancelled: somebody has cancelled the plan" in done.err


@pytest.mark.parametrize(
    ("figures", "code", "exit_code"),
    [
        ({"code": "outside_map", "message": "beside the map", "where": "/zones/0"}, "outside_map", 3),
        ({"code": "job_too_large"}, "job_too_large", 3),
        ({"code": "job_died"}, "job_died", 4),
    ],
)
def test_why_a_plan_failed_is_told_with_its_code(figures, code, exit_code):
    error = failed_plan(figures)
    assert (error.code, error.where, error.exit_code) == (code, figures.get("where", ""), exit_code)
    assert error.message
    assert error.remedy


@pytest.mark.parametrize("figures", [{}, {"code": None}, {"code": "Canary text"}])
def test_a_failure_without_a_code_is_no_answer_of_a_service(figures):
    with pytest.raises(InputError) as caught:
        failed_plan(figures)
    assert caught.value.code == "server_answer_unreadable"


def test_a_visit_is_explained_and_so_is_everybody(there, plan):
    programme_id, plan_id = ids(plan)
    everybody = there("explain", plan_id, "--programme", programme_id)
    assert (everybody.code, "clients not served" in everybody.out) == (0, True)
    one = there("explain", plan_id, "--programme", programme_id, "--client", "Canary Heron", role="dispatcher")
    assert "not earlier: " in one.out
    assert one.out.startswith("Canary Heron: ")
    told = there("explain", plan_id, "--programme", programme_id, "--client", "c1", "--json")
    assert json.loads(told.out)["visits"]
    unknown = there("explain", plan_id, "--programme", programme_id, "--client", "nobody")
    assert failed(unknown) == (2, "unknown_client")


def test_a_route_is_shown_by_role(there, plan):
    programme_id, plan_id = ids(plan)
    line = ("route", plan_id, "--programme", programme_id, "--volunteer", "Wren")
    whole, seen = there(*line), there(*line, role="dispatcher")
    assert "Canary Heron" in seen.out
    assert ("p1" in whole.out, "p1" in seen.out) == (True, False)
    assert json.loads(there(*line, "--json").out)["volunteer_id"] == "v2"
    assert failed(there(*line[:-1], "nobody")) == (2, "unknown_volunteer")


def test_what_differs_after_an_edit_and_between_two_plans(there, dispatcher, plan, programme_id):
    plan_id = ids(plan)[1]
    exclude = {"type": "exclude", "client_id": "c1", "reason": "asked_not_today"}
    assert edit(dispatcher, plan, exclude).status_code == 200
    done = there("compare", plan_id, "--programme", programme_id, role="dispatcher")
    assert "not visited any more" in done.out, done.err
    assert json.loads(there("compare", plan_id, "--programme", programme_id, "--json").out)["moves"] == 0
    other = there("plan", programme_id, *QUICK).err.split("plan ")[1].split()[0]
    done = there("compare", plan_id, other, "--programme", programme_id)
    assert "new" in done.out, done.err
    refused = there("compare", plan_id, other, "--programme", programme_id, role="dispatcher")
    assert failed(refused) == (3, "not_allowed")


def test_the_rest_of_a_day_is_planned_and_its_papers_are_taken(there, dispatcher, plan, tmp_path):
    programme_id, plan_id = ids(plan)
    early = there("sheets", plan_id, "--programme", programme_id, "--out", tmp_path / "papers")
    assert failed(early) == (3, "plan_not_published")
    assert publish(dispatcher, plan).status_code == 200
    done = there("sheets", plan_id, "--programme", programme_id, "--out", tmp_path / "papers")
    assert done.code == 0, done.err
    names = {path.name for path in (tmp_path / "papers").iterdir()}
    assert {"sheet-v2-1.pdf", "sheet-v2-1.html", "custody-s1.pdf", "labels-s1.pdf", "run-sheet.pdf"} <= names
    assert (tmp_path / "papers/sheet-v2-1.pdf").read_bytes().startswith(b"%PDF")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "papers").iterdir()} == {0o600}
    seen = there("sheets", plan_id, "--programme", programme_id, "--out", tmp_path / "own", role="dispatcher")
    assert "manifests and labels: left out" in seen.err
    assert not list((tmp_path / "own").glob("custody-*"))
    events = tmp_path / "events.json"
    at = f"{DAY}T07:20:00+08:00"
    lock = {"client_id": "c1", "volunteer_id": "v2"}
    happened = [{"type": "locked", "at": at, "lock": lock}]
    whole = {"schema": "doorstep.events/1", "on": DAY, "now_at": f"{DAY}T07:30:00+08:00", "events": happened}
    events.write_text(json.dumps(whole), encoding="utf-8")
    line = ("replan", plan_id, "--programme", programme_id, "--events", events, "--iterations", "1")
    again = there(*line, role="dispatcher")
    assert (again.code, "Figures" in again.out) == (0, True), again.err
    events.write_text(json.dumps({**whole, "on": "never"}), encoding="utf-8")
    assert there(*line).code == 3


@pytest.mark.parametrize(
    ("line", "role", "expected"),
    [
        (("due", "PROGRAMME", "--date", DAY), "administrator", (3, "not_allowed")),
        (("validate", "PROGRAMME"), "dispatcher", (3, "not_allowed")),
        (("plan", "PROGRAMME", *QUICK), "clinician", (3, "not_allowed")),
        (("due", "nowhere"), "care", (3, "not_found")),
        (("explain", "nothing", "--programme", "PROGRAMME"), "care", (3, "not_found")),
        (("due", "PROGRAMME", "--date", "tomorrow"), "care", (2, "bad_date")),
        (("due", "PROGRAMME", "--json", "--csv"), "care", (2, "bad_usage")),
        (("due", "../users"), "care", (2, "bad_usage")),
        (("plan", "PROGRAMME", "--time-limit", "0"), "care", (2, "bad_time_limit")),
        (("plan", "PROGRAMME", "--map"), "care", (2, "not_on_a_server")),
        (("explain", "x", "--programme", "PROGRAMME", "--extract=x"), "care", (2, "not_on_a_server")),
        (("check", "x", "--programme", "PROGRAMME"), "care", (2, "not_on_a_server")),
        (("sheets", "x", "--programme", "PROGRAMME", "--format", "gpx"), "care", (2, "not_on_a_server")),
        (("sheets", "x", "--programme", "PROGRAMME", "--format", "docx"), "care", (2, "unknown_format")),
        (("sheets", "x", "--programme", "PROGRAMME", "--language", "xx"), "care", (2, "unknown_language")),
    ],
)
def test_what_is_refused_has_its_code(there, programme_id, line, role, expected):
    named = [programme_id if part == "PROGRAMME" else part for part in line]
    assert failed(there(*named, role=role)) == expected


def test_a_refusal_as_json_is_the_problem_document_that_it_is_here(there, programme_id):
    told = json.loads(said(there("due", programme_id, "--date", DAY, "--json", role="administrator"))[0])
    assert (told["type"], told["exit_code"]) == ("urn:doorstep:error:not_allowed", 3)


def test_a_wrong_key_and_one_of_another_organisation(service, doorstep, programme_id, tmp_path):
    line = ("due", programme_id, "--server", service.url, "--api-key-file")
    assert failed(doorstep(*line, key_file(tmp_path, "doorstep_" + "x" * 43))) == (3, "not_signed_in")
    assert failed(doorstep(*line, key_file(tmp_path, service.keys["south", "care"]))) == (3, "not_found")
    assert failed(doorstep(*line, key_file(tmp_path, "secret"))) == (3, "api_key_unfit")
    assert failed(doorstep(*line, tmp_path / "missing")) == (3, "file_not_found")
    assert failed(doorstep(*line[:-1])) == (2, "api_key_needed")


def test_the_environment_names_server_and_key_and_an_empty_server_means_here(
    service, doorstep, programme_id, copy, tmp_path, monkeypatch
):
    monkeypatch.setenv("DOORSTEP_SERVER", service.url)
    monkeypatch.setenv("DOORSTEP_API_KEY_FILE", str(key_file(tmp_path, service.keys["north", "care"])))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    assert doorstep("due", programme_id, "--date", DAY).code == 0
    assert doorstep("due", copy, "--date", DAY, "--server", "").code == 0
    assert doorstep("version").code == 0
    assert failed(doorstep("due", copy, "--date", DAY)) == (2, "bad_usage")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://plans.example.org", "server_needs_tls"),
        ("http://192.0.2.7:8040", "server_needs_tls"),
        ("http://127.0.0.1.example.org", "server_needs_tls"),
        ("plans.example.org", "server_address_unfit"),
        ("ftp://127.0.0.1", "server_address_unfit"),
        ("https://somebody@plans.example.org", "server_address_unfit"),
        ("https://plans.example.org/?x=1", "server_address_unfit"),
        ("https://plans.example.org:port", "server_address_unfit"),
    ],
)
def test_addresses_that_are_not_asked(doorstep, tmp_path, url, code):
    line = ("due", "village", "--server", url, "--api-key-file", key_file(tmp_path, "doorstep_x"))
    assert failed(doorstep(*line)) == (2, code)


def test_a_server_that_is_away_is_asked_for_a_while(doorstep, tmp_path):
    line = ("due", "village", "--server", "http://127.0.0.1:9", "--api-key-file", key_file(tmp_path, "doorstep_x"))
    began = time.monotonic()
    assert failed(doorstep(*line)) == (3, "server_away")
    assert time.monotonic() - began > 5


def test_a_server_that_ends_is_asked_again_and_makes_one_plan(there, service, programme_id, plans):
    """The plan is on the disk before 503 is answered: only the idempotency key keeps it from being made twice."""
    runner, service.installation.runner = service.installation.runner, None

    def come_back() -> None:
        service.installation.runner = runner

    later = threading.Timer(2, come_back)
    later.start()
    try:
        done = there("plan", programme_id, *QUICK)
    finally:
        later.join()
    assert done.code == 0, done.err
    with service.as_role("care") as client:
        assert len(client.get(plans).json()["items"]) == 1


@pytest.fixture
def impostor() -> Iterator[tuple[str, list[str]]]:
    """Something that is no Doorstep: it answers by redirecting; and the paths it was asked for."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302 if "away" not in self.path else 200)
            self.send_header("Location", "/away")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{]")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_no_redirect_is_followed_and_what_is_no_answer_is_told(doorstep, impostor, tmp_path):
    url, asked = impostor
    for programme_id, path in (
        ("x", "/v1/programmes/x/days/2026-11-24"),
        ("away", "/v1/programmes/away/days/2026-11-24"),
    ):
        line = ("due", programme_id, "--date", DAY, "--server", url)
        done = doorstep(*line, "--api-key-file", key_file(tmp_path, "doorstep_x"))
        assert failed(done) == (3, "server_answer_unreadable")
        assert asked.pop() == path
        assert asked == []


@pytest.fixture(params=["fresh", "ended"])
def secured(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Service, Path]]:
    """A service with a certificate of an authority of its own, one that has ended, too; and the authority's file."""
    files = TlsFiles(folder=tmp_path / "tls")
    names, now = ("plans.example.org",), datetime.now(UTC)
    authority, _ = files.make(names, now, anew=False)
    if request.param == "ended":  # it was made 397 days ago, and lasted 396
        old = new_server(authority, names, now - timedelta(days=397))
        files.server.write_bytes(old.certificate)
        files.server_key.write_bytes(old.key)
    installation = made(tmp_path)
    running = serving(installation, certificate=files.server, key=files.server_key, names=names)
    with running as url:
        service = Service(url.replace("http:", "https:"), installation, tmp_path / "log", "sqlite", running.server)
        add_people(service, "north")
        yield request.param, service, files.authority


def test_certificates_are_checked_against_the_authority_that_is_named(secured, doorstep, tmp_path):
    age, service, authority = secured
    line = ("due", "nowhere", "--date", DAY, "--server", service.url)
    line = (*line, "--api-key-file", key_file(tmp_path, service.keys["north", "care"]))
    assert failed(doorstep(*line)) == (3, "server_not_trusted")
    expected = {"fresh": "second_factor_needed", "ended": "server_not_trusted"}[age]
    done = doorstep(*line, "--server-ca", authority)
    assert failed(done) == (3, expected)
    assert ("expired" in done.err) is (age == "ended")
    assert failed(doorstep(*line, "--server-ca", tmp_path / "api-key")) == (3, "server_ca_unreadable")
    plain = doorstep(*line[:-3], service.url.replace("https", "http"), *line[-2:])
    assert failed(plain) == (3, "server_away")
