"""Where kernels are kept: another folder for every state of the sources that they are made of."""

import os
from pathlib import Path

import numba
import pytest

from routing.network.compiled import PACKAGE, kept_in

KERNEL = "from routing.network.compiled import bare\nfrom routing.solver.schedule import FAR\n"
SOURCES = {
    "network/labels.py": KERNEL,
    "solver/compiled_cargo.py": KERNEL,
    "solver/schedule.py": "FAR = 1\n",
    "solver/solving.py": "from routing.solver.schedule import FAR\n",
}


@pytest.fixture
def package(tmp_path):
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_same_sources_have_the_same_folder(package):
    before = kept_in(package)
    assert before.parent == package / "__pycache__"
    os.utime(package / "network/labels.py", (0, 0))
    assert kept_in(package) == before


@pytest.mark.parametrize(
    ("name", "compiled_anew"),
    [
        ("network/labels.py", True),
        ("solver/compiled_cargo.py", True),  # as another kernel would call it
        ("solver/schedule.py", True),  # of which a constant is in machine code
        ("solver/solving.py", False),
    ],
)
def test_kernels_are_compiled_anew_where_something_that_they_are_made_of_changed(package, name, compiled_anew):
    before = kept_in(package)
    (package / name).write_text(SOURCES[name] + "more = 2\n")
    assert (kept_in(package) != before) is compiled_anew


def test_a_kernel_more_is_another_state(package):
    before = kept_in(package)
    (package / "solver/compiled_aboard.py").write_text(KERNEL)
    assert kept_in(package) != before


def test_numba_is_told():
    assert numba.config.CACHE_DIR in {str(kept_in(PACKAGE)), os.environ.get("NUMBA_CACHE_DIR")}
    assert Path(numba.config.CACHE_DIR).is_absolute()
