"""Proposals as authorities may read them.

Law: no client, no product, no volunteer, no place below a pass's area; a count under ten is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.domain.plan import Plan, Proposal
from routing.domain.programme import Programme

FEWEST_TOLD = 10
COLUMNS = ("date", "code", "what", "pass_number", "issuer", "area", "rule", "zone", "size", "unit", "clients")
_SIZES = ("minutes", "metres")


def exported(plan: Plan, programme: Programme) -> Iterator[dict[str, str | int]]:
    """Yield a record for each proposal that authorities decide about, with every column of `COLUMNS`."""
    passes = {permit.pass_id: permit for permit in programme.passes}
    zones = {zone.zone_id: zone.name for zone in programme.zones}
    for proposal in plan.proposals:
        if not proposal.code.of_authorities:
            continue
        permit = passes.get(str(proposal.params.get("pass_id", "")))
        unit = next((unit for unit in _SIZES if unit in proposal.params), "")
        zone_id = str(proposal.params.get("zone_id", ""))
        yield {
            "date": plan.date.isoformat(),
            "code": str(proposal.code),
            "what": WHAT[str(proposal.code)],
            "pass_number": permit.number if permit else "",
            "issuer": permit.issuer if permit else "",
            "area": permit.area_name if permit else "",
            "rule": str(proposal.params.get("rule_id", "")),
            "zone": zones.get(zone_id, zone_id),
            "size": int(proposal.params[unit]) if unit else "",
            "unit": unit,
            "clients": told(proposal),
        }


def told(proposal: Proposal) -> str | int:
    """Return the number of clients, or that there are fewer than ten."""
    return proposal.clients if proposal.clients >= FEWEST_TOLD else f"fewer than {FEWEST_TOLD}"


WHAT = {
    "pass_renewed": "a pass is put in force again, or renewed",
    "pass_later": "a pass holds longer",
    "pass_earlier": "a pass holds from an earlier hour",
    "pass_vehicle": "a pass is for all vehicles of its holder",
    "pass_purpose": "a pass is for more kinds of goods",
    "pass_area": "a pass reaches farther all around its area",
    "new_pass": "one more volunteer has a pass",
    "rule_exemption": "whoever has a pass is exempt from a curfew or a bar",
    "zone_exception": "a closed zone may be entered with essential goods",
}
