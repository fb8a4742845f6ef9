"""The package's page names every module, so that a reader finds the one sought."""

import re
from pathlib import Path

import routing.network

FOLDER = Path(routing.network.__file__).parent


def test_the_page_of_the_package_names_every_module_and_no_other():
    named = set(re.findall(r"`(\w+)`", routing.network.__doc__))
    assert named == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
