"""How a file is known to be a sheet of ours. Law: a PDF's mark is its last line; others begin with theirs."""

from __future__ import annotations

PDF_MARK = b"%doorstep sheet\n"
PAGE_MARK = b'<meta name="generator" content="doorstep sheet">'
GPX_MARK = b'creator="doorstep sheet"'
GEOJSON_MARK = b'"generator":"doorstep sheet"'
CSV_MARK = b"stop,lon,lat\n"
