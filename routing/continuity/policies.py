"""Rule 2: which policy governs a client's product. Law: a missing policy refuses; nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from routing.domain.clients import Client, Regimen
from routing.domain.policies import ClientClass, Policy


def choose_policy(policies: Sequence[Policy], client: Client, regimen: Regimen, on: date) -> Policy | None:
    """Return the policy in force, or None.

    The one the regimen names; else those for the client's class; else, except for minors, those for no class in
    particular. Of several the one that became valid last, then the one with the smallest id.
    """
    in_force = [policy for policy in policies if policy.product_id == regimen.product_id and _in_force(policy, on)]
    if regimen.policy_id is not None:
        return next((policy for policy in in_force if policy.policy_id == regimen.policy_id), None)
    for_class = [policy for policy in in_force if client.client_class in policy.client_classes]
    for_all = [policy for policy in in_force if not policy.client_classes]
    if client.client_class is ClientClass.MINOR:
        for_all = []
    return min(for_class or for_all, key=_latest_first, default=None)


def _in_force(policy: Policy, on: date) -> bool:
    return policy.valid_from_on <= on and (policy.valid_to_on is None or on <= policy.valid_to_on)


def _latest_first(policy: Policy) -> tuple[int, str]:
    return -policy.valid_from_on.toordinal(), policy.policy_id
