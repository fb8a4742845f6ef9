"""Why there is no way between two places. Law: one code a pair, the first that holds; never a silent blank.

The codes are those of `routing.domain.reasons`, as a plan uses them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from routing.domain.reasons import ReasonCode
from routing.network.snapping import Snap
from routing.network.travel import UNREACHABLE, Travel

WHY = (
    "",
    ReasonCode.PLACE_TOO_FAR_FROM_STREET,
    ReasonCode.OUTSIDE_PASS_AREA,
    ReasonCode.CUT_OFF_BY_PASS,
    ReasonCode.NO_STREET_CONNECTION,
)
"""Empty: there is a way."""
REACHED, TOO_FAR, OUTSIDE, CUT_OFF, NO_STREETS = range(len(WHY))


def why_unreached(places: Sequence[Snap | None], travel: Travel, everywhere: Travel | None) -> npt.NDArray[np.uint8]:
    """Return, of shape [n, n], an index into `WHY` for each pair.

    Parameters
    ----------
    everywhere
        Travel of the same places without a pass; None: `travel` is that.
    """
    snapped = np.array([place is not None for place in places], np.bool_)
    why = np.where(travel.time_s >= UNREACHABLE, NO_STREETS, REACHED).astype(np.uint8)
    if everywhere is not None:
        why[(why == NO_STREETS) & (everywhere.time_s < UNREACHABLE)] = CUT_OFF
        why[~_both(travel.place_legal)] = OUTSIDE
    why[~_both(snapped)] = TOO_FAR
    return why


def _both(each: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return, of shape [n, n], whether something holds for both places; from a place to itself, too."""
    return np.logical_and.outer(each, each)
