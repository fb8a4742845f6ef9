"""The garbage collector of a service that serves."""

import subprocess
import sys

SETTLED = """
import gc
from api.serving import COLLECTS_AFTER, settle
settle()
assert gc.get_threshold() == COLLECTS_AFTER and gc.isenabled()
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


def test_what_is_here_to_stay_is_passed_over_and_the_rest_is_not() -> None:
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)
    frozen, looked_at = map(int, done.stdout.split())
    assert frozen > 100_000  # all that is imported: FastAPI, SQLAlchemy, Pydantic's models, NumPy
    assert looked_at < 1_000
