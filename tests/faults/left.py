"""What a service has after kills, held against what it has acknowledged. Law: no more and no less of it is there."""

import time
from collections import Counter

import httpx

from tests.faults.users import AT, DAYS, PLANS, REGISTER, REPORTED_ON, VILLAGE, Known

ENDED = {"done", "failed", "cancelled"}
ENDS_WITHIN_S = 900  # on a machine that has much else to do


def all_ended(client: httpx.Client, known: Known) -> None:
    """Wait until every plan has ended."""
    until = time.monotonic() + ENDS_WITHIN_S
    left = set(known.plans)
    while left:
        left = {plan for plan in left if client.get(plan).json()["state"] not in ENDED}
        assert time.monotonic() < until, left
        time.sleep(0.2)


class Left:
    """Reads all there is."""

    def __init__(self, client: httpx.Client, known: Known) -> None:
        self._client, self._known = client, known
        self._plans = {plan: client.get(plan).json() for plan in sorted(known.plans)}
        self._events = {plan: client.get(f"{plan}/events").json()["items"] for plan in self._plans}

    @property
    def retries(self) -> int:
        """How often a job was tried again since its process had died."""
        events = [event for of_plan in self._events.values() for event in of_plan]
        return sum(event["figures"].get("code") == "job_died" for event in events)

    def told(self) -> str:
        """Return figures of it."""
        known, ends = self._known, Counter(plan["state"] for plan in self._plans.values())
        return (
            f"{known.cut} answers cut, {len(known.clients)} clients, {len(known.reports)} reports, "
            f"{len(known.plans)} plans ({dict(ends)}; {self.retries} workers at work killed), "
            f"{len(known.edited)} edits, "
            f"{len(known.published)} publications, {known.printed} papers; refused: {dict(known.refused)}"
        )

    def hold(self) -> None:
        """Require that all of it is there, once, and nothing that nobody was told of."""
        self._hold_people()
        for address in self._plans:
            self._hold_end(address)
            self._hold_versions(address)
        assert {f"{PLANS}/{plan['plan_id']}" for plan in self._listed(PLANS)} == self._known.plans
        self._hold_days()

    def _hold_people(self) -> None:
        known = self._known
        there = {one["client_id"] for where in (VILLAGE, REGISTER) for one in self._listed(f"{where}/clients")}
        assert {one for one in there if one.startswith("k")} == known.clients
        reports = [one["report_id"] for one in self._listed(f"{REGISTER}/visits", date=REPORTED_ON)]
        assert Counter(reports) == Counter(known.reports)
        found = self._client.get(f"{REGISTER}/custody/balances", params={"date": REPORTED_ON}).json()["volunteers"]
        handed = {(one["volunteer_id"], one["product_id"]): one["handed_over"] for one in found}
        assert handed == {("v1", "p1"): len(known.reports)}  # one millilitre each
        ledger = self._client.get(f"{REGISTER}/document").json()["ledger"]
        written = Counter(entry["client_id"] for entry in ledger if entry["at"].startswith(AT[:13]))
        assert written == Counter(report.removeprefix("r-") for report in known.reports)

    def _hold_end(self, address: str) -> None:
        """Require that a plan has one end and is what it says; whoever was told `cancelled` finds it so."""
        plan, events = self._plans[address], self._events[address]
        kinds = Counter(event["kind"] for event in events)
        assert sum(kinds[end] for end in ENDED) == 1, events
        assert kinds[plan["state"]] == 1
        assert [event["number"] for event in events] == list(range(1, len(events) + 1))
        assert plan["code"] in ({"job_died", "job_lost"} if plan["state"] == "failed" else {None})
        assert plan["state"] == "cancelled" or address not in self._known.cancelled

    def _hold_versions(self, address: str) -> None:
        """Require that a plan has the versions that were acknowledged, and that each was published once at most."""
        plan, known = self._plans[address], self._known
        edited = [event["figures"]["version"] for event in self._events[address] if event["kind"] == "edited"]
        assert edited == sorted(version for one, version in known.edited if one == address)
        made = plan["state"] == "done"
        assert edited == [] or edited == list(range(2, 2 + len(edited)))
        assert (plan["version"], plan["plan"] is not None) == (made + len(edited), made)
        if edited:
            assert plan["plan"] == known.edited[address, plan["version"]]
        published = [event["figures"]["version"] for event in self._events[address] if event["kind"] == "published"]
        assert published == sorted(version for one, version in known.published if one == address)
        assert plan["published_version"] == (published[-1] if published else None)

    def _hold_days(self) -> None:
        """Require that a day's plan is the one that was published last."""
        for date in DAYS:
            of_day = {address: plan for address, plan in self._plans.items() if plan["date"] == date}
            published = [
                (event["at"], address)
                for address in of_day
                for event in self._events[address]
                if event["kind"] == "published"
            ]
            current = [address for address, plan in of_day.items() if plan["is_current"]]
            assert current == [address for _, address in sorted(published)[-1:]]

    def _listed(self, path: str, **asked: str) -> list[dict[str, object]]:
        found, following = [], dict[str, str]()
        while True:
            page = self._client.get(path, params={"limit": "200", **asked, **following}).raise_for_status().json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            following = {"cursor": page["next_cursor"]}
