"""Rule 2: which policy governs a client's product. Law: a missing policy refuses; nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from routing.domain.clients import Client, Regimen
from routing.domain.policies import ClientClass, Policy


@dataclass(frozen=True)
class Policies:
    """The policies of a programme on a day; what was chosen once is remembered.

    Attributes
    ----------
    overlapping
        Product and class of clients -> the policies from which the smallest id was chosen, for want of another
        difference.
    """

    every: Sequence[Policy]
    on: date
    overlapping: dict[tuple[str, ClientClass], tuple[str, ...]] = field(default_factory=dict)
    _chosen: dict[tuple[str, str | None, ClientClass], Policy | None] = field(default_factory=dict, repr=False)

    @property
    def unsigned(self) -> list[str]:
        """The products for which a policy was chosen that no clinician has signed off, in order of their ids."""
        used = [policy for policy in self._chosen.values() if policy is not None]
        return sorted({policy.product_id for policy in used if not policy.signed_off})

    def choose(self, client: Client, regimen: Regimen) -> Policy | None:
        """Return the policy in force, or None.

        The one the regimen names; else those for the client's class; else, except for minors, those for no class in
        particular. Of several the one that became valid last, then the one with the smallest id.
        """
        key = (regimen.product_id, regimen.policy_id, client.client_class)
        if key not in self._chosen:
            self._chosen[key] = self._choose(*key)
        return self._chosen[key]

    def _choose(self, product_id: str, policy_id: str | None, client_class: ClientClass) -> Policy | None:
        in_force = [policy for policy in self.every if policy.product_id == product_id and _in_force(policy, self.on)]
        if policy_id is not None:
            return next((policy for policy in in_force if policy.policy_id == policy_id), None)
        for_class = [policy for policy in in_force if client_class in policy.client_classes]
        for_all = [policy for policy in in_force if not policy.client_classes]
        if client_class is ClientClass.MINOR:
            for_all = []
        fitting = sorted(for_class or for_all, key=_latest_first)
        alike = [policy.policy_id for policy in fitting if policy.valid_from_on == fitting[0].valid_from_on]
        if len(alike) > 1:
            self.overlapping[product_id, client_class] = tuple(alike)
        return fitting[0] if fitting else None


def _in_force(policy: Policy, on: date) -> bool:
    return policy.valid_from_on <= on and (policy.valid_to_on is None or on <= policy.valid_to_on)


def _latest_first(policy: Policy) -> tuple[int, str]:
    return -policy.valid_from_on.toordinal(), policy.policy_id
