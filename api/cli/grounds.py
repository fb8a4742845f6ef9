"""Where somebody may be under a pass named on the command line, and in which mode.

Law: of the pass its area alone counts here, since there is no day: no hours, no curfew, no zone. Whoever asks is told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from api.settings import read_settings
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from routing.domain.passes import Pass
    from routing.network.legal import LegalArea

AREA_ALONE = "of the pass only its area counts here: no hours, curfews or zones"

ModeOption = Annotated[str, typer.Option(metavar="MODE", help="foot, bicycle, motorcycle or car.")]
ProgrammeOption = Annotated[
    str | None, typer.Option("--programme", metavar="SOURCE", help="Scenario or programme that has the pass.")
]
PassOption = Annotated[
    str | None,
    typer.Option("--pass", metavar="PASS_ID", help="Only streets within this pass's area; or SOURCE:PASS_ID at once."),
]


@dataclass(frozen=True)
class Ground:
    """A mode, and the pass under which it goes; None: everywhere."""

    mode: str
    permit: Pass | None

    def area(self) -> LegalArea:
        """Return the legal ground."""
        from routing.network.legal import LegalArea
        from routing.passes.areas import area_of

        return LegalArea(allowed=area_of(self.permit) if self.permit else None)


def read_ground(mode: str, source: str | None, pass_id: str | None) -> Ground:
    """Read what `--mode`, `--programme` and `--pass` say.

    Raises
    ------
    UsageError
        `bad_usage`, `pass_unknown`, `pass_other_mode`, `pass_not_in_force`; and those of the programme.
    """
    from routing.network.access import MODES

    if mode not in MODES:
        raise UsageError("bad_usage", "there is no such mode", where="--mode", remedy=f"one of {', '.join(MODES)}")
    if pass_id is None:
        if source is not None:
            raise UsageError(
                "bad_usage", "--programme says nothing without --pass", where="--pass", remedy="name a pass"
            )
        return Ground(mode, None)
    if source is None:
        source, _, pass_id = pass_id.rpartition(":")
    if not source:
        raise UsageError(
            "bad_usage", "a pass belongs to a programme", where="--pass", remedy="give --pass SOURCE:PASS_ID"
        )
    permit = _pass(source, pass_id)
    _refuse_unusable(permit, mode)
    return Ground(mode, permit)


def _pass(source: str, pass_id: str) -> Pass:
    from api.cli.sources import read_source
    from api.security.passphrases import Passphrases

    passes = {each.pass_id: each for each in read_source(source, Passphrases(read_settings())).programme.passes}
    if pass_id in passes:
        return passes[pass_id]
    raise UsageError(
        "pass_unknown", "the programme has no pass of this id", where="--pass", remedy=_nearest(pass_id, passes)
    )


def _nearest(pass_id: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(pass_id, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else f"it has: {', '.join(sorted(known)) or 'none at all'}"


def _refuse_unusable(permit: Pass, mode: str) -> None:
    if permit.status == "revoked":
        raise UsageError(
            "pass_not_in_force", "the pass was revoked", where="--pass", remedy="name one that is in force"
        )
    if permit.modes and mode not in permit.modes:
        raise UsageError(
            "pass_other_mode",
            f"the pass is not for {mode}",
            where="--mode",
            remedy=f"it is for {', '.join(permit.modes)}",
        )
