"""The process of one engine, called with the descriptor of its line and the engines to import ahead.

Law: it outlives neither its line nor its task.

A task that runs past its time by more than a grace is ended by the system's own alarm, whatever hangs and even if the
parent is gone. What an engine raises is told to the portfolio, by its kind alone: messages may hold what is private.
"""

from __future__ import annotations

import gc
import importlib
import resource
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

from routing.solver.line import Line, Task, Word, receive

GRACE_S = 5.0
MEMORY_BYTES = 4 * 2**30  # of address space; a day of 1000 clients and 60 volunteers takes about one


def main(arguments: Sequence[str]) -> None:
    """Serve tasks until the line is cut."""
    connection = Connection(int(arguments[0]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for module in arguments[1:]:
        _import(module)
    try:
        connection.send((Word.READY, ""))
        while True:
            word, task = receive(connection)
            if word == Word.TASK:
                connection.send(_done(task, connection))
                del task  # and with it the memory that it shares
                gc.collect()
    except (EOFError, OSError):
        return


def _done(task: Task, connection: Connection) -> tuple[Word, str]:
    """Run a task to its end; an engine's fault is an answer."""
    if task.end is not None:
        signal.setitimer(signal.ITIMER_REAL, max(0.0, task.end - time.monotonic()) + GRACE_S)
    try:
        importlib.import_module(task.engine).run(task, Line(connection, task))
    except (EOFError, BrokenPipeError):
        raise
    except Exception as fault:
        return Word.FAILED, type(fault).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Word.DONE, ""


def _import(module: str) -> None:
    """Import an engine ahead, and have it prepare what it can; if that fails, the task will say so."""
    try:
        engine = importlib.import_module(module)
        getattr(engine, "prepare", lambda: None)()
    except Exception:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
