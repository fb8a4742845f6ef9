"""Everything that somebody can tell the service, told with canaries: people, visits, goods, intake, plans, links.

`free_texts` walks the models of the OpenAPI document: a field that is added to a body and not here is missed by a test.
What was really sent is written down, and so is every secret that the service has made and shown once.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pyotp

from api.identity.tokens import COOKIE
from api.jobs.ledger import ENDED
from routing.plan_day import Budget, plan_day
from tests.api.service import aviary
from tests.api.service.aviary import Points, word
from tests.api.service.conftest import Service
from tests.api.service.story import LAT, LON
from tests.api.service.street import HOUR, PATIENCE_S, reached, set_span
from tests.api.service.streets import extract, reachable
from tests.api.service.test_edits import DAY, keep_made, streets

REFERENCE = "#/components/schemas/"
# Free text that is none: it has to be a language, a time zone, or what `aviary.TOLD_BY_FORM` says.
TOLD_BY_FORM = {*aviary.TOLD_BY_FORM, ("HelpRequest", "language"), ("Programme", "timezone")}
CHANGE = "Change"  # ends the name of what a PATCH takes, whose keys are those of what it changes
ON, AT = "2026-11-23", "2026-11-23T10:00:00+08:00"
NETWORK = "aviary.osm"
LASTING_S = 9  # long enough to look into the process that makes a plan; then it is stopped
CHANGED = {
    "Product": "products/p1",
    "Site": "sites/s1",
    "Policy": "policies/m1",
    "Client": "clients/c5",
    "Prescriber": "prescribers/d1",
    "Volunteer": "volunteers/v1",
    "Pass": "passes/w1",
    "MovementRule": "movement_rules/r1",
    "Zone": "zones/z1",
    "Checkpoint": "checkpoints/k1",
}


def free_texts(described: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every field of every body that takes text which is no identifier, date, or word of a closed list."""
    schemas = described["components"]["schemas"]
    bodies = [op.get("requestBody") for methods in described["paths"].values() for op in methods.values()]
    names, waiting = set[str](), set(_named(bodies))
    while waiting:
        names |= waiting
        waiting = {found for name in waiting for found in _named(schemas[name])} - names
    fields = {(name, field): of for name in names for field, of in schemas[name].get("properties", {}).items()}
    return {place for place, of in fields.items() if any(map(_is_free, _strings(of)))}


def told_by_form() -> set[tuple[str, str]]:
    """What has to be of some form, in whole and in changes."""
    return {*TOLD_BY_FORM, *((f"{model}{CHANGE}", field) for model, field in TOLD_BY_FORM)}


def _named(value: object) -> Iterator[str]:
    if isinstance(value, dict) and str(value.get("$ref", "")).startswith(REFERENCE):
        yield str(value["$ref"]).removeprefix(REFERENCE)
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _named(part)


def _strings(of_field: object) -> Iterator[Mapping[str, Any]]:
    """Yield the texts that a field may hold, however deep in lists and choices."""
    if isinstance(of_field, dict):
        if of_field.get("type") == "string":
            yield of_field
        for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            for part in of_field.get(key, ()):
                yield from _strings(part)
        for key in ("items", "additionalProperties"):
            yield from _strings(of_field.get(key))


def _is_free(text: Mapping[str, Any]) -> bool:
    return not {"pattern", "format", "enum", "const"} & set(text)


