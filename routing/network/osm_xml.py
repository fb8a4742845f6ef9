"""Write what was fetched as an OpenStreetMap file. Law: every id, tag and member as it came; nothing is added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from routing.network.street_arrays import ATTRIBUTION

# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def osm_xml(elements: Iterable[Mapping[str, Any]], dated: str | None) -> bytes:
    """Return the text of an `.osm` file.

    Parameters
    ----------
    elements
        As in Overpass's JSON: nodes, then ways, then relations.
    dated
        The instant of the data, which is written as Overpass does: `<meta osm_base="..."/>`.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="doorstep">']
    lines.append(f"<note>{ATTRIBUTION}</note>")
    if dated is not None:
        lines.append(f"<meta osm_base={quoteattr(dated)}/>")
    lines += [_element(element) for element in elements]
    return "\n".join([*lines, "</osm>", ""]).encode()


def _element(element: Mapping[str, Any]) -> str:
    kind = element["type"]
    place = f' lat="{element["lat"]!r}" lon="{element["lon"]!r}"' if kind == "node" else ""
    return f'<{kind} id="{element["id"]}" version="1"{place}>{"".join(_inner(element))}</{kind}>'


def _inner(element: Mapping[str, Any]) -> Iterator[str]:
    yield from (f'<nd ref="{node}"/>' for node in element.get("nodes", ()))
    for member in element.get("members", ()):
        yield f'<member type="{member["type"]}" ref="{member["ref"]}" role={quoteattr(member["role"])}/>'
    for key, value in element.get("tags", {}).items():
        yield f"<tag k={_attribute(key)} v={_attribute(value)}/>"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("", text))
