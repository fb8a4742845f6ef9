"""One check of our own for Schemathesis (`fuzz.toml`): what the schema allows is refused for its meaning only.

And what was tried is written down, a line a request, so that the test can say how much that was.
"""

from pathlib import Path

import schemathesis

TRIED = Path("tried").open("a", buffering=1)  # noqa: SIM115 - open for as long as Schemathesis runs

# What a JSON Schema can say. What it cannot: what points at something else, what depends on what is there, that 3.0 is
# no count, which instants there are, whether a ring crosses itself.
BY_SCHEMA = {"bad_identifier", "missing_key", "out_of_range", "too_few", "too_long", "unknown_key", "unknown_value"}


@schemathesis.check
def refused_for_its_meaning(_, response, case):
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.method == "PATCH":  # what comes of merging it into what is there may lack anything
        return
    codes = {problem["code"] for problem in response.json()["problems"]}
    assert not codes & BY_SCHEMA, f"refused for {sorted(codes & BY_SCHEMA)}: the schema is too loose"


@schemathesis.hook
def after_call(_, case, response):
    phase = case.meta.phase.name.value if case.meta else "link"
    TRIED.write(f"{case.operation.label}\t{phase}\t{response.status_code}\n")
