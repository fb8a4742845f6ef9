"""`python -m api` is `doorstep`."""

import sys

from api.cli.main import main

sys.exit(main())
