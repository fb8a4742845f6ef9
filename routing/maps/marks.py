"""How a file is known to be a map of ours. Law: both marks stand within a file's first 4096 bytes."""

from __future__ import annotations

GEOJSON_MARK = b'"generator":"doorstep"'
PAGE_MARK = b'<meta name="generator" content="doorstep">'
