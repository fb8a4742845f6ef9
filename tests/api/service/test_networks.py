"""Extracts are looked at in a process of their own, in the background, and what costs too much is refused."""

import time
from pathlib import Path

import pytest

from api.audit.recording import event_now
from api.manners.errors import UnprocessableError
from api.networks import building
from api.networks.building import Sent, begin
from api.networks.reading import look_at
from api.networks.unfinished import PART_PREFIX, end_unfinished
from tests.api.service.test_resources import DENPASAR

EXTRACT = DENPASAR / "denpasar.osm.pbf"
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def dispatcher(service):
    with service.as_role("dispatcher") as client:
        yield client
        for one in client.get("/v1/networks").json()["items"]:
            client.delete(f"/v1/networks/{one['network_id']}")


def ended(client, network_id: str) -> dict[str, object]:
    """Return an extract as soon as it is not being built any more."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = client.get(f"/v1/networks/{network_id}").json()
        if found["state"] != "building":
            return found
        time.sleep(0.05)
    pytest.fail("it is being built for ever")


def test_the_child_finds_what_the_core_finds():
    from routing.network.extract import read_extract

    looked, read = look_at(EXTRACT), read_extract(EXTRACT)
    assert (looked.sha256, looked.way_count, tuple(looked.bounds)) == (read.sha256, len(read.ways), read.bounds)


def test_more_memory_than_is_allowed_is_refused():
    # 40 MiB of addresses do not even hold the libraries; the child dies of it, and nobody else.
    with pytest.raises(UnprocessableError) as caught:
        look_at(EXTRACT, most_bytes=40 * 1024**2)
    assert caught.value.code == "extract_too_costly"


def test_more_time_than_is_allowed_is_refused():
    began = time.monotonic()
    with pytest.raises(UnprocessableError) as caught:
        look_at(EXTRACT, most_s=0.05)  # Python itself takes longer to start
    assert caught.value.code == "extract_too_costly"
    assert time.monotonic() - began < 5


def test_what_is_no_extract_is_refused_for_what_it_is(tmp_path):
    path = tmp_path / "junk.osm.pbf"
    path.write_bytes(b"junk")
    with pytest.raises(UnprocessableError) as caught:
        look_at(path)
    assert caught.value.code == "extract_unreadable"
    assert "junk" not in caught.value.message


def test_whoever_does_not_wait_is_told_how_it_goes_on(service, dispatcher):
    sent = dispatcher.put("/v1/networks/den.osm.pbf", content=EXTRACT.read_bytes(), headers=ASYNC)
    assert (sent.status_code, sent.headers["location"]) == (202, "/v1/networks/den.osm.pbf")
    assert (sent.json()["state"], sent.json()["sha256"]) == ("building", None)
    found = ended(dispatcher, "den.osm.pbf")
    assert (found["state"], found["reason"], found["ways"]) == ("ready", None, 2198)
    assert [one.name for one in service.opened.networks.glob(f"{PART_PREFIX}*")] == []


def test_one_that_fails_says_why_and_leaves_the_one_before_in_use(dispatcher):
    path = "/v1/networks/den.osm.pbf"
    before = dispatcher.put(path, content=EXTRACT.read_bytes()).json()
    assert dispatcher.put(path, content=b"junk", headers=ASYNC).status_code == 202
    found = ended(dispatcher, "den.osm.pbf")
    assert (found["state"], found["reason"]) == ("failed", "extract_unreadable")
    assert (found["sha256"], found["ways"]) == (before["sha256"], 2198)
    assert dispatcher.put(path, content=EXTRACT.read_bytes()).json()["state"] == "ready"


def test_what_was_not_finished_when_the_service_ended_is_told(service, dispatcher, monkeypatch):
    part = service.opened.networks / f"{PART_PREFIX}left.osm.pbf"
    part.write_bytes(b"half of it")
    sent = Sent(event=event_now("north", "test"), network_id="half.osm.pbf", part=part)
    monkeypatch.setattr(building, "_pool", Never())
    begin(service.opened, sent)
    end_unfinished(service.opened.store, service.opened.networks)
    found = dispatcher.get("/v1/networks/half.osm.pbf").json()
    assert (found["state"], found["reason"]) == ("failed", "build_interrupted")
    assert not part.exists()


class Never:
    """A pool that ends before it begins, as when the service is killed."""

    def submit(self, *_: object) -> None:
        return None


def test_the_server_does_not_read_extracts_itself():
    assert "routing.network" not in Path(building.__file__).read_text(encoding="utf-8")
