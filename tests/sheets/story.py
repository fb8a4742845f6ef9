"""A small sheet without a plan: twelve stops or as many as asked, with everything a stop can have."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.domain.volunteers import Mode
from routing.sheets.directions import Direction, Turn
from routing.sheets.papers import Call, CallKind, CheckpointCard, Mark, Stop, VolunteerSheet

ON = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Makassar")
BEGIN = datetime(2026, 11, 23, 9, 15, tzinfo=ZONE)
WAY = (
    Direction(turn=Turn.ON, street="Jalan Satu", distance_m=120),
    Direction(turn=Turn.LEFT, street="Gang II", distance_m=60),
    Direction(turn=Turn.RIGHT, street="", distance_m=1450),
)
MARKS = tuple(Mark)


def at(minutes: int) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def stop(number: int, *, hint: str = "green gate", marks: tuple[Mark, ...] = (Mark.NOBODY_ELSE,)) -> Stop:
    return Stop(
        number=number,
        code_name=f"Lantern {10 + number}",
        from_at=at(20 * number - 20),
        to_at=at(20 * number),
        hint=hint,
        directions=WAY,
        parcels=(f"KX{number:02}4".replace("0", "A").replace("1", "C"),),
        marks=marks,
        junction=(115.21 + number / 1000, -8.66 + number % 3 / 1000),
    )


def sheet(
    stops: int = 12, *, hint: str = "green gate", geo_links: bool = False, on: date = ON, with_map: bool = False
) -> VolunteerSheet:
    """Return a sheet that loads, makes its stops, and comes back."""
    load = Call(kind=CallKind.LOAD, letter="B", from_at=at(-20), to_at=at(-10), directions=(), parcels=("KXAD4",))
    back = Call(kind=CallKind.RETURN, letter="B", from_at=at(500), to_at=at(510), directions=WAY, parcels=())
    made = tuple(stop(number, hint=hint) for number in range(1, stops + 1))
    return VolunteerSheet(
        on=on,
        route="4821",
        volunteer="Kingfisher",
        mode=Mode.MOTORCYCLE,
        entries=(load, *made, back),
        coordinator_phone="+62 361 000 000",
        ends_at=datetime(on.year, on.month, on.day, 18, 0, tzinfo=ZONE),
        ways=(((115.211, -8.66), (115.213, -8.659), (115.215, -8.661)),) if with_map else (),
        geo_links=geo_links,
    )


def card() -> CheckpointCard:
    return CheckpointCard(
        number="INV-01/11/2026",
        issuer="district command post",
        area="west of the river",
        valid_from_on=date(2026, 10, 1),
        valid_to_on=date(2026, 12, 31),
        hours=((BEGIN.time(), at(60).time()),),
        mode=Mode.MOTORCYCLE,
        plate="DK 0001 ZA",
        letter="",
    )
