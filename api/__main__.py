"""`python -m api` is `doorstep`."""

import sys

from api.start import run

sys.exit(run())
