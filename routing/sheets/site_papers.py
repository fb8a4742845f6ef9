"""What a site needs for the day: custody manifests, parcel labels. Law: products are named here, and only here.

A manifest is for the dispenser and never leaves the site; the letter that goes along holds parcel codes alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.domain.orders import Item
from routing.domain.plan import Route, Step, StepType
from routing.sheets.day import Day
from routing.sheets.papers import CustodyManifest, Label, ManifestLine, SealedLetter, SitePapers
from routing.sheets.parcels import Parcel
from routing.sheets.texts import printable


def site_papers(day: Day) -> tuple[SitePapers, ...]:
    """Return the papers of every site that issues something."""
    made = (_papers(day, site.site_id) for site in day.programme.sites)
    return tuple(papers for papers in made if papers.manifests)


def letters_of(day: Day, route_index: int) -> tuple[SealedLetter, ...]:
    """Return the letters of a route: one for each call at which something controlled is taken aboard."""
    return tuple(
        SealedLetter(
            on=day.plan.date,
            letter=day.letters.get(step.site_id or "", ""),
            parcels=day.codes_at(route_index, index),
        )
        for index, step in _loads(day.plan.routes[route_index])
        if any(_is_controlled(day, parcel) for parcel in day.parcels_at.get((route_index, index), ()))
    )


def _papers(day: Day, site_id: str) -> SitePapers:
    manifests = tuple(
        _manifest(day, route_index, index, step)
        for route_index, route in enumerate(day.plan.routes)
        for index, step in _loads(route)
        if step.site_id == site_id and day.parcels_at.get((route_index, index))
    )
    return SitePapers(site_id=site_id, manifests=manifests, labels=tuple(_labels(day, site_id)))


def _manifest(day: Day, route_index: int, index: int, step: Step) -> CustodyManifest:
    route = day.plan.routes[route_index]
    volunteer = day.volunteers.get(route.volunteer_id)
    site = next((site for site in day.programme.sites if site.site_id == step.site_id), None)
    back = [at.begin_at for at in route.steps[index:] if at.type is StepType.RETURN and at.site_id == step.site_id]
    return CustodyManifest(
        on=day.plan.date,
        site=printable(site.name if site else "", step.site_id or ""),
        letter=day.letters.get(step.site_id or "", ""),
        volunteer=printable(volunteer.code_name if volunteer else "", route.volunteer_id),
        load_at=day.local(step.begin_at),
        return_at=day.local(back[-1]) if back else None,
        lines=tuple(
            _line(day, item, day.parcel_codes[parcel.parcel_id])
            for parcel in day.parcels_at[route_index, index]
            for item in parcel.items
        ),
        taken_back=tuple(_line(day, item, "") for item in _taken_back(route, index, step)),
    )


def _taken_back(route: Route, index: int, load: Step) -> Iterator[Item]:
    """Yield what is handed in at the site of a load, of the visits up to the next load there."""
    for step in route.steps[index + 1 :]:
        if step.type is StepType.LOAD and step.site_id == load.site_id:
            return
        yield from (item for item in step.fetched if item.site_id == load.site_id)


def _line(day: Day, item: Item, parcel: str) -> ManifestLine:
    product = day.products.get(item.product_id)
    return ManifestLine(
        parcel=parcel,
        product=printable(product.name if product else "", item.product_id),
        unit=item.unit,
        units=tuple((unit.for_on, unit.quantity) for unit in item.units),
        controlled=product.controlled if product else False,
    )


def _labels(day: Day, site_id: str) -> Iterator[Label]:
    proofs = day.codes.proofs(parcel.parcel_id for parcel in day.parcels)
    for parcel in day.parcels:
        if parcel.site_id == site_id:
            yield Label(parcel=day.parcel_codes[parcel.parcel_id], proof=proofs[parcel.parcel_id])


def _loads(route: Route) -> Iterator[tuple[int, Step]]:
    return ((index, step) for index, step in enumerate(route.steps) if step.type is StepType.LOAD)


def _is_controlled(day: Day, parcel: Parcel) -> bool:
    products = (day.products.get(item.product_id) for item in parcel.items)
    return any(product.controlled for product in products if product is not None)
