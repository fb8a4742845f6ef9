"""Remedies in English. Law: made from code and params alone, so that they can be translated at the edge."""

from __future__ import annotations

from collections.abc import Mapping

from routing.domain.remedies import RemedyCode

Params = Mapping[str, str | int | float]

REMEDY_MESSAGES: dict[RemedyCode, str] = {
    RemedyCode.LONGER_SEARCH: "nothing has to change: a longer search finds room",
    RemedyCode.CONSENT: "the client agrees to home delivery",
    RemedyCode.WINDOW_TODAY: "the client is at home today, at a time that is agreed on",
    RemedyCode.WIDER_WINDOW: "the client's time windows begin and end {minutes} minutes earlier and later",
    RemedyCode.SITE_OPENED: "site {site_id} is open today",
    RemedyCode.SITE_READY_EARLIER: "site {site_id} has the goods ready {minutes} minutes earlier",
    RemedyCode.SITE_OPEN_LONGER: "site {site_id} opens {minutes} minutes earlier and closes as much later",
    RemedyCode.BREAK_MOVED: "a break of {volunteer_id} may begin {minutes} minutes later",
    RemedyCode.LONGER_SHIFT: "the shift of {volunteer_id} ends {minutes} minutes later",
    RemedyCode.EARLIER_SHIFT: "the shift of {volunteer_id} begins {minutes} minutes earlier",
    RemedyCode.MORE_STOPS: "{volunteer_id} makes up to {stops} more visits",
    RemedyCode.CARRY_MORE: "{volunteer_id} carries up to {grams} g more from the vehicle to a door",
    RemedyCode.LONGER_WALK: "{volunteer_id} walks up to {metres} m farther from the vehicle to a door",
    RemedyCode.OTHER_VEHICLE: "{volunteer_id} has another vehicle of the programme ({mode})",
    RemedyCode.PAIR: "{volunteer_id} and {partner_id} visit together",
    RemedyCode.CLEARANCE: "{volunteer_id} has the health clearance renewed",
    RemedyCode.AUTHORISATION: "{volunteer_id} has the authorisations that the goods or the client ask for",
    RemedyCode.CUSTODY_CEILING: "{volunteer_id} may have {quantity} units more of the goods in custody",
    RemedyCode.COME_IN: "{volunteer_id} comes in today",
    RemedyCode.DAY_OPENED: "people are visited on this day",
    RemedyCode.DAY_EARLIER: "the client is visited the day before",
    RemedyCode.PASS_RENEWED: "pass {pass_id} is put in force again, or renewed",
    RemedyCode.PASS_LATER: "pass {pass_id} holds {minutes} minutes longer",
    RemedyCode.PASS_EARLIER: "pass {pass_id} holds from {minutes} minutes earlier",
    RemedyCode.PASS_VEHICLE: "pass {pass_id} is for all vehicles of its holder",
    RemedyCode.PASS_PURPOSE: "pass {pass_id} is for {purposes}, too",
    RemedyCode.PASS_AREA: "pass {pass_id} reaches {metres} m farther all around",
    RemedyCode.NEW_PASS: "{volunteer_id} has a new pass for today",
    RemedyCode.RULE_EXEMPTION: "whoever has a pass is exempt from rule {rule_id}",
    RemedyCode.ZONE_EXCEPTION: "zone {zone_id} may be entered with {purposes}",
    RemedyCode.MEETING_POINT: "the client is met {metres} m from home, where it is lawful ({about})",
    RemedyCode.MEET_AT_SITE: "the client comes to site {site_id}",
}


def remedy_text(code: RemedyCode, params: Params, names: Mapping[str, str] | None = None) -> str:
    """Return the message in English; `names` (id -> code name) where people should read names."""
    known = names or {}
    words = {key: known.get(value, value) if isinstance(value, str) else value for key, value in params.items()}
    about = next((f"{key.removesuffix('_id')} {value}" for key, value in words.items() if key.endswith("_id")), "")
    return REMEDY_MESSAGES[code].format(**{"about": about, **words})
