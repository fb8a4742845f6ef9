"""`docs/access.md`, made from the table of access. Law: the page says what the table says; a test holds them equal.

`python -m api.identity.access_page` writes it anew; so does `make access`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from api.identity.access import ACCESS, Access
from api.identity.roles import Role

PAGE = Path(__file__).resolve().parents[2] / "docs/access.md"
_HEAD = """# Who may use which route

Made from `api/identity/access.py` by `make access`; a test tries every route as every role. What is not here does not
exist, and what is not allowed here is refused: 401 without a session or key, 403 without the role, 404 for what belongs
to another organisation. [The service](service.md#who-may) says what each role sees.

"yes": the role suffices. "all": every role so marked is needed, since what is read or written belongs to all of them.
"anybody": nobody is asked who they are. "session": for whoever has signed in, not for a program's key. "link": for
whoever comes by a volunteer's link, and for nobody else.

"""


def access_page() -> str:
    """Return the whole page."""
    return _HEAD + "\n".join((*_heading(), *(_row(*route) for route in ACCESS))) + "\n"


def _heading() -> Iterator[str]:
    yield _cells("route", *Role, "besides")
    yield "|---" * (len(Role) + 2) + "|"


def _row(method: str, path: str) -> str:
    access = ACCESS[method, path]
    route = f"`{method} {re.sub(r'_id}', '}', path)}`"
    return _cells(route, *(_mark(access, role) for role in Role), _besides(access))


def _mark(access: Access, role: Role) -> str:
    if access.anybody:
        return ""
    if access.all_of:
        return "all" if role in access.all_of else ""
    return "yes" if role in access.any_of else ""


def _besides(access: Access) -> str:
    said = {"anybody": access.anybody, "session": access.session_only, "link": access.by_link}
    return ", ".join(word for word, true in said.items() if true)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def main() -> None:
    """Write the page."""
    PAGE.write_text(access_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
