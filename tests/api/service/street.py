"""A published day on one street, for a volunteer to fetch: the town of the sheets' tests, kept by the service."""

import json
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx

from api.jobs.ledger import State
from api.storage.identity_tables import VolunteerLink
from api.storage.plan_tables import Job
from api.storage.sessions import EVERY
from routing.network.extract import Extract
from tests.api.service.conftest import Service, _numbers
from tests.api.service.streets import put_network
from tests.sheets import town

CLIENTS = 4
HOUR = timedelta(hours=1)
PATIENCE_S = 1800


def reached(client: httpx.Client, path: str, states: Collection[str]) -> str:
    """Wait for a plan or a network to come into one of some states, however busy the machine is; return it."""
    until = time.monotonic() + PATIENCE_S
    while (state := client.get(path).raise_for_status().json()["state"]) not in states:
        assert time.monotonic() < until, f"it stays {state}"
        time.sleep(0.1)
    return str(state)


def osm_xml(extract: Extract) -> bytes:
    """Return an extract as OpenStreetMap writes it."""
    nodes = [
        f'<node id="{one}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>' for one, (lon, lat) in extract.nodes.items()
    ]
    ways = [
        f'<way id="{way.way_id}" version="1">'
        + "".join(f'<nd ref="{node}"/>' for node in way.nodes)
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in way.tags.items())
        + "</way>"
        for way in extract.ways.values()
    ]
    return "\n".join(['<?xml version="1.0"?>', '<osm version="0.6">', *nodes, *ways, "</osm>"]).encode()


def publish_day(service: Service, organisation_id: str = "north") -> str:
    """Keep a programme with its streets and a plan of its day, and publish that; return the programme's id."""
    programme_id, network_id = f"street-{next(_numbers)}", f"street-{next(_numbers)}.osm"
    streets = osm_xml(town.extract(9))
    raw = town.raw_programme(CLIENTS, "green gate") | {"programme_id": programme_id, "extract": network_id}
    with service.as_role("all", organisation_id) as client:
        put_network(client, network_id, streets)
        made = client.post("/v1/programmes", json=raw)
        assert made.status_code == 201, made.text
    keep_plan(service, organisation_id, programme_id, sha256(streets).hexdigest())
    return programme_id


def keep_plan(service: Service, organisation_id: str, programme_id: str, extract_sha256: str) -> str:
    plan = town.plan(CLIENTS).changed(programme_id=programme_id)
    plan = plan.changed(inputs=plan.inputs.changed(extract_sha256=extract_sha256))
    plans, day = service.opened.plans, town.ON.isoformat()
    with service.opened.store.writing(organisation_id) as session:
        plan_id = plans.add(session, organisation_id, programme_id, day, programme_version=1, asked_by="test", asked={})
        session.get_one(Job, (organisation_id, plan_id)).state = State.DONE.value
        version = plans.keep_version(session, organisation_id, plan_id, plan, expected_version=0, made_by="test")
        assert plans.publish(session, organisation_id, plan_id, version)
    return plan_id


def made_link(service: Service, programme_id: str, organisation_id: str = "north") -> dict[str, str]:
    """Have a dispatcher make a link; its day is today."""
    with service.as_role("dispatcher", organisation_id) as client:
        answer = client.post(
            f"/v1/programmes/{programme_id}/links", json={"volunteer_id": "v01", "date": town.ON.isoformat()}
        )
    assert answer.status_code == 201, answer.text
    now = datetime.now(UTC)
    set_span(service, organisation_id, answer.json()["link_id"], now - HOUR, now + HOUR, now + 72 * HOUR)
    return answer.json()


def set_span(service: Service, organisation_id: str, link_id: str, *instants: datetime) -> None:
    """Have a link's day begin and end, and its reports end, at other times."""
    with service.opened.store.writing(EVERY) as session:
        link = session.get_one(VolunteerLink, (organisation_id, link_id))
        link.reads_from, link.reads_until, link.reports_until = instants


def opened_by(client, secret: str):
    """Open a link; the client carries what it needs from then on."""
    answer = client.post("/v1/volunteer/session", json={"secret": secret})
    if answer.status_code == 201:
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return answer


def everything(document: object) -> str:
    return json.dumps(document, ensure_ascii=False)
