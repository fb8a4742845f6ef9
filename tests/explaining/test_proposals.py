"""The few changes that would serve the most, and what of them leaves the organisation."""

from __future__ import annotations

from api.exchange.proposals import COLUMNS, exported
from routing.domain.clients import Consent
from routing.domain.plan import Proposal
from routing.domain.remedies import RemedyCode
from routing.explaining import Patience
from routing.plan_day import add_remedies
from tests.solver.town import area, at, day, permit, plan, rider, rule, town, wanting

# Outside of the area, which ends at 2.5, by 0.5, 1.5 and 2.5 L: 55.6, 166.8 and 278.0 m.
FAR_OUT = tuple(wanting(f"c{number}", at(2 + number)) for number in (1, 2, 3))
PASS = permit(areas=(area(-1, -1, 2.5, 4),), number="N 17", issuer="district", area_name="harbour")


def proposed(*clients, **fields):
    told = day(*clients, passes=(PASS,), movement_rules=(rule(),), **fields)
    return told, add_remedies(plan(told), told, *town(), Patience())


def test_one_extension_for_all_is_proposed_before_a_smaller_one():
    _, found = proposed(*FAR_OUT)
    assert [(each.code, each.params, each.clients) for each in found.proposals] == [
        (RemedyCode.PASS_AREA, {"pass_id": "q1", "metres": 300}, 3)
    ]
    assert found.proposals[0].verified


def test_what_serves_one_client_is_no_proposal():
    _, found = proposed(FAR_OUT[0])
    assert found.unserved[0].reasons[0].remedy is not None
    assert found.proposals == ()


def test_the_second_proposal_counts_whom_the_first_leaves_out():
    # Two more ask for a volunteer who is not there today.
    others = tuple(wanting(f"d{number}", at(number), vetoes=("v1",)) for number in (1, 2))
    away = rider("v2", absent_on=(plan(day()).date,))
    told = day(
        *FAR_OUT, *others, volunteers=(rider(), away), passes=(PASS, permit("q2", "v2", areas=(area(-1, -1, 2.5, 4),)))
    )
    told = told.changed(movement_rules=(rule(),))
    found = add_remedies(plan(told), told, *town(), Patience())
    assert [(each.code, each.clients) for each in found.proposals] == [
        (RemedyCode.PASS_AREA, 3),
        (RemedyCode.COME_IN, 2),
    ]


def test_a_change_about_a_client_is_no_proposal():
    told = day(*(wanting(f"c{number}", at(number), consent=Consent(home_delivery=False)) for number in (1, 2)))
    found = add_remedies(plan(told), told, *town(), Patience())
    assert {entry.reasons[0].remedy.code for entry in found.unserved} == {RemedyCode.CONSENT}
    assert found.proposals == ()


def test_nine_are_fewer_than_ten_and_ten_are_told():
    told, found = proposed(*FAR_OUT)
    for clients, said in ((3, "fewer than 10"), (9, "fewer than 10"), (10, 10), (11, 11)):
        plans = found.changed(proposals=(found.proposals[0].changed(clients=clients),))
        assert [record["clients"] for record in exported(plans, told)] == [said]


def test_the_export_names_the_pass_and_nobody():
    told, found = proposed(*FAR_OUT)
    record = next(exported(found, told))
    assert tuple(record) == COLUMNS
    assert (record["pass_number"], record["issuer"], record["area"]) == ("N 17", "district", "harbour")
    assert (record["size"], record["unit"]) == (300, "metres")
    words = " ".join(map(str, record.values()))
    assert not any(each in words for each in ("c1", "c2", "c3", "v1", "q1", "p5", "0.00"))


def test_what_the_organisation_decides_itself_is_not_exported():
    told, found = proposed(*FAR_OUT)
    own = Proposal(code=RemedyCode.COME_IN, message="", params={"volunteer_id": "v1"}, clients=12, verified=True)
    assert list(exported(found.changed(proposals=(own,)), told)) == []
