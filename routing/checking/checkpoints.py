"""Is the time that checkpoints take in the plan? Rules of `docs/rules.md`, section 5.

That the leg's `travel_s` holds it beside the streets' time is `legs.py`'s to judge.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.checking.case import Case, Stage
from routing.checking.times import overlaps
from routing.checking.violations import Violation, violation
from routing.checking.violations import ViolationCode as Code
from routing.domain.passes import Checkpoint
from routing.domain.plan import Leg


def checkpoint_violations(case: Case) -> Iterator[Violation]:
    """Judge every leg's `checkpoint_s`."""
    for stage, leg in case.legs:
        yield from _stops(case, stage, leg)


def _stops(case: Case, stage: Stage, leg: Leg) -> Iterator[Violation]:
    """Require that a leg counts, once each, the checkpoints on its streets that are manned while it is driven."""
    points = case.traces[stage].points
    if not points:
        return
    line = case.areas.frame.line(points)
    passed = [
        each
        for each in case.programme.checkpoints
        if _manned(case, each, stage) and case.areas.checkpoint_passed(each, line)
    ]
    least_s = sum(each.delay_s for each in passed)
    if leg.checkpoint_s < least_s:
        text = "checkpoints on the leg take {least_s} s ({checkpoint_ids}); it counts {checkpoint_s} s"
        ids = ", ".join(each.checkpoint_id for each in passed)
        params = {"least_s": least_s, "checkpoint_ids": ids, "checkpoint_s": leg.checkpoint_s}
        yield violation(Code.CHECKPOINT_NOT_COUNTED, f"{stage.leg_where}/checkpoint_s", text, **params)


def _manned(case: Case, checkpoint: Checkpoint, stage: Stage) -> bool:
    stops_mode = not checkpoint.modes or stage.route.mode in checkpoint.modes
    return stops_mode and any(overlaps(stage.leg_time, span) for span in case.manned_spans[checkpoint.checkpoint_id])
