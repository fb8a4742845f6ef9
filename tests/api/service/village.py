"""A programme to report on: three clients on a liquid, two volunteers, one site; and how to ask the service about it.

Each client has one dose at home on the 23rd, and nothing after it. 60 mg a day at 5 mg/mL are 12 mL a dose-day.
"""

import itertools

from tests.api.service import story
from tests.api.service.conftest import Service

AT = "2026-11-23T10:00:00+08:00"
_numbers = itertools.count(1)


def report(report_id: str, kind: str = "done", at: str = AT, **told: object) -> dict[str, object]:
    common = {"report_id": report_id, "kind": kind, "at": at, "client_id": "c1", "volunteer_id": "v1"}
    extra = {"reason": "not_home"} if kind == "failed" else {}
    return {**common, **extra, **told}


def document(programme_id: str) -> dict[str, object]:
    made = story.programme(programme_id)
    clients = []
    for client_id, name in (("c1", "Canary Heron"), ("c2", "Stork"), ("c3", "Crane")):
        client = story.client(client_id, name)
        client["regimens"] = [
            {key: value for key, value in regimen.items() if key != "last_taken_on"} for regimen in client["regimens"]
        ]
        clients.append(client)
    volunteer = {key: value for key, value in made["volunteers"][0].items() if key != "vetoes"}
    volunteer["custody"] = [{"product_id": "p1", "quantity": 500}]
    made |= {"clients": clients, "ledger": []}
    made["volunteers"] = [volunteer, {**volunteer, "volunteer_id": "v2", "code_name": "Swallow"}]
    made["passes"].append({**made["passes"][0], "pass_id": "w2", "volunteer_id": "v2"})
    return made


class Village:
    """One programme of north's, spoken to as any role."""

    def __init__(self, service: Service, programme_id: str) -> None:
        self.service, self.programme_id = service, programme_id

    def ask(self, method: str, path: str, role: str = "dispatcher", **sent: object):
        with self.service.as_role(role) as client:
            return client.request(method, f"/v1/programmes/{self.programme_id}{path}", **sent)

    def tell(self, *reports: dict[str, object], role: str = "dispatcher") -> list[str]:
        return self.outcomes(self.ask("POST", "/visits", role, json={"reports": list(reports)}))

    def user(self, role: str) -> str:
        """The id of north's user with a role."""
        with self.service.as_role("administrator") as client:
            users = client.get("/v1/users?limit=200").json()["items"]
        return next(one["user_id"] for one in users if one["login"] == role)

    def step(self, *steps: dict[str, object]) -> list[str]:
        """Send steps of custody as the dispenser, seen by the clinician where nobody else is named."""
        seen = {"witness": {"user_id": self.user("clinician")}}
        return self.outcomes(self.ask("POST", "/custody", "dispenser", json={"records": [seen | one for one in steps]}))

    def move(self, *movements: dict[str, object]) -> list[str]:
        seen = {"witness": {"user_id": self.user("clinician")}}
        sent = {"movements": [seen | one for one in movements]}
        return self.outcomes(self.ask("POST", "/stock", "dispenser", json=sent))

    def outcomes(self, answer) -> list[str]:
        assert answer.status_code == 200, answer.text
        return [one.get("problem", {}).get("code", one["outcome"]) for one in answer.json()["outcomes"]]

    def account(self, volunteer_id: str = "v1", date: str = "2026-11-23") -> dict[str, float]:
        found = self.ask("GET", f"/custody/balances?date={date}", "dispenser").json()["volunteers"]
        return next(
            {key: value for key, value in one.items() if not key.endswith("_id")}
            for one in found
            if one["volunteer_id"] == volunteer_id
        )

    def close(self, date: str = "2026-11-23", **witness: str):
        sent = {"witness": witness or {"user_id": self.user("clinician")}}
        return self.ask("POST", f"/days/{date}/close", "dispenser", json=sent)

    def shelf(self, site_id: str = "s1") -> list[tuple[str, float]]:
        sites = self.ask("GET", "/sites", "dispenser").json()["items"]
        site = next(one for one in sites if one["site_id"] == site_id)
        return [(one.get("lot", ""), one["quantity"]) for one in site.get("stock", [])]

    def document(self) -> dict[str, object]:
        return self.ask("GET", "/document", "care").json()

    def ledger(self, client_id: str = "c1") -> list[tuple[str, str, str]]:
        return [
            (one["state"], one.get("from_on", one.get("supply_id")), one.get("to_on", ""))
            for one in self.document().get("ledger", [])
            if one["client_id"] == client_id
        ]

    def orders(self, date: str) -> dict[str, str]:
        """The first dose-day of each client's order."""
        day = self.ask("GET", f"/days/{date}", "dispenser").json()
        return {one["client_id"]: one["covers_from_on"] for one in day["orders"]}

    def holds(self, date: str) -> set[tuple[str, str]]:
        found = self.ask("GET", f"/days/{date}", "dispenser").json()["holds"]
        return {(one["client_id"], one["code"]) for one in found}

    def open(self, role: str = "dispatcher") -> list[dict[str, object]]:
        return self.ask("GET", "/discrepancies", role).json()["items"]


def village_of(service: Service) -> Village:
    programme_id = f"reported-{next(_numbers)}"
    with service.as_role("care") as client:
        done = client.post("/v1/programmes", json=document(programme_id))
    assert done.status_code == 201, done.text
    return Village(service, programme_id)