class Flight:
    """A programme `aviary` on which all is told, and one on streets, `flight`, that is planned."""

    def __init__(self, service: Service, points: Points) -> None:
        self.service, self.points = service, points
        self.sent: list[object] = []
        self.seen: list[httpx.Response] = []
        self.secrets: list[str] = []
        self.of_processes: list[bytes] = []
        self.doors: list[dict[str, Any]] = []  # of those who are clients later
        self.plans: list[str] = []
        self.newcomer: dict[str, object] = {}

    def ask(
        self, client: httpx.Client, method: str, path: str, status: int, body: object = None, **more: Any
    ) -> httpx.Response:
        """Ask; what was sent is written down, and what was answered."""
        answer = client.request(method, path, json=body, **more)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        self.sent.append(body)
        self.seen.append(answer)
        return answer

    def everything(self) -> None:
        self.people()
        self.changes()
        self.goods()
        self.visits()
        self.intake()
        self.planned()

    # Who gets in

    def people(self) -> None:
        """A user who signs in, changes their password, has a second factor; a key; and each of it wrongly."""
        login, password = word("NewUser", "login"), word("NewPassword", "password")
        with self.service.signed_in("administrator") as admin:
            new = {"login": login, "roles": ["dispatcher"]}
            made = self.ask(admin, "POST", "/v1/users", 201, new, headers={"Idempotency-Key": login}).json()
            key = {"name": word("NewKey", "name"), "roles": ["administrator"]}
            once = {"headers": {"Idempotency-Key": key["name"]}}
            self.secrets.append(self.ask(admin, "POST", "/v1/keys", 201, key, **once).json()["key"])
        given = made["one_time_password"]
        with self.service.anonymous() as client:
            wrong = {field: word("Credentials", field) for field in ("login", "password", "code")}
            self.ask(client, "POST", "/v1/session", 401, {"organisation_id": "north", **wrong})
            self.ask(client, "POST", "/v1/unlock", 204, {"secret": word("Secret", "secret")})  # it is open already
            right = {"organisation_id": "north", "login": login, "password": given}
            session = self.ask(client, "POST", "/v1/session", 201, right).json()
            client.headers["X-CSRF-Token"] = session["csrf_token"]
            self.secrets += [given, session["csrf_token"], client.cookies[COOKIE]]
            self._passwords(client, given, password)
            self._second_factor(client, password)

    def _passwords(self, client: httpx.Client, given: str, password: str) -> None:
        path = "/v1/session/password"
        self.ask(client, "PUT", path, 422, {"current": word("NewPassword", "current"), "password": password})
        self.ask(client, "PUT", path, 204, {"current": given, "password": password})

    def _second_factor(self, client: httpx.Client, password: str) -> None:
        path = "/v1/session/second-factor"
        wrong = {field: word("FactorAsked", field) for field in ("current", "code")}
        self.ask(client, "POST", path, 422, wrong)
        made = self.ask(client, "POST", path, 201, {"current": password}).json()
        self.ask(client, "PUT", path, 422, {"code": word("FactorCode", "code")})
        code = pyotp.TOTP(made["secret"]).now()
        self.secrets += [made["secret"], *self.ask(client, "PUT", path, 200, {"code": code}).json()["recovery_codes"]]

    # The programme, changed

    def changes(self) -> None:
        """Each kind of entry with other texts, and as it was before: a client has to be a client of its own."""
        with self.service.as_role("all") as client:
            client.timeout = httpx.Timeout(PATIENCE_S)  # the description is made when somebody first asks for it
            described = client.get("/openapi.json").json()
            fields = free_texts(described) - told_by_form()
            new = {"client_id": "c5", "code_name": "Robin", "place": aviary.plain_place()}
            self.ask(client, "POST", "/v1/programmes/aviary/clients", 201, new)
            before = client.get("/v1/programmes/aviary/document").json()
            for model, path in {**CHANGED, "Programme": ""}.items():
                where = f"/v1/programmes/aviary/{path}".rstrip("/")
                asked = {field: word(f"{model}{CHANGE}", field) for name, field in fields if name == f"{model}{CHANGE}"}
                if "plates" in asked:
                    asked["plates"] = [word("Vehicle", "plate"), asked["plates"]]
                self.ask(client, "PATCH", where, 200, asked, headers={"If-Match": "*"})
                entry = _entry(before, path) if path else before
                again = {field: entry.get(field) for field in asked}
                if model != "Client":
                    self.ask(client, "PATCH", where, 200, again, headers={"If-Match": "*"})

    # Goods and visits

    def goods(self) -> None:
        """What was received and issued; more comes back than was issued, about which two persons decide."""
        witness = {"user_id": self._user("clinician")}
        frame = {"at": AT, "site_id": "s1", "witness": witness}
        movement = {"movement_id": "m1", "kind": "received", "product_id": "p1", "quantity": 100, **frame}
        texts = {field: word("Movement", field) for field in ("lot", "reason")}
        goods = {"product_id": "p1", "quantity": 12, "lot": word("CountedGoods", "lot")}
        step = {**frame, "volunteer_id": "v1"}
        own = {**goods, "from_on": ON, "to_on": ON}
        back = {"kind": "returned", "goods": [goods], **step, "at": AT.replace("T10", "T12")}
        steps = [
            {"record_id": "s1", "kind": "issued", "goods": [own], "client_id": "c1", **step},
            {"record_id": "s2", **back},
            {"record_id": "s3", **back},
        ]
        with self.service.as_role("dispenser") as client:
            path = "/v1/programmes/aviary"
            once = {"headers": {"Idempotency-Key": word("Movement", "lot")}}
            self.ask(client, "POST", f"{path}/stock", 200, {"movements": [{**movement, **texts}]}, **once)
            for one in steps:
                told = self.ask(client, "POST", f"{path}/custody", 200, {"records": [one]}, **_once(one["record_id"]))
                assert told.json()["outcomes"][0]["outcome"] == "taken", told.text
            self.ask(client, "POST", f"{path}/days/{ON}/close", 200, {"witness": witness})
            found = client.get(f"{path}/discrepancies").json()["items"]
            (open_one,) = [one for one in found if one["code"] == "more_returned_than_issued"]
            decision = {"decision": word("Decision", "decision"), "witness": witness}
            decided = f"{path}/discrepancies/{open_one['discrepancy_id']}/decision"
            self.ask(client, "POST", decided, 204, decision)

    def visits(self) -> None:
        """Reports with remarks: of a visit, of one that is told otherwise, of a sheet that is lost; and one refused."""
        remark = word("Report", "remark", "c1")
        common = {"at": AT, "volunteer_id": "v1", "remark": remark}
        reports = [
            {"report_id": "r1", "kind": "done", "client_id": "c1", **common},
            {"report_id": "r2", "kind": "failed", "reason": "not_home", "client_id": "c1", **common},
            {"report_id": "r3", "kind": "sheet_lost", "client_ids": ["c1"], "at": AT, "volunteer_id": "v1"},
            {"report_id": "r4", "kind": "done", **common, "client_id": "c77"},
        ]
        with self.service.as_role("dispatcher") as client:
            path = "/v1/programmes/aviary/visits"
            told = self.ask(client, "POST", path, 200, {"reports": reports}, **_once(remark)).json()["outcomes"]
            assert [one["outcome"] for one in told] == ["taken", "taken", "taken", "refused"]

    def intake(self) -> None:
        """Three who ask: accepted, refused, waiting."""
        path = "/v1/programmes/aviary/intake"
        with self.service.as_role("dispatcher") as client:
            for number in range(3):
                self.ask(client, "POST", path, 201, self._request(f"h{number}"))
            yes, no = {"accept": True, "client_id": "c6"}, {"accept": False, "reason": "not_ours"}
            self.ask(client, "POST", f"{path}/h0/decision", 200, yes)
            self.ask(client, "POST", f"{path}/h1/decision", 200, no)

    def _request(self, request_id: str) -> dict[str, object]:
        return {
            "request_id": request_id,
            "asked_at": AT,
            **{field: word("HelpRequest", field, request_id) for field in ("code_name", "phone", "wanted")},
            "consent": {"home_delivery": True, "if_others_answer": word("Consent", "if_others_answer", request_id)},
            "place": self.place(request_id),
        }

    def place(self, whose: str) -> dict[str, Any]:
        """A place with canaries of its own."""
        texts = {field: word("Place", field, whose) for field in ("address", "hint")}
        made = {**texts, "location": self.points.location()}
        if whose in {"c3", "h0"}:
            self.doors.append(made)
        return made

    def _user(self, role: str) -> str:
        with self.service.as_role("administrator") as client:
            users = client.get("/v1/users?limit=200").json()["items"]
        return next(one["user_id"] for one in users if one["login"] == role)

    # Plans

    def planned(self) -> None:
        """A day that is planned, edited, published, fetched by a volunteer, and planned again."""
        document = self._on_streets()
        with self.service.as_role("all") as client:
            assert client.put(f"/v1/networks/{NETWORK}", content=extract()).is_success
            assert reached(client, f"/v1/networks/{NETWORK}", {"ready", "failed"}) == "ready"
            self.ask(client, "POST", "/v1/programmes", 201, document)
            plan = f"/v1/programmes/flight/plans/{self._plan_made()}"
            lock = {"type": "lock", "client_id": "c3", "volunteer_id": "v1"}
            edits = {"edits": [lock, {"type": "exclude", "client_id": "c5", "reason": "away"}]}
            edited = {"headers": {"If-Match": '"1"', "Idempotency-Key": word("Client", "phone")}}
            for _ in range(2):
                made = self.ask(client, "POST", f"{plan}/edits", 200, edits, **edited).json()
                assert "c3" in str(made["plan"]["routes"])
            self.ask(client, "POST", f"{plan}/publish", 200, {}, headers={"If-Match": '"2"'})
            for path in ("", "/events", "/violations", "/differences", "/explanations", "/routes/v1", "/run-sheet"):
                self.ask(client, "GET", f"{plan}{path}", 200)
            for path in ("sheets/v1", "sheets/v1?format=html", "manifests/s1", "explanations?client_id=c3"):
                self.ask(client, "GET", f"{plan}/{path}", 200)
            self.plans = [plan, self._planned_again(client, plan)]
            self._by_link(client)

    def _plan_made(self) -> str:
        """A plan as its job would have left it; the rest of the day is planned by a process."""
        with self.service.opened.store.reading("north") as session:
            kept = self.service.opened.kept.load(session, "north", "flight")
        made = plan_day(kept.programme, date.fromisoformat(DAY), *streets(), Budget(iterations=1))
        with self.service.opened.store.writing("north") as session:
            return keep_made(session, self.service.opened, kept, made)

    def _on_streets(self) -> dict[str, Any]:
        document = {**reachable("flight", due=3), "extract": NETWORK}
        texts = {field: word("Client", field, "c3") for field in ("code_name", "phone", "challenge", "guardian")}
        document["clients"][2] |= {**texts, "place": self.place("c3")}
        return document

    def _planned_again(self, client: httpx.Client, plan: str) -> str:
        """The rest of the day, with somebody new and a street that is closed, both told with canaries."""
        at = f"{DAY}T07:30:00+08:00"
        far = [round(LON - 0.0047321, 7), round(LAT + 0.0041217, 7)]  # a corner of the map where nobody lives
        self.points.given.append((far[0], far[1]))
        ring = [far, [far[0] + 0.001, far[1]], [far[0] + 0.001, far[1] + 0.001], far]
        zone = {"zone_id": "z7", "area": {"type": "Polygon", "coordinates": [ring]}, **aviary.SPAN}
        zone |= {field: word("Zone", field) for field in ("name", "source")}
        self.newcomer = {"client_id": "c8", "place": self.place("c8"), "code_name": word("Client", "code_name", "c8")}
        events = [
            {"type": "street_closed", "at": at, "zone": zone},
            {"type": "new_client", "at": at, "client": self.newcomer},
            {"type": "status_changed", "at": at, "client_id": "c4", "status": "hospital"},
        ]
        told = {"schema": "doorstep.events/1", "on": DAY, "now_at": at, "events": events}
        sent = {"events": told, "time_limit_s": LASTING_S}
        again = self.ask(client, "POST", f"{plan}/replans", 202, sent, **_once("again")).headers["Location"]
        assert reached(client, again, {"running", *ENDED}) == "running"
        self.of_processes += list(self._looked_into_processes())
        assert client.post(f"{again}/stop").status_code == 202
        assert reached(client, again, ENDED) == "done", client.get(again).text
        return again

    def _by_link(self, client: httpx.Client) -> None:
        asked = {"volunteer_id": "v1", "date": DAY}
        link = self.ask(client, "POST", "/v1/programmes/flight/links", 201, asked).json()
        now = datetime.now(UTC)
        set_span(self.service, "north", link["link_id"], now - HOUR, now + HOUR, now + 72 * HOUR)
        self.secrets += [link["code"], link["url"].partition("#")[2]]
        with self.service.anonymous() as volunteer:
            wrong = {"secret": word("LinkSecret", "secret")}
            self.ask(volunteer, "POST", "/v1/volunteer/session", 401, wrong)
            self.seen.append(volunteer.post("/v", data=wrong))
            opened = self.ask(volunteer, "POST", "/v1/volunteer/session", 201, {"secret": link["code"]}).json()
            volunteer.headers["X-CSRF-Token"] = opened["csrf_token"]
            for path in ("/v1/volunteer/day", "/v1/volunteer/sheets/1"):
                self.ask(volunteer, "GET", path, 200)
            told = {"codes": [{"code": word("CodeReport", "code"), "at": f"{DAY}T09:00:00+08:00"}]}
            self.ask(volunteer, "POST", "/v1/volunteer/reports", 422, told)

    def _looked_into_processes(self) -> Iterator[bytes]:
        """Yield what a process that makes a plan, and each that it has begun, show of it: arguments, surroundings."""
        runner = self.service.installation.runner
        assert runner is not None
        assert runner.process_ids
        for process_id in _with_children(runner.process_ids):
            for name in ("cmdline", "environ"):
                yield (Path("/proc") / str(process_id) / name).read_bytes()


def _with_children(process_ids: list[int]) -> list[int]:
    found = list(process_ids)
    for process_id in found:  # grows while it is walked: children of children
        for task in (Path("/proc") / str(process_id) / "task").glob("*/children"):
            found += map(int, task.read_text().split())
    return found


def _once(key: object) -> dict[str, dict[str, str]]:
    return {"headers": {"Idempotency-Key": f"flight {key}"}}


def _entry(document: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    kind, _, entry_id = path.partition("/")
    return next(one for one in document[kind] if entry_id in one.values())
