"""Tables of whole numbers that kernels reach by address, and kernels that they call by address.

Law: a header is a row of numbers (sizes, addresses of kernels) and then address and shape of each table; whoever makes
it keeps the tables alive. Passing forty arrays costs numba minutes of compiling and every call a count of references;
and what is called by address is not compiled once more into each of its callers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import cfunc, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

Table = npt.NDArray[np.int64]
Address = int
ENTRY = 3  # address, rows, columns
KERNELS = 3  # a room's header begins with the addresses of so many kernels
ROW, ROWS = types.Array(types.int64, 1, "C"), types.Array(types.int64, 2, "C")
NARROW_ROWS = types.Array(types.int32, 2, "C")
INTEGER = ir.IntType(64)


def header_of(numbers: Sequence[int], tables: Sequence[Table]) -> Table:
    """Return numbers, then the address and shape of each table."""
    entries = list(numbers)
    for table in tables:
        if not table.flags.c_contiguous or table.dtype != np.int64:
            raise TypeError("kernels read whole rows of 64-bit numbers")
        entries += [table.ctypes.data, table.shape[0], table.shape[1] if table.ndim == 2 else 1]
    return np.array(entries, dtype=np.int64)


class Addressed:
    """A kernel of whole numbers that is compiled once, at the first use, for callers that know its address."""

    def __init__(self, kernel: Callable[..., int], arguments: int) -> None:
        self._kernel = kernel
        self._signature = types.int64(*[types.int64] * arguments)

    @cached_property
    def compiled(self) -> Any:
        """The kernel as machine code."""
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
        try:
            return cfunc(self._signature, cache=True, **options)(self._kernel)
        except RuntimeError:  # no folder to keep it in can be written to
            return cfunc(self._signature, **options)(self._kernel)

    @property
    def address(self) -> int:
        """What `call_four` and its like call."""
        return int(self.compiled.address)

    def __call__(self, *numbers: int) -> int:
        """Call it from Python; the interpreter's lock is released."""
        return int(self.compiled.ctypes(*numbers))


def called_by_address(arguments: int) -> Callable[[Callable[..., int]], Addressed]:
    """Return the decorator of kernels with so many arguments."""
    return lambda kernel: Addressed(kernel, arguments)


def _call(_target: Any, builder: Any, _signature: Any, values: Any) -> Any:
    kind = ir.FunctionType(INTEGER, [INTEGER] * (len(values) - 1)).as_pointer()
    return builder.call(builder.inttoptr(values[0], kind), list(values[1:]))


def table_at(slot: int) -> Callable[[Address], Table]:
    """Return what reads the table at a slot of a header, in kernels."""

    def table(_context: Any, _header: Any) -> Any:
        def code(target: Any, builder: Any, _signature: Any, values: Any) -> Any:
            entries = [_entry(builder, values[0], ir.Constant(INTEGER, slot + step)) for step in range(ENTRY)]
            return _view(target, builder, ROWS, entries[0], entries[1:])

        return ROWS(types.int64), code

    return cast("Callable[[Address], Table]", intrinsic(table))


def row_at(slot: int) -> Callable[[Address], Table]:
    """Return what reads the row at a slot of a header, in kernels."""

    def row(_context: Any, _header: Any) -> Any:
        def code(target: Any, builder: Any, _signature: Any, values: Any) -> Any:
            address, length = (_entry(builder, values[0], ir.Constant(INTEGER, slot + step)) for step in (0, 1))
            return _view(target, builder, ROW, address, [length])

        return ROW(types.int64), code

    return cast("Callable[[Address], Table]", intrinsic(row))


def _square(_context: Any, _address: Any, _side: Any) -> Any:
    def code(target: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return _view(target, builder, NARROW_ROWS, values[0], [values[1], values[1]])

    return NARROW_ROWS(types.int64, types.int64), code


def _row_from(_context: Any, _address: Any, _length: Any) -> Any:
    def code(target: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return _view(target, builder, ROW, values[0], [values[1]])

    return ROW(types.int64, types.int64), code


def _address_of(_context: Any, row: Any) -> Any:
    def code(target: Any, builder: Any, signature: Any, values: Any) -> Any:
        row_there = make_array(signature.args[0])(target, builder, values[0])  # type: ignore[no-untyped-call]
        return builder.ptrtoint(row_there.data, INTEGER)

    return types.int64(row), code


def _number(_context: Any, _header: Any, _slot: Any) -> Any:
    def code(_target: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return _entry(builder, *values)

    return types.int64(types.int64, types.int64), code


def _call_two(_context: Any, _kernel: Any, _a: Any, _b: Any) -> Any:
    return types.int64(*[types.int64] * 3), _call


def _call_three(_context: Any, _kernel: Any, _a: Any, _b: Any, _c: Any) -> Any:
    return types.int64(*[types.int64] * 4), _call


def _call_four(_context: Any, _kernel: Any, _a: Any, _b: Any, _c: Any, _d: Any) -> Any:
    return types.int64(*[types.int64] * 5), _call


def _call_five(_context: Any, _kernel: Any, _a: Any, _b: Any, _c: Any, _d: Any, _e: Any) -> Any:
    return types.int64(*[types.int64] * 6), _call


def _call_seven(_context: Any, _kernel: Any, _a: Any, _b: Any, _c: Any, _d: Any, _e: Any, _f: Any, _g: Any) -> Any:
    return types.int64(*[types.int64] * 8), _call


def _entry(builder: Any, header: Any, slot: Any) -> Any:
    return builder.load(builder.gep(builder.inttoptr(header, INTEGER.as_pointer()), [slot]))


def _view(target: Any, builder: Any, kind: Any, address: Any, shape: list[Any]) -> Any:
    array = make_array(kind)(target, builder)  # type: ignore[no-untyped-call]
    item = ir.Constant(INTEGER, kind.dtype.bitwidth // 8)
    strides = [item] if len(shape) == 1 else [builder.mul(shape[1], item), item]
    data = builder.inttoptr(address, array.data.type)
    populate_array(  # type: ignore[no-untyped-call]
        array, data=data, shape=shape, strides=strides, itemsize=item, meminfo=None
    )
    return array._getvalue()


# In kernels: one number of a header; a 32-bit matrix of so many rows at an address; a row of so many numbers; the
# address of a row; and the kernel at an address, with so many whole numbers.
number = cast("Callable[[Address, int], int]", intrinsic(_number))
square = cast("Callable[[Address, int], Table]", intrinsic(_square))
row_from = cast("Callable[[Address, int], Table]", intrinsic(_row_from))
address_of = cast("Callable[[Table], Address]", intrinsic(_address_of))
call_two = cast("Callable[[Address, int, int], int]", intrinsic(_call_two))
call_three = cast("Callable[[Address, int, int, int], int]", intrinsic(_call_three))
call_four = cast("Callable[[Address, int, int, int, int], int]", intrinsic(_call_four))
call_five = cast("Callable[[Address, int, int, int, int, int], int]", intrinsic(_call_five))
call_seven = cast("Callable[[Address, int, int, int, int, int, int, int], int]", intrinsic(_call_seven))
