"""The page that a link leads to. Law: it sends the secret to its own service in a body, and leaves none in the address.

It speaks no language: whoever comes here has not said theirs. Without scripts it is a form for the code.
"""

from __future__ import annotations

import base64
import hashlib

_STYLE = """
body{font:1.3rem system-ui,sans-serif;max-width:22rem;margin:3rem auto;padding:0 1rem}
input,button{font:inherit;width:100%;box-sizing:border-box;padding:.7rem;margin:.4rem 0}
"""
_SCRIPT = """
(function () {
  "use strict";
  var secret = window.location.hash.slice(1), form = document.querySelector("form");
  if (!secret) { return; }
  window.history.replaceState(null, "", "/v");
  form.hidden = true;
  window.fetch("/v1/volunteer/session", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({secret: secret})
  }).then(function (answer) {
    if (!answer.ok) { throw new Error(); }
    window.location.replace("/v1/volunteer/sheets/1");
  }).catch(function () {
    form.hidden = false;
    document.querySelector("output").textContent = "\\u26A0";
  });
}());
"""
_PAGE = f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>\u2192</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<form method="post" action="/v">
<output role="alert"></output>
<label>Code \u00b7 Kode \u00b7 \u0915\u094b\u0921 \u00b7 \u06a9\u062f
<input name="secret" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="40" required></label>
<button>\u2192</button>
</form>
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


LANDING_POLICY = (
    "default-src 'none'; base-uri 'none'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    f"style-src '{_hash(_STYLE)}'; script-src '{_hash(_SCRIPT)}'"
)


def landing_page() -> str:
    """Return the page."""
    return _PAGE
