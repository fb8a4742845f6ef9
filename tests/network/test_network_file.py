"""The mapped file: whole and of the kind asked for, or nothing."""

from __future__ import annotations

import stat

import numpy as np
import pytest

from routing.network.network_file import MAGIC, read_arrays, write_arrays

ARRAYS = {
    "numbers": np.arange(7, dtype=np.int32),
    "table": np.arange(6.0).reshape(2, 3),
    "flags": np.array([True, False]),
    "nothing": np.empty((0, 3), np.int64),
}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.network"
    write_arrays(path, "stamp", ARRAYS)
    return path


def test_what_is_written_is_read(path):
    found = read_arrays(path, "stamp")
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert np.array_equal(found[name], array)
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert not found[name].flags.writeable


def test_only_the_owner_may_read_it_and_no_part_is_left(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["a.network"]


def test_another_stamp_or_none_is_nothing(path, tmp_path):
    assert read_arrays(path, "another") is None
    assert read_arrays(tmp_path / "missing", "stamp") is None


def test_one_wrong_bit_is_nothing_wherever_it_is(path):
    data = path.read_bytes()
    for byte in range(len(data)):
        path.write_bytes(data[:byte] + bytes([data[byte] ^ 1 << byte % 8]) + data[byte + 1 :])
        assert read_arrays(path, "stamp") is None


@pytest.mark.parametrize("kept", [0, 3, len(MAGIC), len(MAGIC) + 8, len(MAGIC) + 16, 100, -1])
def test_a_file_cut_short_is_nothing(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    assert read_arrays(path, "stamp") is None


def test_a_file_with_more_behind_it_is_nothing(path):
    path.write_bytes(path.read_bytes() + b"more")
    assert read_arrays(path, "stamp") is None


def test_arrays_outlive_the_file_and_its_successor(path):
    found = read_arrays(path, "stamp")
    write_arrays(path, "stamp", {name: array + 1 for name, array in ARRAYS.items() if name != "flags"})
    path.unlink()
    assert found["numbers"].tolist() == list(range(7))


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    (tmp_path / "b.network").mkdir()
    with pytest.raises(OSError, match=r"b\.network"):
        write_arrays(tmp_path / "b.network", "stamp", ARRAYS)
    assert [each.name for each in tmp_path.iterdir()] == ["b.network"]
